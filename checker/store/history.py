"""What earlier nights said, read without opening their checks: counts of each night, each target's standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import Field
from sqlalchemy import Connection, and_, case, distinct, func, select

from checker.core.base import Value
from checker.core.plans import Rung, Way
from checker.core.repositories import Availability
from checker.core.results import Blame
from checker.store import tables as t


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
    ids = list(nights)
    totals, tried, firsts = (
        _count_checks(connection, ids),
        _count_tried(connection, ids),
        _count_first_ways(connection, ids),
    )
    return History(
        nights=tuple(
            NightCounts(
                run_id=run,
                date=day,
                repositories=totals.get(run, 0),
                tried=tried.get(run, 0),
                starts=_accumulate(firsts.get(run, {})),
            )
            for run, day in nights.items()
        ),
        standings=_load_standings(connection, nights),
    )


def _accumulate(firsts: Mapping[int, int]) -> dict[Way, int]:
    return {way: sum(firsts.get(place, 0) for place in range(number + 1)) for number, way in enumerate(Way)}


def _count_checks(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    of_run = t.run_checks.c.run_id
    query = select(of_run, func.count()).where(of_run.in_(ids)).group_by(of_run)
    return {row[0]: row[1] for row in connection.execute(query)}


def _count_tried(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Count conclusive checks of repositories with code, as the funnel does."""
    of_run, mine = t.run_checks.c.run_id, t.run_checks.c.check_id
    with_code = and_(
        t.rungs.c.check_id == mine, t.rungs.c.attempt_id.is_(None), t.rungs.c.rung == "code", t.rungs.c.holds
    )
    query = (
        select(of_run, func.count(distinct(mine)))
        .join(t.checks, t.checks.c.id == mine)
        .join(t.rungs, with_code)
        .where(of_run.in_(ids), t.checks.c.inconclusive.is_(False))
        .where(t.checks.c.availability.not_in([Availability.NO_CODE.value, Availability.EMPTY.value]))
        .group_by(of_run)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _count_first_ways(connection: Connection, ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """Count, for each run, the checks whose code starts, by the place of the first way by which it does."""
    place = case({way.value: number for number, way in enumerate(Way)}, value=t.attempts.c.way)
    of_run = t.run_checks.c.run_id
    first = (
        select(of_run, t.run_checks.c.check_id, func.min(place).label("place"))
        .join(t.attempts, t.attempts.c.check_id == t.run_checks.c.check_id)
        .join(t.rungs, t.rungs.c.attempt_id == t.attempts.c.id)
        .where(of_run.in_(ids), t.rungs.c.rung == Rung.STARTS.value, t.rungs.c.holds)
        .group_by(of_run, t.run_checks.c.check_id)
        .subquery()
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    query = select(first.c.run_id, first.c.place, func.count()).group_by(first.c.run_id, first.c.place)
    for run, number, count in connection.execute(query):
        found[run][number] = count
    return found


_COLUMNS = (
    "availability", "reached", "way", "cause", "blame", "inconclusive", "commit", "checker_version", "started_at",
)  # fmt: skip


def _load_standings(connection: Connection, nights: Mapping[int, date]) -> dict[str, tuple[Standing, ...]]:
    query = (
        select(t.run_checks.c.run_id, t.run_checks.c.target, t.run_checks.c.reused)
        .add_columns(*(t.checks.c[name] for name in _COLUMNS))
        .join(t.checks, t.checks.c.id == t.run_checks.c.check_id)
        .where(t.run_checks.c.run_id.in_(list(nights)))
        .order_by(t.run_checks.c.target)
    )
    order = {run: number for number, run in enumerate(nights)}
    found: dict[str, list[Standing]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        values = dict(row)
        target, started = values.pop("target"), values.pop("started_at")
        found[target].append(
            Standing.model_validate({**values, "date": nights[values["run_id"]], "checked_at": started})
        )
    return {
        target: tuple(sorted(standings, key=lambda standing: order[standing.run_id]))
        for target, standings in found.items()
    }
