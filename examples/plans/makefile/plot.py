import argparse

import matplotlib

parser = argparse.ArgumentParser()
parser.add_argument("--input")
parser.add_argument("--output")

if __name__ == "__main__":
    print(parser.parse_args(), matplotlib)
