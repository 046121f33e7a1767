"""The nights of one target, put together where nothing changed: what a page shows as its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from checker.core.values.base import Value
from checker.core.values.plans import Rung, Way
from checker.judging.wording import Outcome, Reach, choose_outcome
from checker.store.history import Standing


class Span(Value):
    """Nights in a row on which the same was said of the same commit."""

    first: date
    last: date
    nights: int
    outcome: Outcome
    reached: Rung | None = None
    way: Way | None = None
    cause: str | None = None
    commit: str | None = None


def list_spans(standings: Sequence[Standing]) -> tuple[Span, ...]:
    """Return the history of a target, newest first."""
    made: list[Span] = []
    for standing in standings:
        span = _make_span(standing)
        last = made[-1] if made else None
        if last is not None and _identify_span(last) == _identify_span(span):
            made[-1] = last.model_copy(update={"last": span.last, "nights": last.nights + 1})
        else:
            made.append(span)
    return tuple(reversed(made))


def _make_span(standing: Standing) -> Span:
    told = not standing.inconclusive
    return Span(
        first=standing.date,
        last=standing.date,
        nights=1,
        outcome=choose_outcome(
            standing.availability,
            Reach(
                reached=standing.reached,
                way=standing.way,
                blame=standing.blame,
                cause=standing.cause,
                inconclusive=standing.inconclusive,
            ),
        ),
        reached=standing.reached if told else None,
        way=standing.way if told else None,
        cause=standing.cause,
        commit=standing.commit,
    )


def _identify_span(span: Span) -> tuple[object, ...]:
    return span.outcome.label, span.reached, span.way, span.cause, span.commit
