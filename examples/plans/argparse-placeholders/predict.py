import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--input", required=True)
parser.add_argument("--output", required=True)
parser.add_argument("--model", choices=["small", "large"], default="small")
parser.add_argument("--lr", type=float, default=0.1)

if __name__ == "__main__":
    print(parser.parse_args())
