import argparse

import pyfftw

parser = argparse.ArgumentParser()
parser.add_argument("--size", type=int)
print(parser.parse_args(), pyfftw)
