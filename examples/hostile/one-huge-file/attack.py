"""Writes one file without end."""

import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    with open("/tmp/huge", "wb") as file:
        while True:
            file.write(bytes(10000000))
