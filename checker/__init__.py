"""Finds out whether the code that a paper links to is there, and whether it still builds and runs."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("reproducibility-checker")
except PackageNotFoundError:  # run from a folder that nobody installed
    __version__ = "0+unknown"
