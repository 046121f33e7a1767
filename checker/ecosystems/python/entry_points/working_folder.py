"""Chooses the folder to start a script in that no page gives a command for: where it finds what it names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from checker.core.tree import Tree, join

#: A path out of the working folder, and not from the file's own place.
_OUT = re.compile(r"""^(?!.*(?:__file__|dirname)).*["']\.\./""", re.MULTILINE)

_NAMED = re.compile(r"""(?<![\w/])["'](?P<path>(?:\./)?[\w-][\w.-]*(?:/[\w.-]+)*/?)["']""")
_ENDING = re.compile(r"\.\w{1,6}$")
_FROM_ITS_OWN_PLACE = re.compile(r"__file__|dirname")
_IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(?P<name>\w+)", re.MULTILINE)

MOST_NAMES = 400


def find_working_folder(tree: Tree, path: str, text: str, project: str) -> str:
    """Return the folder to start a script of the tree in: its project's, or its own.

    Its own where it stands outside the project, where it names paths out of its folder (`../data`), or where a
    file or folder that it names, or a module beside it that it imports, stands there and not in the project's.
    """
    folder = posixpath.dirname(path) or "."
    if folder == project:
        return project
    inside = project == "." or folder.startswith(f"{project}/")
    if not inside or _OUT.search(text):
        return folder
    beside = (join(folder, f"{match['name']}.py") for match in _IMPORTED.finditer(text))
    texts = [text, *(tree.read(each) for each in dict.fromkeys(beside) if each in tree)]
    names = dict.fromkeys(name for each in texts for name in _names(each))
    here = [name for name in list(names)[:MOST_NAMES] if _holds(tree, join(folder, name))]
    return folder if any(not _holds(tree, join(project, name)) for name in here) else project


def _names(text: str) -> Iterator[str]:
    """Yield what a text quotes and what looks like a path: with a slash, or with an ending."""
    for line in text.split("\n"):
        if _FROM_ITS_OWN_PLACE.search(line):
            continue
        for match in _NAMED.finditer(line[:1_000]):
            name = match["path"]
            if "/" in name or _ENDING.search(name):
                yield name


def _holds(tree: Tree, path: str) -> bool:
    return path in tree or path in tree.folders
