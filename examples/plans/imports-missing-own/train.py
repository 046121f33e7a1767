from models.unet import UNet
from utils.data import load

if __name__ == "__main__":
    print(UNet, load)
