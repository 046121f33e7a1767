"""The commands of the pages are one set: the main program decides, helpers support nothing beside it."""

from __future__ import annotations

import pytest
from check_samples import passing

from checker.core.values.plans import BuildPlan, Phase, Program, Rung, Standing, Step, Way
from checker.core.values.results import (
    Attempt,
    Check,
    ProgramOutcome,
    StepResult,
    StepStatus,
    TestCounts,
)
from checker.judging.causes import make_cause
from checker.judging.diagnose import diagnose_attempt
from checker.judging.ladder import climb, holds, reach_verdict
from checker.judging.programs import choose_telling, describe_extent, is_answered, list_programs
from checker.judging.progress_made import has_nothing_to_improve

GOOD, BAD, LIMIT = StepStatus.PASSED, StepStatus.FAILED, StepStatus.LIMIT
MAIN, HELPER = Standing.MAIN, Standing.HELPER
PLAN = BuildPlan(ecosystem="python", way=Way.AS_PUBLISHED, declared=True)


def ran(
    name: str, status: StepStatus, standing: Standing = Standing.OTHER, phase: Phase = Phase.RUN, why: str = ""
) -> StepResult:
    step = Step(
        name=f"start {name}", phase=phase, argv=("python", name), program=Program(name=name, standing=standing)
    )
    cause = make_cause(why or "undeclared_dependency") if status is BAD else make_cause("needs_data")
    return StepResult(step=step, status=status, cause=None if status is GOOD else cause)


def suite(passed: int, failed: int, *, files: int = 1, uncollected: int = 0) -> StepResult:
    step = Step(name="run the tests", phase=Phase.TEST, argv=("python", "-m", "pytest"))
    counts = TestCounts(passed=passed, failed=failed, files=files, uncollected=uncollected)
    good = not failed and not uncollected
    status, why = (GOOD, None) if good else (BAD, make_cause("tests_fail"))
    return StepResult(step=step, status=status, cause=why, tests=counts)


def reached(*results: StepResult) -> tuple[bool | None, bool | None]:
    rungs = climb(has_code=True, declared=True, plan=PLAN, results=results)
    return holds(rungs, Rung.STARTS), holds(rungs, Rung.RUNS)


@pytest.mark.parametrize(
    ("results", "starts_and_runs"),
    [
        ([ran("a", BAD, MAIN), ran("b", GOOD)], (False, False)),
        ([ran("a", BAD, MAIN), ran("b", GOOD), ran("c", GOOD)], (True, True)),
        ([ran("a", GOOD, MAIN), ran("b", BAD), ran("c", BAD)], (True, True)),
        ([ran("a", BAD, MAIN), *(ran(f"fig{n}.ipynb", GOOD, HELPER) for n in range(3))], (False, False)),
        ([ran("a", GOOD, MAIN), ran("gui", BAD, HELPER)], (True, True)),
        ([ran("plot", GOOD, HELPER)], (True, True)),
        ([ran("a", LIMIT, MAIN), ran("b", GOOD)], (True, True)),
        ([ran("a", LIMIT, MAIN), ran("b", BAD), ran("c", BAD)], (True, False)),
        ([ran("a", BAD, MAIN), ran("a", GOOD, MAIN)], (True, True)),
        ([ran("a", BAD, MAIN, why="no_entry_point"), ran("b", GOOD)], (True, True)),
        ([ran("a", BAD, MAIN, why="no_entry_point"), ran("plot", GOOD, HELPER)], (None, None)),
        ([ran("a", BAD, MAIN, why="usage_only", phase=Phase.START), ran("b", GOOD)], (True, True)),
        ([ran("a", BAD, MAIN, why="usage_only"), ran("b", GOOD)], (False, False)),
        ([ran("a", BAD, MAIN, phase=Phase.START), ran("b", GOOD)], (False, False)),
        ([ran("a", StepStatus.ENGINE_ERROR, MAIN), ran("b", GOOD)], (True, True)),
    ],
)
def test_the_main_program_or_most_of_them_reach_a_rung(
    results: list[StepResult], starts_and_runs: tuple[bool | None, bool | None]
) -> None:
    assert reached(*results) == starts_and_runs


@pytest.mark.parametrize(
    ("results", "runs"),
    [
        ([suite(41, 9)], True),
        ([suite(25, 25)], False),
        ([suite(3, 40)], False),
        ([suite(10, 0, files=1, uncollected=3)], False),
        ([suite(10, 0, files=3, uncollected=1)], True),
        ([suite(0, 0)], None),
        ([suite(41, 9), ran("a", BAD, MAIN)], False),
        ([suite(41, 9), ran("a", LIMIT, MAIN)], True),
        ([suite(41, 9), ran("a", BAD, MAIN, phase=Phase.START)], False),
        ([suite(41, 9), ran("a", BAD, MAIN, phase=Phase.START, why="crash")], True),
        ([suite(3, 40), ran("a", GOOD, MAIN)], True),
    ],
)
def test_tests_run_where_most_pass_and_the_main_program_does_not_crash(
    results: list[StepResult], runs: bool | None
) -> None:
    assert reached(*results)[1] is runs


def test_tests_that_were_stopped_are_not_most_of_all() -> None:
    stopped = suite(41, 9).model_copy(update={"status": StepStatus.TIMED_OUT, "cause": make_cause("time_out")})
    assert reached(stopped)[1] is None


def attempt(way: Way, *results: StepResult) -> Attempt:
    plan = PLAN.with_(way=way, steps=tuple(r.step for r in results))
    return Attempt(
        plan=plan,
        results=results,
        rungs=climb(has_code=True, declared=True, plan=plan, results=results),
        programs=list_programs(plan.steps, results),
        cause=diagnose_attempt(choose_telling(results)),
    )


FIVE = [("a", MAIN), ("b", Standing.OTHER), ("c", Standing.OTHER), ("d", Standing.OTHER), ("fig.ipynb", HELPER)]


def check_of(*attempts: Attempt) -> Check:
    return passing().model_copy(update={"attempts": attempts, "verdict": reach_verdict(attempts)})


def test_one_notebook_that_runs_turns_nothing_green_and_the_report_says_how_much() -> None:
    published = attempt(Way.AS_PUBLISHED, *(ran(n, GOOD if s is HELPER else BAD, s) for n, s in FIVE))
    repaired = attempt(Way.REPAIRED, *(ran(n, GOOD, s) for n, s in FIVE))
    check = check_of(published, repaired)
    assert (check.verdict.reached, check.verdict.way) == (Rung.RUNS, Way.REPAIRED)
    assert describe_extent(check) == "1 of 5 commands ran as published, 5 of 5 repaired"
    assert not has_nothing_to_improve(published)


def test_a_way_is_credited_only_with_what_it_added() -> None:
    def share(way: Way, good: int) -> Attempt:
        states = [GOOD] * good + [BAD] * (2 - good)
        return attempt(way, *(ran(name, state) for name, state in zip("ab", states, strict=True)))

    published, period, repaired = Way.AS_PUBLISHED, Way.PERIOD, Way.REPAIRED
    ways = {
        (0, 0, 2): "0 of 2 commands ran as published, 2 of 2 repaired",
        (0, 1, 1): "0 of 2 commands ran as published, 1 of 2 at its date, 1 of 2 repaired",
        (0, 0, 0): "0 of 2 commands ran as published, 0 of 2 at its date, 0 of 2 repaired",
        (2, 2, 2): "2 of 2 commands ran as published",
    }
    for goods, said in ways.items():
        attempts = [share(way, good) for way, good in zip((published, period, repaired), goods, strict=True)]
        assert describe_extent(check_of(*attempts)) == said


def test_the_earliest_way_is_that_of_the_main_program() -> None:
    others = [ran(name, GOOD) for name in ("b", "c", "d")]
    published = attempt(Way.AS_PUBLISHED, ran("a", BAD, MAIN), *others)
    repaired = attempt(Way.REPAIRED, ran("a", GOOD, MAIN), *others)
    assert published.reached is Rung.RUNS
    assert reach_verdict([published, repaired]).way is Way.REPAIRED
    assert reach_verdict([published]).way is Way.AS_PUBLISHED


def test_the_cause_is_the_main_programs_and_no_helpers() -> None:
    helper = ran("gui", BAD, HELPER, why="missing_in_repository")
    main = ran("a", BAD, MAIN, why="incompatible_dependency")
    assert attempt(Way.AS_PUBLISHED, helper, main).cause == make_cause("incompatible_dependency")
    other = ran("b", GOOD, phase=Phase.START)
    assert attempt(Way.AS_PUBLISHED, helper, other, main).cause == make_cause("incompatible_dependency")
    assert attempt(Way.AS_PUBLISHED, helper, ran("a", GOOD, MAIN)).cause is None


def test_what_a_program_came_to_is_the_best_of_its_commands() -> None:
    skipped = ran("e", StepStatus.SKIPPED).model_copy(update={"cause": None})
    results = (ran("a", BAD, MAIN), ran("b", LIMIT), ran("a", LIMIT, MAIN), ran("c", BAD), skipped)
    told = attempt(Way.AS_PUBLISHED, *results, ran("d", GOOD, phase=Phase.START)).programs
    assert [(each.program.name, each.outcome, each.cause) for each in told] == [
        ("a", ProgramOutcome.STARTED, "needs_data"),
        ("b", ProgramOutcome.STARTED, "needs_data"),
        ("c", ProgramOutcome.CRASHED, "undeclared_dependency"),
        ("e", ProgramOutcome.NOT_TRIED, None),
        ("d", ProgramOutcome.STARTED, None),
    ]


def test_a_program_that_ran_is_not_started_with_other_settings_and_every_other_is() -> None:
    done = [ran("a", GOOD, MAIN)]
    assert is_answered(ran("a", GOOD, MAIN).step, done)
    assert not is_answered(ran("b", GOOD).step, done)
    assert not is_answered(ran("a", GOOD, MAIN).step, [ran("a", LIMIT, MAIN)])
    at_work = ran("a", LIMIT, MAIN).model_copy(update={"cause": make_cause("time_out")})
    assert is_answered(ran("a", GOOD, MAIN).step, [at_work])


def test_shares_of_tests_stand_beside_those_of_commands() -> None:
    published = attempt(Way.AS_PUBLISHED, ran("a", GOOD, MAIN), suite(41, 9, files=5, uncollected=2))
    assert describe_extent(check_of(published)) == (
        "1 of 1 command ran as published; 41 of 50 tests pass as published (2 test files cannot be collected)"
    )
