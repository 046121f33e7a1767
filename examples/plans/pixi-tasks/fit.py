import argparse

import attr
import numpy

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, required=True)
print(numpy.ones(parser.parse_args().steps), attr.__version__)
