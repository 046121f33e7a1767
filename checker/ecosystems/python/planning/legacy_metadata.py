"""Tells the resolver what releases require whose metadata is older than PEP 440, and which it refuses to read.

pip took versions such as `2011k` until 24.1; uv takes none, goes silently back to the last release that has no
such line (pandas 0.13 of 2014 for code of 2018), and calls a pin of a refused one a conflict. Each release is
listed with what its wheels state, the word that is no version written as the one it means.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from checker.core.container import FILES
from checker.core.plans import BuildPlan
from checker.ecosystems.python.declared.formats.requirement_line import parse

NAME = "legacy-metadata.toml"
LATEST_PYTHON = (3, 8)
"""The last interpreter of the time: later ones have no wheels of what is listed here."""


@dataclass(frozen=True)
class Stated:
    """Releases of a distribution that state the same requirements."""

    distribution: str
    versions: tuple[str, ...]
    requires: tuple[str, ...]


_PANDAS = (
    ("0.18.1 0.19.0 0.19.1", ("numpy>=1.7.0", "python-dateutil", "pytz>=2011")),
    ("0.19.2 0.20.0 0.20.1 0.20.2 0.20.3", ("numpy>=1.7.0", "python-dateutil>=2", "pytz>=2011")),
    ("0.21.0 0.21.1 0.22.0", ("numpy>=1.9.0", "python-dateutil>=2", "pytz>=2011")),
    ("0.23.0 0.23.1 0.23.2 0.23.3 0.23.4", ("numpy>=1.9.0", "python-dateutil>=2.5.0", "pytz>=2011")),
    ("0.24.0 0.24.1 0.24.2", ("numpy>=1.12.0", "python-dateutil>=2.5.0", "pytz>=2011")),
)
"""Read from the METADATA of the wheels on the package index; all of them say `pytz (>=2011k)`."""

ROWS = tuple(Stated("pandas", tuple(versions.split()), requires) for versions, requires in _PANDAS)


def wanted(plan: BuildPlan) -> bool:
    """Whether a plan may meet such a release: its interpreter is old enough, or it pins one."""
    version = tuple(int(part) for part in (plan.interpreter or "").split(".") if part.isdigit())
    return bool(version) and (version <= LATEST_PYTHON or any(map(_is_listed, plan.requirements)))


def _is_listed(line: str) -> bool:
    found = parse(line)
    pins = {item.version for item in found.specifier if item.operator == "=="} if found else set()
    return any(found is not None and found.name == row.distribution and pins & {*row.versions} for row in ROWS)


def options(plan: BuildPlan) -> tuple[str, ...]:
    """Return the resolver's options that name the file."""
    return ("--config-file", f"{FILES}/{NAME}") if wanted(plan) else ()


def files(plan: BuildPlan) -> tuple[tuple[str, str], ...]:
    """Return the file, as uv reads it (`dependency-metadata`)."""
    return ((NAME, "\n".join(_entries())),) if wanted(plan) else ()


def _entries() -> list[str]:
    return [
        f'[[dependency-metadata]]\nname = "{row.distribution}"\nversion = "{version}"\n'
        f"requires-dist = {json.dumps(row.requires)}\n"
        for row in ROWS
        for version in row.versions
    ]
