import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tries

tries.carry_out("conftest.py")


def pytest_terminal_summary():
    tries.tell()
