"""Makes files without end and writes nothing into them."""

import itertools
import os
import sys

if __name__ == "__main__" and "--help" not in sys.argv:
    os.makedirs("/tmp/small", exist_ok=True)
    for number in itertools.count():
        open("/tmp/small/{}".format(number), "w").close()
