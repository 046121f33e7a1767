"""Compares verdicts with what people found who ran the code; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from checker.core.shares import Share
from checker.core.values.plans import Rung
from checker.core.values.repositories import Availability
from checker.core.values.results import Check
from checker.core.values.trust import Agreement, Known, KnownOutcome, Trust, TrustRow
from checker.judging.causes import is_limit

_THERE = frozenset({Availability.AVAILABLE, Availability.MOVED})

#: A verdict from here on says that the code works: what a committee calls functional.
WORKS_FROM = Rung.STARTS


def measure_trust(
    outcomes: Sequence[KnownOutcome],
    checks: Mapping[str, Check],
    *,
    source: str,
    day: date,
    version: str,
    rules: str,
) -> Trust:
    """Return the error rate of `checks` (by the key of their target) over known outcomes."""
    rows = tuple(compare_outcome(outcome, checks.get(outcome.target.key)) for outcome in outcomes)
    judged = [row for row in rows if row.agreement is not Agreement.NOT_JUDGED]
    return Trust(
        list=source,
        date=day,
        checker_version=version,
        rules=rules,
        without_error=_count(judged, Agreement.AGREES, Agreement.LIMIT),
        working_called_broken=_count(
            [row for row in judged if row.known is Known.WORKS], Agreement.WORKING_CALLED_BROKEN
        ),
        broken_called_working=_count(
            [row for row in judged if row.known is Known.BROKEN], Agreement.BROKEN_CALLED_WORKING
        ),
        read=Share(
            count=sum(row.right is True for row in judged), of=sum(row.right is not None for row in judged)
        ),
        rows=rows,
    )


def compare_outcome(outcome: KnownOutcome, check: Check | None) -> TrustRow:
    """Return a known outcome beside the verdict of a check; None where there was none."""
    said = None if check is None else check.verdict
    cause = None if check is None else check.cause
    return TrustRow(
        repository=outcome.target.key,
        known=outcome.known,
        source=outcome.source,
        agreement=_judge(outcome.known, check),
        reached=said.reached if said else None,
        way=said.way if said else None,
        cause=cause.name if cause else None,
        right=outcome.right,
        note=outcome.note,
    )


def _judge(known: Known, check: Check | None) -> Agreement:
    if check is None or check.inconclusive or check.availability not in _THERE:
        return Agreement.NOT_JUDGED
    if check.cause is not None and check.cause.name == "unsupported_language":
        return Agreement.NOT_JUDGED
    reached = check.verdict.reached
    works = reached is not None and reached.height >= WORKS_FROM.height
    if works is (known is Known.WORKS):
        return Agreement.AGREES
    if works:
        return Agreement.BROKEN_CALLED_WORKING
    return Agreement.LIMIT if is_limit(check.cause) else Agreement.WORKING_CALLED_BROKEN


def _count(rows: Sequence[TrustRow], *wanted: Agreement) -> Share:
    return Share(count=sum(row.agreement in wanted for row in rows), of=len(rows))
