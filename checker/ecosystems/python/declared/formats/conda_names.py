"""Translates conda package names to packages of the index or system packages; all others are dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from checker.core.data_files import read_toml
from checker.core.values.base import Value
from checker.ecosystems.python.distributions import packages


class _Conda(Value):
    """The fields of data/conda.toml, explained there."""

    dropped: frozenset[str]
    platform: tuple[str, ...]
    libraries: frozenset[str]
    system: Mapping[str, tuple[str, ...]]


@cache
def _load_table() -> _Conda:
    return _Conda.model_validate(read_toml(__package__, "conda.toml"))


@cache
def _compile_platform_pattern() -> re.Pattern[str]:
    return re.compile(rf"\A(?:{'|'.join(_load_table().platform)})\Z")


def find_system_packages(name: str) -> tuple[str, ...]:
    """Return the Debian packages of a conda package that is not on the index."""
    return _load_table().system.get(name, ()) if name not in packages.load_conda_names() else ()


def find_distribution(name: str) -> str | None:
    """Return the package of the index that a conda package is; None where it means nothing outside conda."""
    if name in packages.load_conda_names():
        return packages.load_conda_names()[name]
    table = _load_table()
    is_dropped = name in table.dropped or (name not in table.libraries and _compile_platform_pattern().match(name))
    return None if is_dropped else name


def has_longer_versions(name: str) -> bool:
    """Whether versions of a package of the index have a part more than conda's (4.5.3 there is 4.5.3.56 here)."""
    row = packages.find(name)
    return row is not None and row.longer_versions
