"""What a folder holds, by its name: data/folders.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache

from checker.core.data_files import load_rows
from checker.core.values.base import Value


class Folder(StrEnum):
    """What a folder holds; `other` where its name does not say."""

    VENDORED = "vendored"
    ENVIRONMENT = "environment"
    BUILT = "built"
    TESTS = "tests"
    DOCS = "docs"
    EXAMPLES = "examples"
    EXPERIMENTS = "experiments"
    PROGRAMS = "programs"
    SETTINGS = "settings"
    DATA = "data"
    PREPARATION = "preparation"
    MACHINERY = "machinery"
    HOSTS = "hosts"
    REQUIREMENTS = "requirements"
    SPECIFICATIONS = "specifications"
    OTHER = "other"


#: Folders of the project in which scripts stand that are meant to be started.
FRONT = frozenset({Folder.EXAMPLES, Folder.EXPERIMENTS, Folder.PROGRAMS})

#: Folders whose files speak for the project around them.
BESIDE = frozenset({Folder.DOCS, Folder.MACHINERY, Folder.HOSTS, Folder.REQUIREMENTS})

#: Folders that hold specifications of the folder above them.
GATHERING = frozenset({Folder.MACHINERY, Folder.HOSTS, Folder.REQUIREMENTS, Folder.SPECIFICATIONS})

#: Folders with code that is not the project's own.
FOREIGN = frozenset({Folder.VENDORED, Folder.ENVIRONMENT})


class Row(Value):
    """The names of one kind of folder, in lower case."""

    name: Folder
    names: frozenset[str] = frozenset()
    pattern: str = ""


@cache
def read_rows() -> Mapping[str, Row]:
    """Return all rows by what they mean."""
    return load_rows(__package__, "folders.toml", Row)


@lru_cache(maxsize=4096)
def find_meaning(folder: str) -> Folder:
    """Return what a folder of this name holds: `third_party` → vendored."""
    name = folder.lower()
    found = (row.name for row in read_rows().values() if name in row.names or re.fullmatch(row.pattern, name))
    return next(found, Folder.OTHER) if name else Folder.OTHER


def find_meanings(path: str) -> frozenset[Folder]:
    """Return what the folders above a file hold: `a/tests/data/x.py` → tests, data, other."""
    return frozenset(map(find_meaning, path.split("/")[:-1]))
