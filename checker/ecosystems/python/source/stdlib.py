"""Looks up which modules and names each Python's standard library has, and which only Python 2 had.

Module names are those of the package stdlib-list; what these lists lack is data/standard_library.toml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from stdlib_list import stdlib_list

from checker.core.data_files import read_toml
from checker.core.values.base import Value

Version = tuple[int, int]

#: Minor versions of Python 3 that code is read for; older ones are taken for the first, newer ones for the last.
_MINORS = range(6, 15)

#: Names in the lists to ignore: the interpreter's own tests, and an artefact of how a list was made.
_NOT_MEANT = frozenset({"lib", "test"})

#: Submodules that came later than their package, and that the index has backports of.
_BACKPORTED_SUBMODULES = frozenset({"importlib.metadata", "importlib.resources"})

#: Added modules that bound no interpreter: an older one gets a backport, or the name is mostly the code's own.
_NO_BOUND = frozenset({"dataclasses", "compression"})


class _Table(Value):
    """The fields of data/standard_library.toml, explained there."""

    python2: frozenset[str]
    backports: frozenset[str]
    added: Mapping[int, Mapping[str, tuple[str, ...]]]
    removed: Mapping[int, Mapping[str, tuple[str, ...]]]


@cache
def _load_table() -> _Table:
    return _Table.model_validate(read_toml(__package__, "standard_library.toml"))


@cache
def _map_spans() -> Mapping[str, tuple[int, int]]:
    """Return module → the first and the last minor version that has it; a gap between is one of a list's own."""
    spans: dict[str, tuple[int, int]] = {}
    for minor in _MINORS:
        for name in stdlib_list(f"3.{minor}"):
            if ("." not in name and name not in _NOT_MEANT) or name in _BACKPORTED_SUBMODULES:
                spans[name] = (spans.get(name, (minor, minor))[0], minor)
    return spans


def parse_version(text: str) -> Version:
    """Read `3.8` or `3.8.10` as (3, 8); anything else is read as (3, 8), the middle of the field."""
    parts = text.strip().split(".")
    try:
        return int(parts[0]), int(parts[1])
    except (ValueError, IndexError):
        return 3, 8


def is_standard(name: str, python: str = "3.8") -> bool:
    """Whether the standard library of `python` ("3.8") holds a module, by its full dotted name."""
    major, minor = parse_version(python)
    minor = min(max(minor, _MINORS[0]), _MINORS[-1]) if major > 2 else _MINORS[0]
    span = _map_spans().get(".".join(name.split(".")[:2])) or _map_spans().get(name.partition(".")[0])
    return span is not None and span[0] <= minor <= span[1]


def was_standard(name: str) -> bool:
    """Whether any Python 3 had the module in its standard library."""
    return name.partition(".")[0] in _map_spans()


def is_python2_name(name: str) -> bool:
    """Whether the module is one that Python 2 alone had (`urllib2`, `ConfigParser`, `cPickle`)."""
    return name.partition(".")[0] in _load_table().python2


@cache
def _list_public_names() -> frozenset[str]:
    return frozenset(name for name in _map_spans() if "." not in name and not name.startswith("_"))


def list_standard_names() -> frozenset[str]:
    """Return every top-level name that some Python had, for guarding against look-alike distributions."""
    return _list_public_names() | _load_table().python2


@cache
def _list_optional_modules() -> frozenset[str]:
    names = {name.lower() for name in _list_public_names()} | {"urllib2", "cpickle", "__future__"}
    return frozenset(names - _load_table().backports)


def is_standard_distribution(name: str) -> bool:
    """Whether a distribution's name is that of a standard module, which needs no installation.

    Backports that are harmless on later interpreters (`dataclasses`), and distributions of another module by
    the same name (`DateTime`), do not count.
    """
    return name.replace("-", "_").lower() in _list_optional_modules()


def _names(rows: Mapping[int, Mapping[str, tuple[str, ...]]]) -> Iterator[tuple[tuple[str, str], int]]:
    return (
        ((module, name), minor) for minor, row in rows.items() for module, found in row.items() for name in found
    )


@cache
def _map_first_versions() -> Mapping[tuple[str, str], int]:
    modules = {(name, ""): _map_spans()[name][0] for name in _list_public_names() - _NO_BOUND}
    return {key: minor for key, minor in modules.items() if minor > _MINORS[0]} | dict(_names(_load_table().added))


@cache
def _map_last_versions() -> Mapping[tuple[str, str], int]:
    modules = {(name, ""): _map_spans()[name][1] for name in _list_public_names()}
    return {key: minor for key, minor in modules.items() if minor < _MINORS[-1]} | dict(
        _names(_load_table().removed)
    )


def find_first_version(module: str, name: str = "") -> int | None:
    """Return the first minor version of Python 3 that has a module, or a name of it; None where all have it."""
    return _map_first_versions().get((module, name))


def find_last_version(module: str, name: str = "") -> int | None:
    """Return the last minor version of Python 3 that has a module, or a name of it; None where it still is."""
    return _map_last_versions().get((module if name else module.partition(".")[0], name))
