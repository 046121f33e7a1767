"""The imports and modules of a repository's code."""
