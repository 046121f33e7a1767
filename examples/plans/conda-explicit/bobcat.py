import numpy
import tqdm

if __name__ == "__main__":
    print(numpy.ones(1), tqdm)
