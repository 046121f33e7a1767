"""What a script is for, by its name: data/roles.toml."""

from __future__ import annotations

import posixpath
import re
from enum import StrEnum
from functools import cache, lru_cache
from typing import Literal

from checker.core.data_files import read_toml
from checker.core.values.base import Value


class Role(StrEnum):
    """What a script is for.

    `tool`: it makes or counts something with what is there. `configure` sets variables or a container up, `test`
    runs the test suite, `maintain` keeps logs, tidies up or publishes, `window` opens one. `other`: its name does
    not say.
    """

    DEMO = "demo"
    INFER = "infer"
    TRAIN = "train"
    EVALUATE = "evaluate"
    MAIN = "main"
    PREPARE = "prepare"
    DOWNLOAD = "download"
    BUILD = "build"
    INSTALL = "install"
    CHECK = "check"
    CONFIGURE = "configure"
    CONVERT = "convert"
    PLOT = "plot"
    WINDOW = "window"
    TOOL = "tool"
    TEST = "test"
    MAINTAIN = "maintain"
    OTHER = "other"


#: What brings data into place, compiles, or looks whether all is there, before the program is started.
BEFORE_THE_START = frozenset({Role.PREPARE, Role.DOWNLOAD, Role.BUILD, Role.CHECK, Role.INSTALL})

#: What serves the program: what it shows says nothing about the program itself.
HELPING = BEFORE_THE_START | {Role.CONFIGURE, Role.CONVERT, Role.MAINTAIN, Role.PLOT, Role.WINDOW}

#: What shell scripts and goals of a Makefile do that start nothing of the code.
STARTS_NOTHING = BEFORE_THE_START | {Role.CONFIGURE, Role.TEST, Role.MAINTAIN}


class Row(Value):
    """One row, as the head of data/roles.toml explains it."""

    name: Role
    pattern: str
    files: Literal["py", "sh", ""] = ""
    program: bool = False
    alone: tuple[str, ...] = ()
    matches: tuple[str, ...]
    differs: tuple[str, ...] = ()

    def fits(self, name: str) -> bool:
        """Whether the row is about files of such a name, and its pattern is found there."""
        kind = "py" if name.endswith((".py", ".ipynb")) else "sh"
        return self.files in {"", kind} and re.search(self.pattern, name, re.IGNORECASE) is not None


@cache
def read_rows() -> tuple[Row, ...]:
    """Return all rows in their order."""
    return tuple(Row.model_validate(row) for row in read_toml(__package__, "roles.toml")["row"])


@lru_cache(maxsize=4096)
def _find_role(name: str) -> Role:
    return next((row.name for row in read_rows() if row.fits(name)), Role.OTHER)


def find_role(path: str) -> Role:
    """Return what a script, or a goal of a Makefile, is for: `tools/train_net.py` → train."""
    return _find_role(posixpath.basename(path))


def is_program(path: str) -> bool:
    """Whether a file's name is one of the program itself, whatever else it says: `run_extract.py`."""
    name = posixpath.basename(path)
    return any(row.program and row.fits(name) for row in read_rows())


@cache
def _list_common() -> frozenset[str]:
    return frozenset(name for row in read_rows() for name in row.alone)


def is_common(path: str) -> bool:
    """Whether many folders have a Python file of that name: one elsewhere need not be the one that is meant."""
    stem, ending = posixpath.splitext(posixpath.basename(path))
    return ending == ".py" and stem.lower().rstrip("0123456789") in _list_common()
