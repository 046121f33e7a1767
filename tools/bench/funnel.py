"""Counts the funnel and the goals over the stored checks of a run; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from checker.core.shares import Share
from checker.core.values.base import Value
from checker.core.values.papers import LinkedPaper
from checker.core.values.plans import Phase, Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Attempt, Blame, Check
from checker.ecosystems.python.planning.trial_steps import COLLECT
from checker.reports.counting import collect_rungs, count_causes, count_funnel
from checker.reports.document import CauseCount, Funnel, Rungs, WayFunnel
from tools.bench.figures import Spread, spread
from tools.bench.names import Names, names_of

PYTHON = "python"
_ENTERING = frozenset({Phase.ANSWER, Phase.START, Phase.RUN})


class Row(Value):
    """One repository: how far it got, by which way, why not further, and what of its names was found."""

    key: str
    repository: str
    commit: str | None
    availability: Availability
    ecosystem: str | None
    reached: Rung | None
    way: Way | None
    cause: str | None
    blame: Blame | None
    inconclusive: bool
    seconds: float
    rungs: Rungs
    entry_point: bool
    names: Names = Names()


class Alone(Value):
    """What one way reached by itself, in those repositories in which it was tried."""

    tried: int
    reached: WayFunnel


class Goals(Value):
    """The measures that the project has set itself, over repositories whose main code is Python.

    One that we could not tell of counts as not reached. `names` are all third-party names; `names_to_be_had` those
    without what exists nowhere, needs a GPU toolchain or is out of reach; `whole` are repositories without any
    other missing name; `answers` and `starts` are of those with an entry point, and so is `either`: a program that
    takes no arguments starts, and has nothing to answer.
    """

    built: Share
    names: Share
    names_to_be_had: Share
    names_imported: Share
    whole: Share
    answers: Share
    starts: Share
    either: Share


class Measured(Value):
    """Everything that `bench funnel` says of a run; `seconds` are of the checks that had something to build."""

    funnel: Funnel
    alone: dict[Way, Alone]
    goals: Goals
    seconds: Spread | None
    wall_seconds: float | None
    causes: tuple[CauseCount, ...]
    rows: tuple[Row, ...]


def measure(
    papers: Sequence[LinkedPaper],
    checks: Mapping[str, Check],
    *,
    began: datetime | None = None,
    ended: datetime | None = None,
) -> Measured:
    """Count everything over the checks of a run, which are named by their targets."""
    rows = tuple(row_of(key, check) for key, check in checks.items())
    return Measured(
        funnel=count_funnel(papers, checks),
        alone={way: _alone(checks.values(), way) for way in Way},
        goals=goals(rows),
        seconds=spread(check.seconds for check in checks.values() if check.attempts),
        wall_seconds=_wall(checks.values(), began, ended),
        causes=count_causes(checks.values()),
        rows=rows,
    )


def _wall(checks: Iterable[Check], began: datetime | None, ended: datetime | None) -> float | None:
    """Return the wall seconds of a run; None of one that did not end, or took checks over from an earlier one."""
    if began is None or ended is None or any(check.started_at < began for check in checks):
        return None
    return (ended - began).total_seconds()


def row_of(key: str, check: Check) -> Row:
    """Return what is counted of one check."""
    cause = check.cause or check.verdict.cause
    return Row(
        key=key,
        repository=str(check.target.repository),
        commit=check.checkout.commit if check.checkout else check.target.commit,
        availability=check.availability,
        ecosystem=check.ecosystem,
        reached=check.verdict.reached,
        way=check.verdict.way,
        cause=cause.name if cause else None,
        blame=cause.blame if cause else None,
        inconclusive=check.inconclusive,
        seconds=check.seconds,
        rungs=collect_rungs(check, Way.REPAIRED),
        entry_point=any(has_entry_point(attempt) for attempt in check.attempts),
        names=names_of(check) if check.ecosystem == PYTHON else Names(),
    )


def has_entry_point(attempt: Attempt) -> bool:
    """Whether a plan had something of the repository to ask or to start; its tests alone are none."""
    return any(step.phase in _ENTERING and step.name != COLLECT for step in attempt.plan.steps)


def _alone(checks: Iterable[Check], way: Way) -> Alone:
    tried = [[a for a in check.attempts if a.plan.way is way] for check in checks]
    tried = [attempts for attempts in tried if attempts]
    counts = {
        name: sum(any(_holds(a, Rung(name)) for a in attempts) for attempts in tried)
        for name in WayFunnel.model_fields
    }
    return Alone(tried=len(tried), reached=WayFunnel(**counts))


def _holds(attempt: Attempt, rung: Rung) -> bool:
    return any(r.holds is True for r in attempt.rungs if r.rung is rung)


def goals(rows: Iterable[Row]) -> Goals:
    """Count the goals over all rows whose main code is Python."""
    python = [row for row in rows if row.ecosystem == PYTHON]
    entered = [row for row in python if row.entry_point]
    wanted = sum(len(row.names.wanted) for row in python)
    found = sum(len(row.names.found) for row in python)
    return Goals(
        built=_held(python, Rung.BUILT),
        names=Share(count=found, of=wanted),
        names_to_be_had=Share(count=found, of=wanted - sum(row.names.excused for row in python)),
        names_imported=Share(count=sum(len(row.names.imported) for row in python), of=wanted),
        whole=Share(count=sum(_is_whole(row) for row in python), of=len(python)),
        answers=_held(entered, Rung.ANSWERS),
        starts=_held(entered, Rung.STARTS),
        either=_held(entered, Rung.ANSWERS, Rung.STARTS),
    )


def _held(rows: Sequence[Row], *rungs: Rung) -> Share:
    """Count the rows that hold one of the rungs."""
    return Share(count=sum(any(row.rungs[rung] is True for rung in rungs) for row in rows), of=len(rows))


def _is_whole(row: Row) -> bool:
    """Whether no name is missing; of a check that never came as far as imports nobody knows."""
    told = row.rungs[Rung.BUILT] is True or row.rungs[Rung.IMPORTABLE] is not None
    return told and not row.names.missing
