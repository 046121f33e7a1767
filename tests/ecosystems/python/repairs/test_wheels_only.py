"""What does not compile and whose version nobody states is taken from wheels, of its day or of a later one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import repair_excerpts as excerpts
from repair_plans import ROWS, listed

from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.planning import steps
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.spec import PythonSpec, spec_of, with_spec
from checker.judging.repair_engine import Context, plan_next_repair

RULES = load_rules()

ADDED = listed("satsolver")
CONTEXT = Context(interpreters=("3.6",), imported=frozenset({"satsolver", "numpy"}))
NOT_BUILT = excerpts.built("satsolver==4.5.1", "error: command '/usr/bin/g++' failed with exit code 1")
NO_WHEELS = ROWS["no_wheels"].excerpt.replace("einops", "satsolver")
SLOW = "   Building satsolver==4.5.1\n   Building numpy==1.13\n      Built numpy==1.13\n"


def plan(*requirements: str, **fields: object) -> BuildPlan:
    values = {"cutoff": datetime(2018, 3, 1, tzinfo=UTC), **fields}
    made = BuildPlan(ecosystem="python", way=Way.REPAIRED, interpreter="3.6", requirements=requirements)
    return made.with_(**values)


def after(given: BuildPlan, log: str, phase: Phase, status: StepStatus = StepStatus.FAILED) -> BuildPlan | None:
    step = Step(name="step", phase=phase, argv=("x",))
    result = StepResult(step=step, status=status, exit_code=1, log=log)
    return plan_next_repair(RULES, Attempt(plan=given, results=(result,)), CONTEXT)


def must(given: BuildPlan, log: str, phase: Phase, status: StepStatus = StepStatus.FAILED) -> BuildPlan:
    made = after(given, log, phase, status)
    assert made is not None
    return made


def test_what_does_not_build_is_taken_from_wheels_of_its_day_then_of_a_later_one_then_left_out() -> None:
    first = must(plan("numpy", "satsolver", repairs=(ADDED,)), NOT_BUILT, Phase.INSTALL)
    assert (first.requirements, spec_of(first).wheels_only) == (
        ("numpy", "satsolver"),
        (("satsolver", "build_backend_error"),),
    )
    assert not spec_of(first).older
    later = must(first, NO_WHEELS, Phase.RESOLVE)
    assert (spec_of(later).older, later.cutoff) == ((("satsolver", "2021-02-28"),), first.cutoff)
    out = must(later, NO_WHEELS, Phase.RESOLVE)
    assert (out.requirements, spec_of(out).older, spec_of(out).wheels_only) == (("numpy",), (), ())
    assert spec_of(out).left_out == ("satsolver",)


def test_what_a_later_release_requires_is_of_that_day_as_well() -> None:
    first = must(plan("numpy", "satsolver", repairs=(ADDED,)), NOT_BUILT, Phase.INSTALL)
    later = must(first, NO_WHEELS, Phase.RESOLVE)
    hint = "hint: `tables` was filtered by `exclude-newer` to only include packages uploaded before 2018-03-02\n"
    both = must(later, NO_WHEELS + hint, Phase.RESOLVE)
    assert spec_of(both).older == (("satsolver", "2021-02-28"), ("tables", "2021-02-28"))
    assert must(both, NO_WHEELS + hint, Phase.RESOLVE).requirements == ("numpy",)


def test_what_was_given_up_is_not_added_again() -> None:
    given = plan("numpy", repairs=(ADDED,))
    context = replace(CONTEXT, requirement_for={"satsolver": "satsolver"}.get)
    step = Step(name="start", phase=Phase.START, argv=("x",))
    log = excerpts.no_module("satsolver")
    result = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)
    assert plan_next_repair(RULES, Attempt(plan=given, results=(result,)), context) is None
    fresh = plan_next_repair(RULES, Attempt(plan=plan("numpy"), results=(result,)), context)
    assert fresh is not None and fresh.requirements == ("numpy", "satsolver")


def test_where_nothing_has_wheels_the_authors_own_is_compiled_again_and_then_set_aside() -> None:
    given = plan("numpy", "satsolver", cutoff=None)
    first = must(given, NOT_BUILT, Phase.INSTALL)
    out = must(first, NO_WHEELS, Phase.RESOLVE)
    assert (out.requirements, spec_of(out).out_of_reach) == (("numpy",), (("satsolver", "build_backend_error"),))
    more = with_spec(given, interpreter_ladder=("3.7",))
    first = must(more, NOT_BUILT, Phase.INSTALL)
    assert spec_of(first).wheels_only == (("satsolver", "build_backend_error"),)
    assert first.interpreter == "3.7"


def test_a_build_that_outlasts_its_step_is_not_waited_for_again() -> None:
    first = must(plan("numpy", "satsolver"), SLOW, Phase.INSTALL, StepStatus.TIMED_OUT)
    assert spec_of(first).wheels_only == (("satsolver", "time_out"),)
    later = must(first, NO_WHEELS, Phase.RESOLVE)
    out = must(with_spec(later, interpreter_ladder=("3.7",)), NO_WHEELS, Phase.RESOLVE)
    assert (out.requirements, spec_of(out).out_of_reach) == (("numpy",), (("satsolver", "time_out"),))
    assert after(plan("numpy", "satsolver"), SLOW, Phase.INSTALL) is None  # it failed for something else


@pytest.mark.parametrize("line", ["satsolver==4.5.1.0", "satsolver~=4.5"])
def test_a_version_that_the_author_states_is_no_choice_of_ours(line: str) -> None:
    made = after(plan("numpy", line), SLOW, Phase.INSTALL, StepStatus.TIMED_OUT)
    assert made is None


def test_what_comes_from_wheels_alone_is_resolved_and_installed_so() -> None:
    given = plan("numpy", "satsolver", spec=PythonSpec(wheels_only=(("satsolver", "time_out"),)))
    for step in (steps.resolve(given), steps.install(given, offline=False), steps.install(given, offline=True)):
        at = step.argv.index("--only-binary")
        assert step.argv[at + 1] == "satsolver"
