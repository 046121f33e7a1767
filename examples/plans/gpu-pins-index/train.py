import argparse

import einops
import torch

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)

if __name__ == "__main__":
    print(parser.parse_args(), torch, einops)
