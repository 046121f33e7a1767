"""The funnel's arithmetic over stored checks, and what is said of names."""

from __future__ import annotations

import json
from datetime import timedelta

import check_samples as samples
import pytest

from checker.core.shares import Share
from checker.core.values.plans import Phase, Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Attempt, Check, Missing, StepStatus, Verdict
from tools.bench.funnel import Measured, measure
from tools.bench.funnel_page import absent, finding, funnel_page
from tools.bench.names import concerns, names_of, report_of, sort_names

GONE = samples.check("octo/gone").model_copy(
    update={"availability": Availability.MISSING, "checkout": None, "ecosystem": None, "seconds": 1.0}
)
UNREACHABLE = samples.check("octo/unreachable").model_copy(
    update={"cause": samples.NETWORK, "verdict": Verdict(cause=samples.NETWORK, inconclusive=True), "seconds": 9.0}
)


def imports(statuses: dict[str, str]) -> tuple[tuple[str, str], ...]:
    rows = [{"name": name, "status": status} for name, status in statuses.items()]
    return (("/env/imports.json", json.dumps({"version": 1, "modules": rows})),)


def with_names(attempt: Attempt, statuses: dict[str, str]) -> Attempt:
    """Let an attempt's plan ask for these third-party names, and one of its own; let the probe answer so."""
    order = [{"name": name, "own": False} for name in statuses] + [{"name": "lab", "own": True}]
    plan = attempt.plan.with_(files=(("imports.json", json.dumps({"modules": order})),))
    done = [
        r.model_copy(update={"collected": imports({**statuses, "lab": "ok"})})
        if r.step.phase is Phase.IMPORT
        else r
        for r in attempt.results
    ]
    return attempt.model_copy(update={"plan": plan, "results": tuple(done)})


def entered(attempt: Attempt) -> Attempt:
    """Give an attempt's plan an entry point to ask."""
    return attempt.model_copy(
        update={"plan": attempt.plan.with_(steps=(samples.step("usage of train.py", Phase.ANSWER),))}
    )


def checks() -> dict[str, Check]:
    whole = entered(with_names(samples.good_attempt(), {"numpy": "ok", "torch.nn": "ok"}))
    dated = with_names(samples.good_attempt(Way.PERIOD, Rung.STARTS), {"yaml": "error", "apex": "not_found"})
    found = [
        samples.check("octo/whole", whole),
        samples.check("octo/dated", samples.failed_attempt(), entered(dated)),
        samples.check("octo/fails", entered(samples.failed_attempt())),
        GONE,
        UNREACHABLE,
    ]
    return {check.target.repository.key: check for check in found}


@pytest.fixture
def measured() -> Measured:
    return measure((), checks())


def test_ways_are_counted_up_to_and_alone(measured: Measured) -> None:
    funnel, alone = measured.funnel, measured.alone
    assert (funnel.repositories, funnel.available, funnel.tried, funnel.inconclusive) == (5, 4, 3, 1)
    assert (funnel.as_published.built, funnel.period.built, funnel.repaired.built) == (1, 2, 2)
    assert (funnel.as_published.runs, funnel.period.starts) == (1, 2)
    assert [alone[way].tried for way in Way] == [3, 1, 0]
    assert [alone[way].reached.built for way in Way] == [1, 1, 0]


def test_goals_count_what_could_not_be_told_as_not_reached(measured: Measured) -> None:
    goals = measured.goals
    assert goals.built == Share(count=2, of=4)
    assert goals.answers == Share(count=2, of=3)
    assert goals.either == Share(count=max(goals.answers.count, goals.starts.count), of=3)
    assert goals.starts == Share(count=2, of=3)


def test_names_of_all_repositories_together(measured: Measured) -> None:
    goals = measured.goals
    assert goals.names == Share(count=3, of=4)
    assert goals.names_to_be_had == Share(count=3, of=3)  # apex needs a GPU toolchain
    assert goals.names_imported == Share(count=2, of=4)
    assert goals.whole == Share(count=2, of=4)


def test_seconds(measured: Measured) -> None:
    assert measured.seconds is not None
    assert (measured.seconds.number, measured.seconds.median) == (3, 64.0)


def test_the_wall_is_told_of_a_run_that_did_every_check_itself() -> None:
    ended = samples.STARTED + timedelta(seconds=90)
    assert measure((), checks(), began=samples.STARTED, ended=ended).wall_seconds == 90.0
    assert measure((), checks(), began=samples.STARTED + timedelta(seconds=1), ended=ended).wall_seconds is None
    assert measure((), checks(), began=samples.STARTED).wall_seconds is None


def test_the_finding_in_words(measured: Measured) -> None:
    said = finding(measured)
    assert said.startswith(
        "Of 3 repositories with code: 1 build as published today, 1 more by the date alone, 0 more"
    )
    assert said.endswith("1 not at all.")
    assert finding(measure((), {})) == ""


def test_the_page_names_every_failure_with_its_cause(measured: Measured) -> None:
    page = funnel_page(measured, "Measured today.")
    assert "| builds | 1 | 2 | 2 | 1 | 1 | 0 |" in page
    assert "`no_matching_python`" in page
    assert "octo/fails" in page
    assert "octo/whole" not in page
    assert "2 of 4: 50.0 %" in page
    brief = funnel_page(measured, "Measured today.", lists=False)
    assert "octo/fails" not in brief
    assert "`no_matching_python`" in brief


# ---------------------------------------------------------------- names


def test_names_are_sorted_by_why_they_were_not_found() -> None:
    missing = (
        Missing(kind="module", name="secret_sauce.*"),
        Missing(kind="module_out_of_reach", name="beside"),
        Missing(kind="module_case", name="Utils"),
    )
    report = {
        "numpy": "ok",
        "yaml": "error",
        "apex": "not_found",
        "beside.x": "not_found",
        "zzz_none": "not_found",
    }
    wanted = (*report, "secret_sauce.a", "Utils", "never_asked", "numpy")
    names = sort_names(wanted, report, missing)
    assert names.found == ("numpy", "yaml")
    assert names.imported == ("numpy",)
    assert names.toolchain == ("apex",)
    assert names.nowhere == ("secret_sauce.a", "Utils")
    assert names.missing == ("zzz_none", "never_asked")
    assert "beside.x" not in names.wanted
    assert names.excused == 3


def test_every_name_is_in_one_place() -> None:
    names = sort_names(("a", "b", "numpy"), {"numpy": "ok", "a": "crashed"}, (Missing(kind="module", name="b"),))
    placed = (*names.found, *names.nowhere, *names.toolchain, *names.out_of_reach, *names.missing)
    assert sorted(placed) == sorted(names.wanted)


@pytest.mark.parametrize(
    ("missing", "name", "same"),
    [("a", "a", True), ("a.*", "a.b", True), ("a.b", "a", True), ("a.b", "a.c", False), ("a", "ab", False)],
)
def test_what_concerns_what(missing: str, name: str, same: bool) -> None:
    assert concerns(missing, name) is same


@pytest.mark.parametrize("text", ["", "[]", '{"modules": 3}', '{"modules": [1, {"name": 2}]}', "[" * 100_000])
def test_a_broken_report_finds_nothing(text: str) -> None:
    result = samples.result("import", Phase.IMPORT, StepStatus.FAILED, collected=(("x", text),))
    assert report_of(samples.good_attempt().model_copy(update={"results": (result,)})) == {}


def test_names_are_those_of_the_attempt_that_found_most() -> None:
    """The verdict rests on the earliest way to the highest rung, and a later one may have brought more modules."""
    few = with_names(samples.good_attempt(), {"numpy": "ok", "yaml": "not_found", "tqdm": "not_found"})
    more = with_names(samples.good_attempt(Way.REPAIRED), {"numpy": "ok", "yaml": "ok", "tqdm": "not_found"})
    failed = with_names(samples.failed_attempt(), {"numpy": "ok"})
    names = names_of(samples.check("octo/mended", few, more, failed))
    assert (names.found, names.missing) == (("numpy", "yaml"), ("tqdm",))


def test_a_check_without_attempts_has_no_names() -> None:
    assert names_of(GONE).wanted == ()


def test_long_lists_of_names_are_cut(measured: Measured) -> None:
    row = measured.rows[0]
    many = row.names.model_copy(update={"missing": tuple(f"m{n}" for n in range(11)), "nowhere": ("own",)})
    said = absent(row.model_copy(update={"names": many}))
    assert said == "m0, m1, m2, m3, m4, m5, m6, m7 and 3 more; exists nowhere: own"
