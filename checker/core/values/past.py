"""What earlier nights told of the repositories and papers of this one: what a night is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from checker.core.values.papers import CodeStatus
from checker.core.values.repositories import Availability
from checker.core.values.results import Check


@dataclass(frozen=True)
class Earlier:
    """A check of an earlier night."""

    date: date
    check: Check


@dataclass(frozen=True)
class Past:
    """What earlier nights told of the targets of this one.

    `seen` holds the last conclusive check of each target, `told` the last that also told whether the
    required rung is reached;
    targets in `unchanged` have the very same check still. `statuses` is what papers said before, `promised` the
    first night on which a paper (with the key of a repository, or None) announced its code.
    """

    since: date | None = None
    seen: Mapping[str, Earlier] = field(default_factory=dict)
    told: Mapping[str, Earlier] = field(default_factory=dict)
    unchanged: frozenset[str] = frozenset()
    statuses: Mapping[str, CodeStatus] = field(default_factory=dict)
    promised: Mapping[tuple[str, str | None], date] = field(default_factory=dict)


class Presence(IntEnum):
    """What a conclusive check found of a repository."""

    GONE = 0
    BARE = 1
    CODE = 2


_FOUND = {
    Availability.AVAILABLE: Presence.CODE,
    Availability.MOVED: Presence.CODE,
    Availability.NO_CODE: Presence.BARE,
    Availability.EMPTY: Presence.BARE,
}


def read_presence(check: Check) -> Presence:
    """Return what a conclusive check found."""
    return _FOUND.get(check.availability, Presence.GONE)
