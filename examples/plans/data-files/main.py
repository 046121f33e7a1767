import argparse

import pandas

parser = argparse.ArgumentParser()
parser.add_argument("--data", default="data/train.csv")

if __name__ == "__main__":
    print(pandas.read_csv(parser.parse_args().data))
