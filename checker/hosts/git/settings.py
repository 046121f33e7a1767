"""The environment and the settings under which git runs: what makes a hostile repository harmless to it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from checker.core.data_files import read_toml

_DATA = read_toml("checker.hosts.git", "git.toml")

#: Variables of the worker's environment that git is told.
KEPT_ENVIRONMENT: frozenset[str] = frozenset(chain.from_iterable(_DATA["kept_environment"].values()))

ENVIRONMENT: Mapping[str, str] = _DATA["environment"]

#: Given on the command line, which wins over any file of the repository.
SETTINGS: Mapping[str, str] = _DATA["settings"]
