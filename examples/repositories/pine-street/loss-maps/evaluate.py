"""Draw the loss map of a model."""

import argparse

import numpy as np

from models.backbone import Backbone


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=5)
    model = Backbone()
    grid = np.linspace(-1, 1, parser.parse_args().points)
    print([model.loss(x) for x in grid])


if __name__ == "__main__":
    main()
