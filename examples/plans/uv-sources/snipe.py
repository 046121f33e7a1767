import bird_tools
import torch

if __name__ == "__main__":
    print(torch.ones(1), bird_tools)
