import argparse

import dove

parser = argparse.ArgumentParser()
parser.add_argument("--cfg")
parser.add_argument("--seed", type=int)

if __name__ == "__main__":
    args = parser.parse_args()
    print(dove, open(args.cfg).read(), args.seed)
