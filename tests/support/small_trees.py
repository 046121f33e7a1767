"""Writes small trees for tests: a mapping of path to text becomes a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from checker.core.tree import Tree


def make_tree(root: Path, files: Mapping[str, str]) -> Tree:
    """Write the files and return the tree they make."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return Tree(root)
