"""What earlier nights said, read without opening their checks: counts of each night, each target's standing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from itertools import accumulate

from pydantic import Field
from sqlalchemy import Connection

from checker.core.values.base import Value
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Blame
from checker.store.tables import QUERIES


class Standing(Value):
    """What one night said of one target. `reused` means that the check of an earlier night still counted."""

    run_id: int
    date: date
    availability: Availability
    reached: Rung | None = None
    way: Way | None = None
    cause: str | None = None
    blame: Blame | None = None
    inconclusive: bool = False
    commit: str | None = None
    checker_version: str = ""
    checked_at: datetime | None = None
    reused: bool = False


class NightCounts(Value):
    """A night in numbers: repositories with code of which could be told, and those that start by each way.

    `starts` adds up: what holds by an earlier way counts for the later ones as well.
    """

    run_id: int
    date: date
    repositories: int = 0
    tried: int = 0
    starts: dict[Way, int] = Field(default_factory=dict)


class History(Value):
    """Nights, oldest first, and what each said of the targets."""

    nights: tuple[NightCounts, ...] = ()
    standings: dict[str, tuple[Standing, ...]] = Field(default_factory=dict)


def read_history(connection: Connection, nights: Mapping[int, date]) -> History:
    """Return what the runs named by their ids said, in the order given."""
    runs = {"runs": json.dumps(list(nights))}
    totals, tried = (
        {row[0]: row[1] for row in connection.execute(QUERIES[name], runs)}
        for name in ("checks_by_run", "tried_by_run")
    )
    firsts: dict[int, dict[str, int]] = defaultdict(dict)
    for run, way, count in connection.execute(QUERIES["first_ways_by_run"], runs):
        firsts[run][way] = count
    return History(
        nights=tuple(
            NightCounts(
                run_id=run,
                date=day,
                repositories=totals.get(run, 0),
                tried=tried.get(run, 0),
                starts=dict(zip(Way, accumulate(firsts[run].get(way, 0) for way in Way), strict=True)),
            )
            for run, day in nights.items()
        ),
        standings=_load_standings(connection, nights),
    )


def _load_standings(connection: Connection, nights: Mapping[int, date]) -> dict[str, tuple[Standing, ...]]:
    order = {run: number for number, run in enumerate(nights)}
    found: dict[str, list[Standing]] = defaultdict(list)
    for row in connection.execute(QUERIES["standings"], {"runs": json.dumps(list(nights))}).mappings():
        values = {**row, "date": nights[row["run_id"]]}
        found[values.pop("target")].append(Standing.model_validate(values))
    return {
        target: tuple(sorted(standings, key=lambda standing: order[standing.run_id]))
        for target, standings in found.items()
    }
