import unittest

import wren


class WrenTest(unittest.TestCase):
    def test_pick(self):
        self.assertEqual(wren.pick(0, [1]), 1)
