import numpy
import pandas
import scipy

if __name__ == "__main__":
    print(numpy.ones(1), pandas, scipy)
