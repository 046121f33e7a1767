import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--seed", type=int, default=0)

if __name__ == "__main__":
    print(parser.parse_args(), torch)
