"""Count codons of a sequence."""

import argparse
import ctypes
from itertools import product
from pathlib import Path

import numpy as np
import yaml
from tqdm import tqdm

HERE = Path(__file__).parent
CODONS = ["".join(letters) for letters in product("ACGT", repeat=3)]


def count(sequence):
    library = ctypes.CDLL(str(HERE / "libcodons.so"))
    counts = (ctypes.c_long * 64)()
    library.count_codons(sequence.encode(), counts)
    return {codon: n for codon, n in tqdm(zip(CODONS, counts), disable=True) if n}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default=HERE / "config" / "mine.yml", type=Path)
    settings = yaml.safe_load(parser.parse_args().config.read_text())
    counts = count(settings["sequence"])
    print(yaml.safe_dump({"codons": counts, "mean": float(np.mean(list(counts.values())))}))
