"""What is said of a check by the way that is asked for: word, sentence and exit code tell the same."""

from __future__ import annotations

import check_samples as samples
import pytest

from checker.core.values.plans import Goal, Phase, Rung, Way
from checker.core.values.results import Attempt, Check, StepStatus
from checker.judging.wording import choose_exit_code, find_outcome, find_reach

ALL_IN_VAIN = samples.check(
    "a/b", samples.failed_attempt(), samples.failed_attempt(Way.PERIOD), samples.failed_attempt(Way.REPAIRED)
)
#: Works as published, and better with repairs.
BETTERED = samples.check(
    "a/b", samples.good_attempt(reached=Rung.IMPORTABLE), samples.good_attempt(Way.REPAIRED, Rung.RUNS)
)
OURS = samples.failed_attempt().model_copy(update={"cause": samples.NETWORK, "inconclusive": True})


def says(check: Check, way: Way, rung: Rung = Rung.IMPORTABLE) -> tuple[str, int]:
    goal = Goal(rung=rung, way=way)
    outcome = find_outcome(check, goal)
    return outcome.label, choose_exit_code(find_reach(check, way), outcome, goal)


@pytest.mark.parametrize(
    ("check", "way", "rung", "label", "code"),
    [
        (samples.repaired(), Way.REPAIRED, Rung.IMPORTABLE, "needs repairs", 0),
        (samples.repaired(), Way.PERIOD, Rung.IMPORTABLE, "needs repairs", 1),
        (samples.repaired(), Way.AS_PUBLISHED, Rung.IMPORTABLE, "needs repairs", 1),
        (samples.period_only(), Way.REPAIRED, Rung.IMPORTABLE, "starts at its date", 0),
        (samples.period_only(), Way.PERIOD, Rung.IMPORTABLE, "starts at its date", 0),
        (samples.period_only(), Way.AS_PUBLISHED, Rung.IMPORTABLE, "starts at its date", 1),
        (samples.passing(), Way.AS_PUBLISHED, Rung.RUNS, "runs", 0),
        (BETTERED, Way.AS_PUBLISHED, Rung.IMPORTABLE, "builds", 0),
        (BETTERED, Way.AS_PUBLISHED, Rung.RUNS, "needs repairs", 1),
        (BETTERED, Way.REPAIRED, Rung.IMPORTABLE, "needs repairs", 0),
        (samples.incomplete(), Way.AS_PUBLISHED, Rung.IMPORTABLE, "builds", 1),
        (samples.failing(), Way.AS_PUBLISHED, Rung.IMPORTABLE, "fails", 1),
        (samples.no_code(), Way.AS_PUBLISHED, Rung.IMPORTABLE, "no code", 1),
        (samples.unreachable(), Way.AS_PUBLISHED, Rung.IMPORTABLE, "inconclusive", 3),
    ],
)
def test_word_and_exit_code_by_the_way_that_is_asked_for(
    check: Check, way: Way, rung: Rung, label: str, code: int
) -> None:
    assert says(check, way, rung) == (label, code)


def test_a_failure_of_ours_on_another_way_does_not_hide_what_was_asked_for() -> None:
    later = OURS.model_copy(update={"plan": samples.plan(Way.REPAIRED)})
    verdict = samples.failing().verdict.model_copy(update={"inconclusive": True, "cause": samples.NETWORK})
    told = samples.check("a/b", samples.failed_attempt(), later, verdict=verdict)
    assert says(told, Way.AS_PUBLISHED) == ("fails", 1)
    assert says(told, Way.REPAIRED) == ("inconclusive", 3)
    untold = samples.check("a/b", OURS, samples.good_attempt(Way.PERIOD))
    assert says(untold, Way.PERIOD) == ("runs at its date", 0)


def test_what_a_limit_stopped_before_anything_was_built_is_no_failure() -> None:
    limited = samples.failed_attempt().model_copy(update={"cause": samples.NEEDS_DATA})
    assert says(samples.check("a/b", limited), Way.AS_PUBLISHED) == ("not testable here", 3)


@pytest.mark.parametrize(
    ("attempts", "sentence"),
    [
        ((samples.failed_attempt(),), "It could not be built as published."),
        (
            (samples.failed_attempt(), samples.failed_attempt(Way.PERIOD)),
            "It could not be built, neither as published nor at its date.",
        ),
        (ALL_IN_VAIN.attempts, "It could not be built, neither as published nor at its date nor repaired."),
        ((), "Nothing was built: the cause says why."),
        (
            (
                samples.failed_attempt().model_copy(
                    update={"results": (samples.result("install", Phase.INSTALL, StepStatus.SKIPPED),)}
                ),
            ),
            "Nothing was built: the cause says why.",
        ),
    ],
)
def test_a_build_is_called_vain_only_where_one_was_tried(attempts: tuple[Attempt, ...], sentence: str) -> None:
    assert find_outcome(samples.check("a/b", *attempts)).sentence == sentence


def test_no_word_of_code_that_works_today_is_about_its_date() -> None:
    for rung in list(Rung)[Rung.BUILT.height :]:
        assert "date" not in find_outcome(samples.check("a/b", samples.good_attempt(reached=rung))).label
