import numpy
import tensorflow

if __name__ == "__main__":
    print(numpy.ones(1), tensorflow)
