"""What an entry point is: one way to start a repository's code, as a frozen value."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath
from typing import NamedTuple

from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.roles import HELPING, Role, find_role
from checker.ecosystems.python.entry_points.argument_parsers import Parser

#: Arguments that ask a program about itself: an answer, and no start.
QUESTIONS = frozenset({"-h", "--help", "--version", "-V", "--list", "help", "version"})


class EntryKind(StrEnum):
    """What an entry point is."""

    CONSOLE_SCRIPT = "console_script"
    MODULE = "module"
    COMMAND = "command"
    SHELL = "shell"
    SCRIPT = "script"
    NOTEBOOK = "notebook"


class Origin(StrEnum):
    """Who tells of an entry point, the most telling first.

    The project's metadata (a console script), a command of the author's pages, words of theirs that name the
    script, the code itself (a docstring, a committed shell script, a Makefile), nobody.
    """

    INSTALLED = "installed"
    PAGE = "page"
    PROSE = "prose"
    CODE = "code"
    FOUND = "found"


class EntryPoint(Value):
    """One way to start the repository's code.

    `answer` is the command that prints the usage (None where none does), `start` the real start as the
    author calls it (None where nobody says how). Both begin with `python`, a console script or a shell and
    run in `cwd`, relative to the tree. `placeholders` are arguments that a user is meant to replace.
    `distributed` holds where a launcher of several processes was taken off, or no page tells of one that it needs;
    `in_front` where users come across it: its script is named by a page, or it is started by a shell script in a
    folder where users look; `called` counts the commands of the project's own pages that start its script.
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
    origin: Origin = Origin.FOUND
    in_front: bool = False
    distributed: bool = False
    placeholders: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    positionals: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    called: int = 0
    evidence: tuple[Evidence, ...] = ()

    @property
    def declared(self) -> bool:
        """Whether the author's own pages, or the project's metadata, give the command."""
        return self.origin in {Origin.INSTALLED, Origin.PAGE}


#: Scripts by their role: what shows the code fast, what others are, what takes long, what starts nothing.
_WEIGHTS = {
    **dict.fromkeys((Role.DEMO, Role.INFER), 0),
    Role.TRAIN: 2,
    **dict.fromkeys((*HELPING, Role.TOOL), 3),
}


class Order(NamedTuple):
    """What decides which of two entry points is tried first: these fields in turn, the lower value first.

    tier: who tells of it. away: folders between the root and the page that does. is_open: something had to be
    filled in, or could not be. lacks_usage: it was only found, and prints no usage. weight: by the role of its
    script. is_distributed: several processes are meant. is_within: a page leads to it through a shell script or a
    Makefile. depth: folders above its script. is_bare: the script alone, without arguments that somebody states.
    """

    tier: int
    away: int
    is_open: bool
    lacks_usage: bool
    weight: int
    is_distributed: bool
    is_within: bool
    depth: int
    is_bare: bool


def order_of(entry: EntryPoint) -> Order:
    """Return the sort key of an entry point."""
    pages = entry.evidence[:1] if entry.origin is Origin.PAGE else ()
    return Order(
        tier=_rank(entry),
        away=sum(place.source.count("/") for place in pages),
        is_open=bool(entry.placeholders or entry.filled),
        lacks_usage=not entry.declared and entry.answer is None,
        weight=_WEIGHTS.get(find_role(entry.script), 1),
        is_distributed=entry.distributed,
        is_within=entry.kind is EntryKind.SHELL and entry.origin is Origin.PAGE,
        depth=entry.script.count("/"),
        is_bare=entry.origin is Origin.FOUND,
    )


def _rank(entry: EntryPoint) -> int:
    """Rank by who tells of it: notebooks of pages after their commands, packages before scripts."""
    tiers = {Origin.INSTALLED: 0, Origin.PAGE: 2 if entry.kind is EntryKind.NOTEBOOK else 1, Origin.PROSE: 3}
    return tiers.get(entry.origin, 4 if entry.kind is EntryKind.MODULE else 5)


def make_notebook_entry(path: str, origin: Origin, evidence: Evidence) -> EntryPoint:
    """Return the entry point that a notebook is."""
    return EntryPoint(
        kind=EntryKind.NOTEBOOK,
        name=path,
        script=path,
        start=None,
        cwd=str(PurePosixPath(path).parent),
        origin=origin,
        evidence=(evidence,),
    )
