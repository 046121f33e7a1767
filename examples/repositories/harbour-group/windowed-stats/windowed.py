"""Windowed statistics of a made-up signal."""

import argparse

import numpy as np


def smooth(signal, width):
    kernel = np.ones(width, dtype=np.float) / width
    return np.convolve(signal, kernel, mode="valid")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=5)
    parser.add_argument("--length", type=int, default=100)
    arguments = parser.parse_args()
    signal = np.sin(np.arange(arguments.length, dtype=np.float))
    print("largest smoothed value: %.4f" % smooth(signal, arguments.width).max())


if __name__ == "__main__":
    main()
