"""Recognises project folders by the files from which pip or another front end installs."""

from __future__ import annotations

import posixpath
import re

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.folders import BESIDE, find_meaning
from checker.ecosystems.python.distributions.table import list_known_names, normalise

#: Files that make a folder a project.
PROJECT_FILES = ("setup.py", "pyproject.toml", "setup.cfg")

#: Names of specifications that people write by hand.
PLAIN_NAMES = frozenset({"requirements.txt", "environment.yml", "environment.yaml", "Pipfile", "pixi.toml"})


def is_project(tree: Tree, folder: str) -> bool:
    """Whether a folder of the tree (`.` is its root) holds something that can be installed."""
    return any(join(folder, name) in tree for name in PROJECT_FILES)


def find_copied_projects(tree: Tree, project: str) -> tuple[str, ...]:
    """Return the folders beside or below a project that hold a copy of a known distribution, by its name.

    `atari/baselines`, with a setup.py that says so too: its tests and notebooks are its authors', and say nothing
    about the code around it.
    """
    found = []
    for path in tree.files:
        folder, name = posixpath.split(path)
        around = not folder or f"{project}/".startswith(f"{folder}/")
        if name in PROJECT_FILES and not around and _names_itself(tree.read(path), posixpath.basename(folder)):
            found.append(folder)
    return tuple(dict.fromkeys(found))


def list_modules_below(tree: Tree, folder: str) -> frozenset[str]:
    """Return the names by which code may import the modules directly in a folder, or in its `src`."""
    parts = (path.removeprefix(f"{folder}/").split("/") for path in tree.files if path.startswith(f"{folder}/"))
    tops = (part[1] if part[0] == "src" and len(part) > 1 else part[0] for part in parts)
    return frozenset(top.removesuffix(".py") for top in tops)


_NAME = re.compile(r"""^[ \t]*(?:(?:setuptools\.)?setup\([ \t]*)?name[ \t]*=[ \t]*["']?([\w.-]+)""", re.MULTILINE)


def _names_itself(text: str, folder: str) -> bool:
    """Whether a file names a distribution that is known, and the folder is called like it or its repository.

    `lm-evaluation-harness/` holds `lm_eval`, by an address that ends in the folder's name.
    """
    names = list_known_names().intersection(map(normalise, _NAME.findall(text)))
    address = re.search(rf"\bgithub\.com/[\w.-]+/{re.escape(folder)}\b", text) if names and folder else None
    return normalise(folder) in names or address is not None


def measure_distance(source: str, folder: str) -> int:
    """Return how far a file is from a project: 0 in its folder or above it, else how deep below or beside."""
    place = posixpath.dirname(source)
    place = posixpath.dirname(place) if find_meaning(posixpath.basename(place)) in BESIDE else place
    if place in {"", ".", folder} or folder.startswith(f"{place}/"):
        return 0
    inside = folder == "." or place.startswith(f"{folder}/")
    return place.count("/") + (1 if inside else 10)
