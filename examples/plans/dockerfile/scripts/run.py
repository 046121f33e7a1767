import argparse

import numpy
from frames import read

parser = argparse.ArgumentParser()
parser.add_argument("--quiet", action="store_true")

if __name__ == "__main__":
    print(parser.parse_args(), numpy.ones(1), read)
