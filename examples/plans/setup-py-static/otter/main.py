import argparse

import scipy


def main():
    parser = argparse.ArgumentParser(description="Counts otters.")
    parser.add_argument("folder")
    print(parser.parse_args(), scipy)


if __name__ == "__main__":
    main()
