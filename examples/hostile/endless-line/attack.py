"""Prints one line of fifty megabytes, and ends well."""

import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    for _ in range(50):
        sys.stdout.write("x" * 1000000)
    print()
    print("the end")
