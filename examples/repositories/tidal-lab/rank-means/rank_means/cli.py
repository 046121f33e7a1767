"""Print mean ranks of the columns of a CSV file."""

import argparse
import csv

from tabulate import tabulate

from rank_means import mean_ranks


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", help="CSV file with one header line")
    with open(parser.parse_args().table, newline="") as file:
        header, *rows = list(csv.reader(file))
    ranks = mean_ranks([[float(value) for value in row] for row in rows])
    print(tabulate(list(zip(header, ranks)), headers=["method", "mean rank"]))


if __name__ == "__main__":
    main()
