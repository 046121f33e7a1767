import numpy
import pandas

if __name__ == "__main__":
    print(pandas.DataFrame(numpy.eye(2)))
