import argparse

import torch
import transformers

parser = argparse.ArgumentParser()
parser.add_argument("--model", choices=["small", "large"])

if __name__ == "__main__":
    print(parser.parse_args(), torch, transformers)
