import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--title")
parser.add_argument("--steps", type=int)
parser.add_argument("--width", type=int)

if __name__ == "__main__":
    print(parser.parse_args())
