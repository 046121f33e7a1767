"""Which Debian package holds a header, shared library, pkg-config module or command that code asks for.

The table is data/system_packages.csv with the columns `kind`, `name` and `packages` (several with spaces between).
Kinds: `header` as included, in lower case, where a name that ends in `/` stands for a folder's headers; `library`,
the name between `lib` and `.so`, to run against; `module`, a pkg-config, CMake or linker name, to build against;
`command`. Packages are those of Debian 12 (bookworm), the base of the images in `dockerfiles/`; source:
packages.debian.org, "Search the contents of packages".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from checker.core.data_files import read_csv

_SONAME = re.compile(r"^lib(?P<name>.+?)(?:\.so[\d.]*|\.a)?$", re.IGNORECASE)


@cache
def read_table(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Return the rows of one kind: name → packages."""
    rows = read_csv(__package__, "system_packages.csv")
    return {row["name"]: tuple(row["packages"].split()) for row in rows if row["kind"] == kind}


def find_for_header(header: str) -> tuple[str, ...]:
    """Return the packages that hold a header, as it is written after `#include`; () where none is known."""
    path = header.strip("<>\"'").lower()
    folders = [path[: at + 1] for at, letter in enumerate(path) if letter == "/"]
    return _read_first("header", path, *reversed(folders))


def find_for_library(library: str) -> tuple[str, ...]:
    """Return the packages to run against for a shared library (`libGL.so.1`); () where none is known."""
    found = _SONAME.match(library)
    name = (found["name"] if found else library).lower()
    return _read_first("library", name, _strip_version(name))


def find_for_module(module: str) -> tuple[str, ...]:
    """Return the packages to build against for a pkg-config, CMake or `-l` name; () where none is known."""
    name = module.lower()
    return _read_first("module", name, _strip_version(name), name.removeprefix("lib"))


def find_for_command(command: str) -> tuple[str, ...]:
    """Return the packages that bring a command; () where none is known."""
    return _read_first("command", command.rsplit("/", 1)[-1])


def _strip_version(name: str) -> str:
    return re.sub(r"(?<![\d.])[-.]?\d++(?:\.\d++)*+$", "", name)


def _read_first(kind: str, *names: str) -> tuple[str, ...]:
    rows = read_table(kind)
    return next((rows[name] for name in names if name in rows), ())
