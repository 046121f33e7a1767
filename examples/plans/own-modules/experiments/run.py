import sys

sys.path.append("../lib")

import numpy
from helpers import double

if __name__ == "__main__":
    print(double(numpy.ones(1)))
