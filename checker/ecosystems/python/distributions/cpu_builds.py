"""Exchanges GPU builds for CPU builds of the same releases: a tenth of the download, and no GPU needed.

PyTorch keeps these builds on an index of its own, whose files are dated only in part; so the version is taken
from the lock, which was made as of the date, and nothing but the build is exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from checker.ecosystems.python.distributions.packages import build_of, find


def split_for_cpu(lock: Sequence[str], asked: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Split a lock into lines for the index of processor builds, and the others; None where nothing is exchanged.

    `asked` are the requirements of the plan: what they name is not left out.
    """
    named = {_name(line) for line in asked}
    names = {_name(line) for line in lock}
    builds = {name for name in names if (row := find(name)) is not None and row.cpu_index}
    if not builds or any(_needs_cuda(name) for name in names):
        return None
    exchanged = tuple(f"{line}+cpu" for line in lock if _name(line) in builds and _is_plain(line))
    if len(exchanged) != len(builds):
        return None
    parts = [part for row in map(find, builds) if row is not None for part in row.cuda_parts]
    dropped = {name for name in names - named if any(re.fullmatch(part, name) for part in parts)}
    others = tuple(line for line in lock if _name(line) not in builds | dropped)
    return exchanged, others


def _needs_cuda(name: str) -> bool:
    return any(row is not None and row.needs_cuda for row in (find(name), build_of(name)))


def _is_plain(line: str) -> bool:
    return re.fullmatch(r"[A-Za-z-]+==[\w.]+", line) is not None


def _name(line: str) -> str:
    try:
        return canonicalize_name(Requirement(line).name)
    except InvalidRequirement:
        return ""
