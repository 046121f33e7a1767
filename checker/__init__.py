"""Finds out whether the code that a paper links to is there, and whether it still builds and runs."""

__version__ = "0.1.0"
