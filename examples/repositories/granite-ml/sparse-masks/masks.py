"""Make a sparse mask from a YAML description."""

import argparse

import yaml

DESCRIPTION = "{rows: 3, columns: 4, keep: [[0, 1], [2, 3]]}"


def mask(description):
    keep = {tuple(place) for place in description["keep"]}
    return [[int((r, c) in keep) for c in range(description["columns"])] for r in range(description["rows"])]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--description", default=DESCRIPTION)
    for row in mask(yaml.safe_load(parser.parse_args().description)):
        print(*row)
