"""Supplies metadata for releases whose own predates PEP 440, which the resolver refuses to read.

pip took versions such as `2011k` until 24.1; uv rejects them, silently falls back to the last release without
such a line (pandas 0.13 of 2014 for code of 2018), and calls a pin of a refused one a conflict. Each release is
listed with its wheels' metadata, invalid versions normalised.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from checker.core.container import FILES
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.distributions.packages import Metadata, load_packages
from checker.ecosystems.python.plan_edits import minor

NAME = "legacy-metadata.toml"


def _list_legacy_releases() -> Iterator[tuple[str, Metadata]]:
    return ((row.name, metadata) for row in load_packages().values() for metadata in row.metadata)


def is_needed(plan: BuildPlan) -> bool:
    """Whether a plan may meet such a release: its interpreter is old enough, or it pins one."""
    version = minor(plan.interpreter)
    old_enough = any(version <= minor(metadata.until_python) for _, metadata in _list_legacy_releases())
    return bool(version) and (old_enough or any(map(_is_listed, plan.requirements)))


def _is_listed(line: str) -> bool:
    found = parse(line)
    pins = {item.version for item in found.specifier if item.operator == "=="} if found else set()
    return any(
        found is not None and found.name == name and pins & {*m.versions} for name, m in _list_legacy_releases()
    )


def make_options(plan: BuildPlan) -> tuple[str, ...]:
    """Return the resolver's options that name the file."""
    return ("--config-file", f"{FILES}/{NAME}") if is_needed(plan) else ()


def make_files(plan: BuildPlan) -> tuple[tuple[str, str], ...]:
    """Return the file, as uv reads it (`dependency-metadata`)."""
    return ((NAME, "\n".join(_list_entries())),) if is_needed(plan) else ()


def _list_entries() -> list[str]:
    return [
        f'[[dependency-metadata]]\nname = "{name}"\nversion = "{version}"\n'
        f"requires-dist = {json.dumps(metadata.requires)}\n"
        for name, metadata in _list_legacy_releases()
        for version in metadata.versions
    ]
