"""Train on the field survey."""

import argparse
import os

import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="data/survey.npy", help="the survey, on request from the authors")
    survey = np.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), parser.parse_args().data))
    print("mean of", len(survey), "plots:", survey.mean())


if __name__ == "__main__":
    main()
