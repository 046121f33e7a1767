"""The dependencies that a repository declares, wherever it does."""
