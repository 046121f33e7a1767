"""The double keeps the sandbox's promises: it answers by name or by function, and records."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.core.container import Limits
from checker.core.errors import EngineFailure
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.sandbox.base import SandboxEngine
from checker.sandbox.scripted import ScriptedEngine

PLAN = BuildPlan(ecosystem="python", way=Way.PERIOD)
INSTALL = Step(name="install", phase=Phase.INSTALL, argv=("uv",))
TEST = Step(name="test", phase=Phase.TEST, argv=("pytest",))


def run_both(engine: ScriptedEngine) -> list[StepResult]:
    shared: SandboxEngine = engine
    with shared.open(PLAN, Path(), Limits()) as box:
        box.write((("a", "b"),))
        assert engine.is_open == 1
        return [box.run(INSTALL), box.run(TEST)]


def test_answers_by_name() -> None:
    engine = ScriptedEngine({"install": StepStatus.FAILED})
    first, second = run_both(engine)
    assert (first.status, first.exit_code, first.step) == (StepStatus.FAILED, 1, INSTALL)
    assert (second.status, second.exit_code, second.step) == (StepStatus.PASSED, 0, TEST)
    assert (engine.plans, engine.steps, engine.is_open) == ([PLAN], [INSTALL, TEST], 0)


def test_answers_by_function() -> None:
    def script(plan: BuildPlan, step: Step) -> StepResult:
        return StepResult(step=INSTALL, status=StepStatus.TIMED_OUT, log=f"{plan.way}: {step.name}\n")

    lines: list[str] = []
    with ScriptedEngine(script).open(PLAN, Path(), Limits()) as box:
        result = box.run(TEST, lines.append)
    assert (result.step, result.status) == (TEST, StepStatus.TIMED_OUT)
    assert lines == ["period: test"]


def test_every_other_step() -> None:
    assert {r.status for r in run_both(ScriptedEngine({"*": StepStatus.TIMED_OUT}))} == {StepStatus.TIMED_OUT}


def test_an_engine_that_is_not_there() -> None:
    with pytest.raises(EngineFailure):
        run_both(ScriptedEngine(failure=EngineFailure("not there")))
