import numpy
import sklearn
import torch
import wandb

if __name__ == "__main__":
    print(numpy.ones(1), torch, sklearn, wandb)
