import argparse

import torch
import torch_scatter
import torchvision

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=1)

if __name__ == "__main__":
    print(parser.parse_args(), torch.ones(1), torchvision, torch_scatter)
