"""Reads which folders the author puts on Python's path: `PYTHONPATH` on pages and before commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checker.core.container import SOURCE
from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.pages import find_pages, split_blocks

NAME = "PYTHONPATH"

_VALUE = r"(?P<value>(?:\"[^\"\n]*\"|'[^'\n]*'|\$\([^)\n]*\)|`[^`\n]*`|[^\s\"';&|`])+)"
_ON_THE_LINE = re.compile(rf"(?:^|\s){NAME}={_VALUE}")
_HERE = re.compile(r"^(?:\$\(pwd\)|`pwd`|\$\{?PWD\}?|\$\(realpath \.\)|%cd%)", re.IGNORECASE)
_BEFORE_ITSELF = re.compile(rf"\$\{{?{NAME}(?::[-+=?][^}}]*)?\}}?|%{NAME}%")

#: Parts of a path that are placeholders for something on the reader's machine.
_OPEN = re.compile(r"[<>${}\[\]*]|^~$|^(?:path|to|your|my|home|users?|root|mnt)$", re.IGNORECASE)

_THIS_PROJECT = re.compile(r"proj|repo|root|code|work|\bthis\b|here|base_?dir|clone", re.IGNORECASE)


def find_stated_path(tree: Tree, commands: Iterable[Command]) -> tuple[tuple[str, Evidence], ...]:
    """Return the folders that are to be on the path for everything, each with the line that says so.

    An assignment in front of one command affects only that command: `find_entry_path` reads it. Commands take
    precedence over prose.
    """
    found: dict[str, Evidence] = {}
    for command in commands:
        for value in _find_exported(command):
            for folder in find_folders(value, tree, command.cwd):
                found.setdefault(folder, command.evidence)
    return tuple(found.items()) or _find_in_words(tree)


def _find_exported(command: Command) -> Iterator[str]:
    """Yield what a command sets the path to for all that follow: `export NAME=a:b`, `setenv NAME a:b`."""
    if command.argv[:2] == ("setenv", NAME):
        yield from command.argv[2:3]
    elif command.argv[0] == "export":
        yield from (word.partition("=")[2] for word in command.argv[1:] if word.startswith(f"{NAME}="))


#: Characters of a line of prose that are read.
MOST_OF_A_LINE = 2_000

_ADDED = re.compile(
    r"(?i)\b(?:add|put|append|includ|set)(?:e|s|ing|ting|ed)?\b(?P<what>[^.;!?]{1,80}?)"
    r"\b(?:to|in|into|on|as)\b[^.;!?]{0,30}\bPYTHONPATH\b"
)
_ROOT = re.compile(
    r"(?i)\b(?:root|repo(?:sitory)?|project|top[- ]level)(?:['’]s)?\s+(?:root\s+)?(?:folder|directory|dir|path)\b"
    r"|\b(?:root|top[- ]level|path)\b[^.;!?]{0,20}\b(?:of|to)\s+(?:the|this|your)\s+(?:repo(?:sitory)?|project)\b"
    r"|\bthis\s+(?:repo(?:sitory)?|project)\b"
)


@once_per_tree
def _find_in_words(tree: Tree) -> tuple[tuple[str, Evidence], ...]:
    """Return the root where a page at the root says in words that it has to be on the path."""
    prose = (
        (page, block)
        for page in find_pages(tree)
        if "/" not in page
        for block in split_blocks(tree, page)
        if block.kind == "prose" and NAME in block.text.upper()
    )
    for page, block in prose:
        added = _ADDED.search(block.text[:MOST_OF_A_LINE])
        if added is not None and _ROOT.search(added["what"]):
            said = Evidence(claim="the root is to be on the path", source=page, line=block.line, text=added[0])
            return ((".", said),)
    return ()


def find_entry_path(tree: Tree, command: Command) -> tuple[str, ...]:
    """Return the folders that an assignment in front of a command puts on its path."""
    values = [value for name, value in command.env if name == NAME]
    if not values:  # set on the same line: `export PYTHONPATH=. && python fit.py`
        values = [match["value"] for match in _ON_THE_LINE.finditer(command.raw)]
    return tuple(dict.fromkeys(folder for value in values for folder in find_folders(value, tree, command.cwd)))


def join_variables(before: Iterable[tuple[str, str]], folders: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return variables with folders of the tree added to those that are on the path already."""
    kept = dict(before)
    known = [part for part in kept.pop(NAME, "").split(":") if part]
    known += [SOURCE if folder == "." else f"{SOURCE}/{folder}" for folder in folders]
    return (*kept.items(), *([(NAME, ":".join(dict.fromkeys(known)))] if known else []))


def find_folders(value: str, tree: Tree, cwd: str) -> Iterator[str]:
    """Yield the folders of the tree that a value of `PYTHONPATH` names; `.` is the tree's root.

    `cwd` is the folder of the command. Of a path on somebody's machine, the longest end that the tree holds
    counts; of one that is wholly left open (`<project_dir>`), the root where its name means the project.
    """
    for part in re.sub(r"[\"'\s]", "", _BEFORE_ITSELF.sub("", value)).split(":"):
        folder = _find_folder(part, tree, cwd)
        if folder is not None:
            yield folder


def _find_folder(part: str, tree: Tree, cwd: str) -> str | None:
    if not part or cwd not in tree.folders:
        return None
    here = _HERE.sub(".", part, count=1)
    pieces = [piece for piece in here.split("/") if piece]
    if not here.startswith(("/", "~")):
        known = next((path for path in (join(cwd, here), join(here)) if path in tree.folders), None)
        if known is not None or not (pieces and _OPEN.search(pieces[0])):
            return known
    for start in range(len(pieces)):
        end = pieces[start:]
        if not any(_OPEN.search(piece) for piece in end) and join(*end) in tree.folders:
            return join(*end)
    last = pieces[-1] if pieces else ""
    return "." if _OPEN.search(last) and _THIS_PROJECT.search(last) else None
