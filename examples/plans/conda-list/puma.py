import numpy
import pandas
import tensorboardX

if __name__ == "__main__":
    print(numpy.ones(1), pandas, tensorboardX)
