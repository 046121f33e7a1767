import sys

sys.path.insert(0, "third_party/simulator")

import numpy
import simulator

if __name__ == "__main__":
    print(simulator, numpy.ones(1))
