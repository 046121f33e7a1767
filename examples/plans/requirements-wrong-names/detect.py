import argparse

import cv2
import sklearn
import yaml

if __name__ == "__main__":
    print(yaml.safe_load("a: 1"), cv2, sklearn, argparse)
