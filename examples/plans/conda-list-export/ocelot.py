import numpy
import scipy

if __name__ == "__main__":
    print(numpy.ones(1), scipy)
