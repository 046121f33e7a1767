"""Prints a great deal, and ends well."""

import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    print("the beginning")
    for _ in range(50):
        sys.stdout.write("a line of output\n" * 60000)
    print("the end")
