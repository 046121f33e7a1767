"""Task runners of Python's world: tox, nox and invoke, Task, and the scripts of project managers."""
