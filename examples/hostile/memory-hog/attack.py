"""Takes all the memory there is."""

import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    taken = []
    while True:
        taken.append(bytearray(50000000))
