"""Count codons of a sequence."""

import argparse
from collections import Counter

import numpy as np
import yaml
from tqdm import tqdm

DEFAULT = "ATGGCCATTGTAATGGGCCGCTGAAAGGGTGCCCGATAG"


def count(sequence):
    codons = (sequence[i : i + 3] for i in range(0, len(sequence) - 2, 3))
    return Counter(tqdm(codons, disable=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequence", default=DEFAULT)
    counts = count(parser.parse_args().sequence)
    print(yaml.safe_dump({"codons": dict(counts), "mean": float(np.mean(list(counts.values())))}))
