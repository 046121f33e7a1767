"""The dependencies that a repository declares, in any file or format."""
