"""The Binder convention: files that repo2docker builds an environment from, and where they count.

Where a folder `binder` or `.binder` exists, those at the root do not count.
Source: the repo2docker documentation, "Configuration Files".
"""

from __future__ import annotations

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.scripts import find_scripts

FOLDERS = ("binder", ".binder")

#: Files of the convention: a folder of that name without any of them is something else.
_NAMES = """
environment.yml environment.yaml requirements.txt Pipfile Pipfile.lock setup.py Project.toml REQUIRE DESCRIPTION
install.R apt.txt runtime.txt postBuild start default.nix Dockerfile
"""
NAMES = frozenset(_NAMES.split())

#: What makes a tree without such a folder one of the convention's: others have the rest as well.
_TELLING = ("postBuild", "apt.txt", "start", "runtime.txt")


def find_binder_folder(tree: Tree) -> str | None:
    """Return the folder of the convention's files, None where the tree has none of its own for them."""
    return next((folder for folder in FOLDERS if any(f"{folder}/{name}" in tree for name in NAMES)), None)


def follows_binder(tree: Tree) -> bool:
    """Say whether a tree describes an environment by files that only this convention has."""
    scripts = find_scripts(tree)
    return any(path in tree and (name != "start" or path in scripts) for name, path in _list_telling(tree))


def _list_telling(tree: Tree) -> list[tuple[str, str]]:
    folder = find_binder_folder(tree) or "."
    return [(name, join(folder, name)) for name in _TELLING]


def find_binder_file(tree: Tree, name: str) -> str | None:
    """Return the path of a file of the convention, `postBuild`, where it counts; None where there is none."""
    path = join(find_binder_folder(tree) or ".", name)
    return path if path in tree else None
