"""Two runs beside each other: what is the same, what is not and where it parts, what cannot be compared."""

from __future__ import annotations

import check_samples as samples

from checker.core.shares import Share
from checker.core.values.results import Check, StepStatus
from tools.bench.twice import compare_runs, find_first_difference, twice_page


def keyed(*checks: Check) -> dict[str, Check]:
    return {check.target.key: check for check in checks}


def test_the_same_is_counted_and_the_inconclusive_left_out() -> None:
    first = keyed(samples.passing(), samples.failing(), samples.unreachable())
    second = dict(reversed(first.items()))
    found = compare_runs(first, second)
    assert found.same == Share(count=2, of=2)
    assert found.untold == (str(samples.unreachable().target.repository),)
    assert found.differing == ()


def test_what_differs_is_named_with_the_step_where_it_parts() -> None:
    one = samples.failing()
    other = samples.passing().model_copy(update={"target": one.target})
    found = compare_runs(keyed(one), keyed(other))
    assert found.same == Share(count=0, of=1)
    (differing,) = found.differing
    assert differing.first.cause == "no_matching_python"
    assert differing.first != differing.second
    assert str(one.target.repository) in twice_page(found, "As measured.")


def test_a_step_that_ends_in_another_way_is_where_they_part() -> None:
    one = samples.passing()
    attempt = one.attempts[0]
    last = attempt.results[-1].model_copy(update={"status": StepStatus.FAILED})
    other = one.model_copy(
        update={"attempts": (attempt.model_copy(update={"results": (*attempt.results[:-1], last)}),)}
    )
    said = find_first_difference(one, other)
    assert said.startswith("attempt 1 (as_published)")
    assert last.step.name in said
    assert "failed" in said


def test_what_only_one_run_holds_is_not_compared() -> None:
    assert compare_runs(keyed(samples.passing()), {}).same == Share(count=0, of=0)
