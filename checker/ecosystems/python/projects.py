"""What makes a folder a project: the files that pip, or any other front end, installs from. Pure."""

from __future__ import annotations

from checker.ecosystems.python.paths import join
from checker.tree import Tree

PROJECT_FILES = ("setup.py", "pyproject.toml", "setup.cfg")
"""Files that make a folder a project."""


def is_project(tree: Tree, folder: str) -> bool:
    """Whether a folder of the tree (`.` is its root) holds something that can be installed."""
    return any(join(folder, name) in tree for name in PROJECT_FILES)
