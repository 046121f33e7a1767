"""What an entry point is: one way to start a repository's code, as a frozen value."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

from checker.core.base import Value
from checker.core.plans import Evidence
from checker.ecosystems.python.entry_points.argument_parsers import Parser

QUESTIONS = frozenset({"-h", "--help", "--version", "-V", "--list", "help", "version"})
"""Arguments that ask a program about itself: an answer, and no start."""


class EntryKind(StrEnum):
    """What an entry point is."""

    CONSOLE_SCRIPT = "console_script"
    MODULE = "module"
    COMMAND = "command"
    SHELL = "shell"
    SCRIPT = "script"
    NOTEBOOK = "notebook"


class EntryPoint(Value):
    """One way to start the repository's code.

    `answer` is the command that prints the usage (None where none does), `start` the real start as the
    author calls it (None where nobody says how). Both begin with `python`, a console script or a shell and
    run in `cwd`, relative to the tree. `placeholders` are arguments that a user is meant to replace.
    `distributed` holds where a launcher of several processes was taken off, or no page tells of one that it needs;
    `declared` where the author's own pages give the command, `named` where they name its script and give none;
    `called` counts the commands of the project's own pages that start its script.
    `filled` says in place of which of them a committed file stands. `script` is its file in the tree ('' for
    what is only declared), `target` the `module:function` of a console script.
    """

    kind: EntryKind
    name: str
    script: str = ""
    target: str = ""
    answer: tuple[str, ...] | None = None
    start: tuple[str, ...] | None = None
    cwd: str = "."
    parser: Parser = Parser.NONE
    declared: bool = False
    named: bool = False
    distributed: bool = False
    placeholders: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    positionals: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    rank: int = 0
    called: int = 0
    evidence: tuple[Evidence, ...] = ()


def notebook_entry(path: str, *, declared: bool, evidence: Evidence) -> EntryPoint:
    """Return the entry point that a notebook is."""
    return EntryPoint(
        kind=EntryKind.NOTEBOOK,
        name=path,
        script=path,
        start=None,
        cwd=str(PurePosixPath(path).parent),
        declared=declared,
        rank=25 if declared else 55,
        evidence=(evidence,),
    )
