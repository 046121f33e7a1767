"""What earlier nights told of the targets and papers of a run: what it is compared with."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from checker.core.papers import CodeStatus, LinkedPaper
from checker.core.past import Earlier, Past
from checker.core.plans import Rung
from checker.core.repositories import Availability
from checker.core.results import Blame, Check
from checker.store import rows
from checker.store import tables as t

_WITH_CODE = (Availability.AVAILABLE.value, Availability.MOVED.value)


def _tells_of(rung: Rung) -> ColumnElement[bool]:
    """Whether a check tells if a rung is reached: no failure or limit of ours stopped it below."""
    below = [lower.value for lower in Rung if lower.height < rung.height]
    return not_(
        and_(
            t.checks.c.availability.in_(_WITH_CODE),
            or_(t.checks.c.reached.is_(None), t.checks.c.reached.in_(below)),
            t.checks.c.blame.is_not(None),
            t.checks.c.blame != Blame.REPOSITORY.value,
        )
    )


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
    before = and_(t.runs.c.id < run_id, t.runs.c.date < day.isoformat())
    nights = and_(before, t.runs.c.state == "finished", t.runs.c.note != single)
    mine = _find_checks(connection, run_id)
    conclusive = and_(nights, t.checks.c.inconclusive.is_(False))
    seen = _find_last(connection, run_id, conclusive)
    told = _find_last(connection, run_id, and_(conclusive, _tells_of(Rung.BUILT)))
    told |= _find_last(connection, run_id, and_(conclusive, _tells_of(require)))
    same = {target for target, row in seen.items() if mine.get(target) == row.check_id}
    opened: dict[int, Check] = {}
    return Past(
        since=_date(connection.execute(select(func.max(t.runs.c.date)).where(nights)).scalar()),
        seen=_load_checks(connection, {k: row for k, row in seen.items() if k not in same}, opened),
        told=_load_checks(connection, {k: row for k, row in told.items() if k not in same}, opened),
        unchanged=frozenset(same),
        statuses=_load_statuses(connection, nights),
        promised=_load_promises(connection, nights),
    )


def read_recent_papers(connection: Connection, since: date, single: str) -> tuple[LinkedPaper, ...]:
    """Return the papers that were read first on or after a date, each as it was read last."""
    query = (
        select(t.run_papers.c.paper_id, t.run_papers.c.value, t.runs.c.date)
        .join(t.runs, t.runs.c.id == t.run_papers.c.run_id)
        .where(t.runs.c.note != single)
        .order_by(t.runs.c.id, t.run_papers.c.position)
    )
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for row in connection.execute(query):
        first.setdefault(row.paper_id, row.date)
        last[row.paper_id] = row.value
    young = (value for paper, value in last.items() if first[paper] >= since.isoformat())
    return tuple(LinkedPaper.model_validate_json(value) for value in young)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _find_checks(connection: Connection, run_id: int) -> dict[str, int]:
    query = select(t.run_checks.c.target, t.run_checks.c.check_id).where(t.run_checks.c.run_id == run_id)
    return {row.target: row.check_id for row in connection.execute(query)}


def _find_last(connection: Connection, run_id: int, wanted: ColumnElement[bool]) -> dict[str, _Found]:
    """Return, for each target of the run, the last check that is wanted, with its night."""
    of_run = select(t.run_checks.c.target).where(t.run_checks.c.run_id == run_id)
    place = func.row_number().over(partition_by=t.run_checks.c.target, order_by=t.runs.c.id.desc())
    found = (
        select(t.run_checks.c.target, t.run_checks.c.check_id, t.runs.c.date, place.label("place"))
        .join(t.runs, t.runs.c.id == t.run_checks.c.run_id)
        .join(t.checks, t.checks.c.id == t.run_checks.c.check_id)
        .where(wanted, t.run_checks.c.target.in_(of_run))
        .subquery()
    )
    query = select(found.c.target, found.c.check_id, found.c.date).where(found.c.place == 1)
    return {row.target: _Found(row.check_id, row.date) for row in connection.execute(query)}


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


def _load_statuses(connection: Connection, nights: ColumnElement[bool]) -> dict[str, CodeStatus]:
    """Return what each paper said about its code when it was read last."""
    query = (
        select(t.run_papers.c.paper_id, t.run_papers.c.code_status)
        .join(t.runs, t.runs.c.id == t.run_papers.c.run_id)
        .where(nights)
        .order_by(t.runs.c.id)
    )
    return {row.paper_id: CodeStatus(row.code_status) for row in connection.execute(query)}


def _load_promises(connection: Connection, nights: ColumnElement[bool]) -> dict[tuple[str, str | None], date]:
    """Return the first night on which each paper announced its code: with a link to it, or without."""
    linked = (
        select(t.links.c.paper_id, t.repositories.c.key, func.min(t.runs.c.date).label("first"))
        .join(t.runs, t.runs.c.id == t.links.c.run_id)
        .join(t.repositories, t.repositories.c.id == t.links.c.repository_id)
        .where(nights, t.links.c.promised)
        .group_by(t.links.c.paper_id, t.repositories.c.key)
    )
    said = (
        select(t.run_papers.c.paper_id, func.min(t.runs.c.date).label("first"))
        .join(t.runs, t.runs.c.id == t.run_papers.c.run_id)
        .where(nights, t.run_papers.c.code_status == CodeStatus.PROMISED.value)
        .group_by(t.run_papers.c.paper_id)
    )
    found: dict[tuple[str, str | None], date] = {
        (row.paper_id, row.key): date.fromisoformat(row.first) for row in connection.execute(linked)
    }
    for row in connection.execute(said):
        found[row.paper_id, None] = date.fromisoformat(row.first)
    return found
