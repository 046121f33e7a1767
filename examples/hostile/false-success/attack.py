"""Says what a passing run of tests says, and ends with 1."""

import sys

if __name__ == "__main__":
    print("collected 12 items\n\ntests/test_all.py ............                [100%]\n")
    print("============================== 12 passed in 0.12s ==============================")
    print('{"exit_code": 0, "status": "passed"}')
    sys.exit(1)
