"""One row of a signature table."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checker.core.plans import NETWORK_PHASES, Phase

BUILDING = NETWORK_PHASES | {Phase.PREPARE}
"""The phases that put an environment together."""

RUNNING = frozenset(Phase) - BUILDING
"""The phases that run the repository's code, without a network."""


@dataclass(frozen=True)
class Signature:
    """That a text which matches `pattern` gives away the cause `cause`; `hint` replaces the cause's own."""

    name: str
    cause: str
    pattern: re.Pattern[str]
    hint: str | None = None


def table(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Signature, ...]:
    """Make a table from (name, cause, pattern[, hint]) rows; `^` and `$` in a pattern mean a line's."""
    return tuple(Signature(row[0], row[1], re.compile(row[2], re.MULTILINE), *row[3:]) for row in rows)
