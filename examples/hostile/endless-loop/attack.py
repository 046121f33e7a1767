"""Never ends, and says nothing."""

import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    while True:
        pass
