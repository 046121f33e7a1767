"""What earlier nights told of the targets and papers of a run: what it is compared with."""

from __future__ import annotations

import json
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from checker.core.values.papers import CodeStatus, LinkedPaper
from checker.core.values.past import Earlier, Past
from checker.core.values.plans import Rung
from checker.core.values.results import Check
from checker.store import rows
from checker.store import tables as t
from checker.store.tables import QUERIES


class _Found(NamedTuple):
    """The last check of a target, and the date of its night."""

    check_id: int
    date: str


def read_past(connection: Connection, run_id: int, day: date, require: Rung, single: str) -> Past:
    """Return what finished runs of days before this one told; those with the note `single` are no nights.

    A run that is begun again on the same day is compared with the day before, as its report takes the first one's
    place.
    Where no night told of the required rung, the last one that told of `built` stands in for it.
    """
    nights: dict[str, object] = {"run": run_id, "day": day.isoformat(), "single": single}
    mine = select(t.run_checks.c.target, t.run_checks.c.check_id).where(t.run_checks.c.run_id == run_id)
    current = {row.target: row.check_id for row in connection.execute(mine)}
    seen = _find_last(connection, nights, None)
    told = _find_last(connection, nights, Rung.BUILT) | _find_last(connection, nights, require)
    same = {target for target, row in seen.items() if current.get(target) == row.check_id}
    opened: dict[int, Check] = {}
    since: str | None = connection.execute(QUERIES["last_night"], nights).scalar()
    return Past(
        since=date.fromisoformat(since) if since else None,
        seen=_load_checks(connection, {k: row for k, row in seen.items() if k not in same}, opened),
        told=_load_checks(connection, {k: row for k, row in told.items() if k not in same}, opened),
        unchanged=frozenset(same),
        statuses={
            row.paper_id: CodeStatus(row.code_status) for row in connection.execute(QUERIES["statuses"], nights)
        },
        promised={
            (row.paper_id, row.key): date.fromisoformat(row.first)
            for row in connection.execute(QUERIES["promises"], nights)
        },
    )


def read_recent_papers(connection: Connection, since: date, single: str) -> tuple[LinkedPaper, ...]:
    """Return the papers that were read first on or after a date, each as it was read last."""
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for row in connection.execute(QUERIES["papers"], {"single": single}):
        first.setdefault(row.paper_id, row.date)
        last[row.paper_id] = row.value
    young = (value for paper, value in last.items() if first[paper] >= since.isoformat())
    return tuple(LinkedPaper.model_validate_json(value) for value in young)


def _find_last(connection: Connection, nights: dict[str, object], rung: Rung | None) -> dict[str, _Found]:
    """Return, for each target of the run, the last conclusive check, of those that tell if a rung is reached.

    A check tells where no failure or limit of ours stopped it below the rung.
    """
    below = None if rung is None else json.dumps([lower.value for lower in Rung if lower.height < rung.height])
    found = connection.execute(QUERIES["last_checks"], {**nights, "below": below})
    return {row.target: _Found(row.check_id, row.date) for row in found}


def _load_checks(
    connection: Connection, wanted: dict[str, _Found], opened: dict[int, Check]
) -> dict[str, Earlier]:
    """Open the checks, each once and without its logs: nothing here reads them, and they are most of it."""
    found = {}
    for target, row in wanted.items():
        if row.check_id not in opened:
            query = select(t.check_values.c.value).where(t.check_values.c.check_id == row.check_id)
            opened[row.check_id] = _strip_logs(rows.unpack(connection.execute(query).scalar_one()))
        found[target] = Earlier(date=date.fromisoformat(row.date), check=opened[row.check_id])
    return found


def _strip_logs(check: Check) -> Check:
    attempts = tuple(attempt.model_copy(update={"results": ()}) for attempt in check.attempts)
    return check.model_copy(update={"attempts": attempts})
