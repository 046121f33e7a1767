"""Histories: what earlier nights said, out of a real store, and put together for a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import check_samples as samples
import pytest

from checker.cli.stores import select_nights
from checker.core.values.plans import Rung, Way
from checker.core.values.results import Check
from checker.judging.wording import find_outcome
from checker.reports.counting import count_funnel
from checker.reports.site.history import list_spans
from checker.store import Run, Store
from checker.store.history import History


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "checker.sqlite") as opened:
        yield opened


def night(store: Store, day: int, *checks: Check) -> Run:
    run = store.begin_run(date(2026, 3, day), inputs=("papers.txt",), checker_version="0.1.0")
    for check in checks:
        store.link_check(run, check)
    return store.finish_run(run)


def test_the_counts_of_a_night_are_those_of_its_funnel(store: Store) -> None:
    limited = samples.failed_attempt().model_copy(update={"cause": samples.NEEDS_DATA})
    run = night(store, 1, *samples.every_kind(), samples.check("octo/limited", limited))
    funnel = count_funnel((), store.load_checks(run))
    [counts] = store.load_history([run]).nights
    assert (counts.repositories, counts.tried) == (funnel.checked, funnel.tried)
    assert [counts.starts[way] for way in Way] == [getattr(funnel, way.value).starts for way in Way]


def test_a_standing_says_the_outcome_of_its_check(store: Store) -> None:
    run = night(store, 1, *samples.every_kind())
    history = store.load_history([run])
    for check in samples.every_kind():
        [span] = list_spans(history.standings[check.target.key])
        outcome = find_outcome(check)
        assert (span.outcome.tone, span.outcome.label) == (outcome.tone, outcome.label)
        assert span.reached == (None if check.inconclusive else check.verdict.reached)


def test_nights_on_which_nothing_changed_are_one_span(store: Store) -> None:
    good, worse = samples.passing(), samples.failing("octo/passes")
    worse = worse.model_copy(update={"started_at": samples.STARTED.replace(hour=5)})
    runs = [night(store, 1, good), night(store, 2, good), night(store, 3, worse)]
    history = store.load_history(runs)
    last, first = list_spans(history.standings["github.com/octo/passes"])
    assert (last.outcome.label, last.nights, last.cause) == ("fails", 1, "no_matching_python")
    assert (first.outcome.label, first.nights) == ("runs", 2)
    assert (first.first.day, first.last.day, first.reached) == (1, 2, Rung.RUNS)
    assert [s.reused for s in history.standings["github.com/octo/passes"]] == [False, True, False]


def test_a_check_of_an_earlier_night_counts_on_each(store: Store) -> None:
    runs = [night(store, 1, samples.passing()), night(store, 2, samples.passing())]
    assert [counts.starts[Way.AS_PUBLISHED] for counts in store.load_history(runs).nights] == [1, 1]


def test_the_last_run_of_each_day_up_to_the_night(store: Store) -> None:
    first, again, later = night(store, 1), night(store, 1), night(store, 2)
    assert select_nights(store.runs(), later) == (again, later)
    assert select_nights(store.runs(), first) == (first,)


def test_no_night_no_history(store: Store) -> None:
    assert store.load_history([]) == History()
