"""Recognises whole libraries that were copied into a tree: their tests and optional imports are their authors'.

By the name of a known distribution together with what its authors write about themselves: metadata, the layout of
their repository, an address, a version, and their size beside everything else.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.distributions.table import find_distribution, list_known_names, normalise, provides

#: Files of Python from which on a package is a library and no part of an experiment.
LARGE = 60

_NAME = re.compile(r"""^[ \t]*(?:(?:setuptools\.)?setup\([ \t]*)?name[ \t]*=[ \t]*["']?([\w.-]+)""", re.MULTILINE)
_ADDRESS = re.compile(r"\bgithub\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?(?![\w.-])")
_VERSION = re.compile(r"^__version__\b", re.MULTILINE)
_VERSION_FILES = ("__init__.py", "version.py", "_version.py", "__about__.py")


def find_copied_projects(tree: Tree, project: str) -> tuple[str, ...]:
    """Return the folders beside or below a project that hold a copy of a known distribution.

    `atari/baselines` or `lib/transformers-4.1`, with a setup.py that says so too; or a large package alone, with
    its version: `diffusers/__init__.py`. Their tests and notebooks say nothing about the code around them.
    """
    found = []
    for path in tree.files:
        folder, name = posixpath.split(path)
        around = not folder or f"{project}/".startswith(f"{folder}/")
        if name in PROJECT_FILES and not around and _is_copy(tree, folder, tree.read(path)):
            found.append(folder)
    within = tuple(f"{folder}/" for folder in found)
    own = _read_own_names(tree, project)
    alone = (f for f in _list_large_packages(tree) if not f.startswith(within) and _is_library(tree, f, own))
    return tuple(dict.fromkeys((*found, *alone)))


def is_large(tree: Tree, folder: str) -> bool:
    """Whether a folder holds so much that it is a library, whatever uses it."""
    return _count_files(tree)[folder] >= LARGE


def find_forked_library(tree: Tree, project: str, repository: str) -> str:
    """Return the package of the known library that a project is a fork of; '' where it is none.

    Its metadata names the library, and the address of another repository (`repository`: `github.com/ada/paper`).
    """
    texts = [tree.read(f"{project}/{name}".removeprefix("./")) for name in PROJECT_FILES]
    names = list_known_names().intersection(normalise(name) for text in texts for name in _NAME.findall(text))
    homes = {normalise(found[2]) for text in texts for found in _ADDRESS.finditer(text)}
    if not names & homes or normalise(repository.rpartition("/")[2]) in homes | names:
        return ""
    modules = {module for name in names for module in provides(name)}
    places = (folder for folder in _list_large_packages(tree) if posixpath.basename(folder) in modules)
    return next((place for place in places if _lies_in(place, project)), "")


def _lies_in(folder: str, project: str) -> bool:
    inside = folder if project == "." else folder.removeprefix(f"{project}/")
    return posixpath.dirname(inside) in {"", "src"}


def _is_copy(tree: Tree, folder: str, text: str) -> bool:
    """Whether a file names a distribution that is known, and the folder is called like it, or laid out like it.

    `lm-evaluation-harness/` holds `lm_eval`, by an address that ends in the folder's name.
    """
    names = list_known_names().intersection(map(normalise, _NAME.findall(text)))
    if not names:
        return False
    called = posixpath.basename(folder)
    addresses = {found[2] for found in _ADDRESS.finditer(text)}
    modules = {module for name in names for module in provides(name)}
    packages = (f"{folder}/{source}{module}" for module in modules for source in ("", "src/"))
    return normalise(called) in names or called in addresses or any(is_large(tree, each) for each in packages)


def _read_own_names(tree: Tree, project: str) -> set[str]:
    texts = (tree.read(f"{project}/{name}".removeprefix("./")) for name in PROJECT_FILES)
    return {normalise(name) for text in texts for name in _NAME.findall(text)}


def _is_library(tree: Tree, folder: str, own: set[str]) -> bool:
    """Whether a large package is a known library, which says its version, and not what the project itself is."""
    module = posixpath.basename(folder)
    known = find_distribution(module)
    if known is None or known.module != module or normalise(known.name) in own:
        return False
    return any(_VERSION.search(tree.read(f"{folder}/{name}")) for name in _VERSION_FILES)


@once_per_tree
def _count_files(tree: Tree) -> Counter[str]:
    """Return how many files of Python each folder holds, with those below it."""
    counts: Counter[str] = Counter()
    for path in tree.files:
        if path.endswith(".py"):
            parts = path.split("/")[:-1]
            counts.update("/".join(parts[: at + 1]) for at in range(len(parts)))
    return counts


@once_per_tree
def _list_large_packages(tree: Tree) -> tuple[str, ...]:
    """Return the packages, no part of others, that are as large as libraries are."""
    large = (folder for folder, count in _count_files(tree).items() if count >= LARGE)
    return tuple(
        folder
        for folder in large
        if f"{folder}/__init__.py" in tree and f"{posixpath.dirname(folder)}/__init__.py".lstrip("/") not in tree
    )
