"""Recognises project folders by the files from which pip or another front end installs."""

from __future__ import annotations

import posixpath

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.folders import BESIDE, find_meaning

#: Files that make a folder a project.
PROJECT_FILES = ("setup.py", "pyproject.toml", "setup.cfg")

#: Names of specifications that people write by hand.
PLAIN_NAMES = frozenset({"requirements.txt", "environment.yml", "environment.yaml", "Pipfile", "pixi.toml"})


def is_project(tree: Tree, folder: str) -> bool:
    """Whether a folder of the tree (`.` is its root) holds something that can be installed."""
    return any(join(folder, name) in tree for name in PROJECT_FILES)


def list_modules_below(tree: Tree, folder: str) -> frozenset[str]:
    """Return the names by which code may import the modules directly in a folder, or in its `src`."""
    parts = (path.removeprefix(f"{folder}/").split("/") for path in tree.files if path.startswith(f"{folder}/"))
    tops = (part[1] if part[0] == "src" and len(part) > 1 else part[0] for part in parts)
    return frozenset(top.removesuffix(".py") for top in tops)


def measure_distance(source: str, folder: str) -> int:
    """Return how far a file is from a project: 0 in its folder or above it, else how deep below or beside."""
    place = posixpath.dirname(source).removesuffix("/workflows")
    place = posixpath.dirname(place) if find_meaning(posixpath.basename(place)) in BESIDE else place
    if place in {"", ".", folder} or folder.startswith(f"{place}/"):
        return 0
    inside = folder == "." or place.startswith(f"{folder}/")
    return place.count("/") + (1 if inside else 10)
