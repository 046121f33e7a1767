"""Repairing goes on while it brings something, and ends soon where it does not."""

from __future__ import annotations

import json

from checker.core.values.plans import BuildPlan, Evidence, Phase, Rung, Step, Way
from checker.core.values.results import Attempt, RungResult, StepResult, StepStatus
from checker.judging.causes import make_cause
from checker.judging.progress_made import IN_VAIN, OBSTACLES, REPAIR_SECONDS, has_stalled, is_out_of_time


def attempt(*held: Rung, failing: int = 0, way: Way = Way.REPAIRED, number: int = 0) -> Attempt:
    modules = [{"name": f"m{n}", "status": "error", "type": "ImportError", "message": "x"} for n in range(failing)]
    report = (("imports.json", json.dumps({"modules": modules})),)
    step = Step(name="import", phase=Phase.IMPORT, argv=("python",))
    result = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, collected=report)
    rungs = tuple(RungResult(rung=rung, holds=rung in held) for rung in Rung)
    plan = BuildPlan(ecosystem="python", way=way, requirements=(f"a=={number}",))
    return Attempt(plan=plan, results=(result,), rungs=rungs)


BUILT = (Rung.CODE, Rung.RESOLVED, Rung.BUILT)


def test_it_ends_after_repairs_that_bring_nothing() -> None:
    first = attempt(*BUILT, failing=3, way=Way.PERIOD)
    vain = [attempt(*BUILT, failing=3, number=n) for n in range(1, IN_VAIN + 1)]
    assert not has_stalled([first, *vain[:-1]])
    assert has_stalled([first, *vain])


def test_one_import_more_is_progress() -> None:
    first = attempt(*BUILT, failing=3, way=Way.PERIOD)
    assert not has_stalled([first, attempt(*BUILT, failing=3, number=1), attempt(*BUILT, failing=2, number=2)])


def test_a_rung_more_is_progress() -> None:
    first = attempt(*BUILT, failing=3, way=Way.PERIOD)
    better = attempt(*BUILT, Rung.ANSWERS, failing=3, number=2)
    assert not has_stalled([first, attempt(*BUILT, failing=3, number=1), better])


def test_what_is_not_installed_yet_may_take_many_repairs() -> None:
    unresolved = [attempt(Rung.CODE, number=n) for n in range(6)]
    assert not has_stalled(unresolved)
    assert not has_stalled([attempt(*BUILT, way=Way.PERIOD), *unresolved])


def test_the_first_that_installs_is_progress() -> None:
    assert not has_stalled([attempt(Rung.CODE, way=Way.PERIOD), *(attempt(*BUILT, number=n) for n in (1, 2))])


def stopped(by: str, number: int) -> Attempt:
    """Return a repaired attempt whose program gives up for a reason."""
    held = attempt(*BUILT, failing=3, number=number)
    why = make_cause("undeclared_dependency", Evidence(claim=by, source="log"))
    step = Step(name="start fit.py", phase=Phase.START, argv=("python",))
    failed = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, cause=why)
    return held.model_copy(update={"results": (*held.results, failed)})


def test_a_program_that_meets_one_obstacle_after_the_other_is_led_on_for_a_while() -> None:
    first = attempt(*BUILT, failing=3, way=Way.PERIOD)
    onwards = [stopped(f"no module named m{number}", number) for number in range(OBSTACLES + 1)]
    assert not has_stalled([first, *onwards[:OBSTACLES]][:-1])
    assert has_stalled([first, *onwards])


def test_a_program_that_meets_the_same_obstacle_again_is_not() -> None:
    first = attempt(*BUILT, failing=3, way=Way.PERIOD)
    assert has_stalled([first, *(stopped("no module named m", number) for number in range(IN_VAIN + 1))])


def lasting(seconds: float, *, limit: float, step: float) -> Attempt:
    """Return an attempt of which one step took `step` seconds, with a limit."""
    result = StepResult(
        step=Step(name="install", phase=Phase.INSTALL, argv=("uv",), seconds=limit),
        status=StepStatus.PASSED,
        seconds=step,
    )
    return attempt(*BUILT).model_copy(update={"results": (result,), "seconds": seconds})


def test_no_repair_is_begun_after_a_while() -> None:
    assert not is_out_of_time([lasting(REPAIR_SECONDS, limit=600, step=500)])
    assert is_out_of_time([lasting(REPAIR_SECONDS - 50, limit=600, step=500), lasting(60, limit=600, step=50)])
    assert not is_out_of_time([lasting(REPAIR_SECONDS + 1, limit=600, step=500)], scale=2)


def test_what_a_crowded_machine_made_a_step_wait_does_not_count() -> None:
    assert not is_out_of_time([lasting(REPAIR_SECONDS + 500, limit=600, step=1200)])
    assert is_out_of_time([lasting(REPAIR_SECONDS + 700, limit=600, step=1200)])


def test_a_crowded_machine_gets_as_many_repairs_as_a_quiet_one() -> None:
    slow = [lasting(2.5 * REPAIR_SECONDS, limit=5000, step=1000)]
    assert is_out_of_time(slow)
    assert not is_out_of_time(slow, patience=3)
