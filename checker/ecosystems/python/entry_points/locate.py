"""Finds the script that a command names in the tree, and the folder to run it in."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.scripts import find_scripts
from checker.ecosystems.instructions.shell.reader import SHELLS
from checker.ecosystems.python.code.imports import place_of
from checker.ecosystems.python.import_value import Where

#: Where no file lies that pages have a reader start.
_NO_PROGRAM = frozenset({Where.TEST, Where.DOCS, Where.SETUP, Where.VENDORED})

#: Folders in which a command is tried whose page leaves open which one it means.
MOST_PLACES = 3


def locate(
    tree: Tree, script: str, cwd: str, copied: Mapping[str, str] = MappingProxyType({})
) -> tuple[str, str] | None:
    """Find a script that a command names: (path in the tree, folder to run in), or None where it is not there.

    Pages leave out `cd`: where the folder does not hold it, a parent, or the one place in the tree that ends
    in the same path is taken. `copied` are files that the page has copied there, with where they are committed.
    """
    bare = script.removeprefix("./")
    if "$" in bare or "<" in bare or bare.startswith(("/", "~")):
        return None
    for folder in (cwd, *(str(parent) for parent in PurePosixPath(cwd).parents), "."):
        path = join(folder, bare)
        if path in tree or path in copied:
            return copied.get(path, path), folder
        if (main := f"{path}/__main__.py") in tree:  # `python toy` starts what a folder holds for it
            return main, folder
    ending = [path for path in tree.files if path.endswith(f"/{bare}")]
    if len(ending) == 1:
        return ending[0], ending[0].removesuffix(bare).rstrip("/") or "."
    return None


class BareScript(NamedTuple):
    """A script without a suffix that a command runs: `./verify 3` → its file, folder, language and arguments."""

    path: str
    cwd: str
    language: str
    word: str
    arguments: tuple[str, ...]


def find_bare_script(tree: Tree, argv: Sequence[str], cwd: str) -> BareScript | None:
    """Return the script without a suffix that a command runs, `./verify` or `bash verify`, or None."""
    by_shell = len(argv) > 1 and argv[0] in SHELLS
    word, rest = (argv[1], argv[2:]) if by_shell else (argv[0] if argv else "", argv[1:])
    if not (by_shell or "/" in word) or "." in posixpath.basename(word):
        return None
    place = locate(tree, word, cwd)
    language = find_scripts(tree).get(place[0]) if place is not None else None
    return None if place is None or language is None else BareScript(*place, language, word, tuple(rest))


def find_places(tree: Tree, command: Command, script: str) -> list[tuple[str, str]]:
    """Return (file, folder to start it in) for the shallowest few scripts of a name, below the command's page."""
    name = script.removeprefix("./")
    page = posixpath.dirname(command.file)
    below = f"{page}/" if page else ""
    if command.cwd not in tree.folders or "$" in name or "<" in name or name.startswith(("/", "~", "..")):
        return []
    found = [path for path in tree.files if path.endswith(f"/{name}") and path.startswith(below)]
    found = [path for path in found if place_of(tree, path, tree.read(path)) not in _NO_PROGRAM]
    top = min((path.count("/") for path in found), default=0)
    shallow = [path for path in found if path.count("/") == top][:MOST_PLACES]
    return [(path, path.removesuffix(name).rstrip("/")) for path in shallow]
