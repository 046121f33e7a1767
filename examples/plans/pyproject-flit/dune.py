"""Dunes."""

import requests

__version__ = "0.1"

if __name__ == "__main__":
    print(requests.__version__)
