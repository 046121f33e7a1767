"""An ordinary program with one dependency."""

import good


def main():
    print("good", good.VERSION)
    assert good.VERSION == "1.0"


if __name__ == "__main__":
    main()
