import argparse

import torch

parser = argparse.ArgumentParser()
parser.add_argument("--checkpoint", required=True)

if __name__ == "__main__":
    print(torch.load(parser.parse_args().checkpoint))
