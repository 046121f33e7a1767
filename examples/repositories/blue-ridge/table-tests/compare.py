"""Compare two samples and print a table."""

import argparse

import numpy as np
from tabulate import tabulate


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    random = np.random.default_rng(parser.parse_args().seed)
    samples = {"ours": random.normal(1.0, 1.0, 50), "theirs": random.normal(0.5, 1.0, 50)}
    print(tabulate([(name, s.mean(), s.std()) for name, s in samples.items()], headers=["", "mean", "sd"]))


if __name__ == "__main__":
    main()
