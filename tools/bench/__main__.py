"""Entry point of `python -m tools.bench`."""

from tools.bench.app import main

if __name__ == "__main__":
    main()
