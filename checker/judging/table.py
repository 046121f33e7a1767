"""The tables of failure signatures: rows of `data/*.toml`, validated, compiled once, and read in order.

A row names a cause and what gives it away:

    [[rule]]
    name = "platform"
    cause = "unsupported_platform"
    says = "No module named 'winreg'"           # literal text; `pattern` where a regular expression is needed
    excerpt = "ModuleNotFoundError: No module named 'winreg'"

The first row that matches decides. Every row has an excerpt that it matches and no earlier row does; a test walks
all files. `limit = true` marks what ends a program that has worked as far as a check can take it: only such a row
may let a failed start count as a start.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from checker.core.values.base import Value
from checker.core.values.plans import NETWORK_PHASES, Phase
from checker.judging.causes import CAUSES

DATA = Path(__file__).parent / "data"

#: The phases that put an environment together.
BUILDING = NETWORK_PHASES | {Phase.PREPARE}

#: The phases that run the repository's code, without a network.
RUNNING = frozenset(Phase) - BUILDING

#: The tables for the phases that build, and for those that run, in the order in which they are read.
BUILDING_TABLES = ("ours", "building")
RUNNING_TABLES = ("limits", "drift", "paths", "crashes")
TABLES = BUILDING_TABLES + RUNNING_TABLES


def _make_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Lines = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_make_tuple)]


class Row(Value):
    """One signature; `^` and `$` in a pattern mean a line's.

    `unless` is a pattern that the text must not match. `frames` lets a row see the frames and source lines of a
    traceback, not only what the exception says. `general` says that something failed and not why: what the
    exception came from may tell more. `hint` and `summary` replace those of the cause. `phase` narrows a row to
    some phases of its table.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    cause: str
    says: Lines = ()
    pattern: Lines = ()
    unless: str = ""
    hint: str | None = None
    summary: str | None = None
    phase: Annotated[tuple[Phase, ...], BeforeValidator(_make_tuple)] = ()
    frames: bool = False
    general: bool = False
    limit: bool = False
    excerpt: Annotated[Lines, Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.says and not self.pattern:
            raise ValueError(f"{self.name}: neither `says` nor `pattern`")
        if self.cause not in CAUSES:
            raise ValueError(f"{self.name}: no cause is called {self.cause}")
        if self.limit and not CAUSES[self.cause].limit:
            raise ValueError(f"{self.name}: {self.cause} only explains a failure; it is no limit")
        try:
            _ = self.regex, self._excluded
        except re.error as error:
            raise ValueError(f"{self.name}: {error}") from error
        return self

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The texts and patterns of the row as one expression."""
        return re.compile("|".join((*map(re.escape, self.says), *self.pattern)), re.MULTILINE)

    @cached_property
    def _excluded(self) -> re.Pattern[str] | None:
        return re.compile(self.unless, re.MULTILINE) if self.unless else None

    def search(self, text: str) -> re.Match[str] | None:
        """Return where a text gives the row away, or None."""
        found = self.regex.search(text)
        return None if found is None or (self._excluded is not None and self._excluded.search(text)) else found


class Opened(Value):
    """How programs say which path (the group of that name) they could not open; `frames` as in a row."""

    pattern: str
    frames: bool = False
    excerpt: str

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.pattern, re.MULTILINE)


class Table(Value):
    """One file of the tables."""

    rule: tuple[Row, ...]
    opened: tuple[Opened, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        twice = [name for name, rows in Counter(row.name for row in self.rule).items() if rows > 1]
        if twice:
            raise ValueError(f"several rows are called {', '.join(sorted(twice))}")
        return self


@cache
def read_table(name: str) -> Table:
    """Return what `data/NAME.toml` holds.

    Raises:
        ValueError: a row is not valid, or two rows have the same name.

    """
    return Table.model_validate(tomllib.loads(find_data_file(name).read_text(encoding="utf-8")))


@cache
def read_rows(*names: str) -> tuple[Row, ...]:
    """Return the rows of some tables, one after the other."""
    return tuple(row for name in names for row in read_table(name).rule)


def find_row(name: str) -> Row:
    """Return the row of that name.

    Raises:
        KeyError: no table has such a row.

    """
    rows = {row.name: row for row in read_rows(*TABLES)}
    return rows[name]


def find_data_file(name: str) -> Path:
    """Return the file that holds a table."""
    return DATA / f"{name}.toml"


def find_first_match(text: str, rows: Iterable[Row]) -> tuple[Row, re.Match[str]] | None:
    """Return the first row that a text matches, with the place."""
    return next(((row, found) for row in rows if (found := row.search(text))), None)
