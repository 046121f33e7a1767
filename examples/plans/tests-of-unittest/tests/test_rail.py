import unittest

import rail


class RailTest(unittest.TestCase):
    def test_wet(self):
        self.assertTrue(rail.WET)
