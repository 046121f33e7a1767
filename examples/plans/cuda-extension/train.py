import fastops_cuda
import torch

if __name__ == "__main__":
    print(torch, fastops_cuda)
