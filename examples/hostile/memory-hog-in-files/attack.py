"""Takes all the memory there is through a file system that lives in it."""

import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    with open("/dev/shm/hog", "wb") as file:
        while True:
            file.write(bytes(10000000))
