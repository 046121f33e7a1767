"""The most widely used interpreter at a given date, from data/interpreters.toml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from checker.core.data_files import load_rows
from checker.core.values.base import Value


class Interpreter(Value):
    """One minor version of Python, and the day since which it is the usual one."""

    name: str
    usual_since: date


@cache
def load_interpreters() -> Mapping[str, Interpreter]:
    """Return all rows by their versions, the oldest first."""
    return load_rows(__package__, "interpreters.toml", Interpreter)


def find_usual_python(moment: datetime | date) -> str:
    """Return the usual interpreter at a date; a moment in time counts in UTC."""
    if isinstance(moment, datetime):
        moment = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    return [row.name for row in load_interpreters().values() if row.usual_since <= moment][-1]
