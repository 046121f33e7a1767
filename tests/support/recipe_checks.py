"""Checks made by hand, as a check of a small project would have left them; every part can be replaced."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from checker.core.container import PROBES, SOURCE
from checker.core.values.plans import BuildPlan, Phase, Rung, Step, Way
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.core.values.results import Attempt, Check, RungResult, StepResult, StepStatus, Verdict
from checker.ecosystems.python.planning import steps

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DATE = datetime(2021, 5, 4, 12, 0, tzinfo=UTC)


def a_plan(**changes: object) -> BuildPlan:
    plan = BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter="3.8", cutoff=DATE, lock=("alpha==1.0",))
    return plan.with_(**changes)


def watched(*argv: str, phase: Phase = Phase.START, cwd: str = ".", env: tuple[tuple[str, str], ...] = ()) -> Step:
    watch = (steps.PYTHON, f"{PROBES}/run.py", "/env/out.json", "--seconds", "9", "--root", SOURCE, "--")
    return Step(name=f"start {argv[0]}", phase=phase, argv=(*watch, *argv), cwd=cwd, env=env, required=False)


def imported(*names: str, cwd: str = ".") -> StepResult:
    report = json.dumps({"modules": [{"name": name, "status": "ok"} for name in names]})
    step = Step(name="import", phase=Phase.IMPORT, argv=(steps.PYTHON, f"{PROBES}/imports.py"), cwd=cwd)
    return passed(step).model_copy(update={"collected": (("/env/imports.json", report),)})


def passed(step: Step, **changes: object) -> StepResult:
    return StepResult(step=step, status=StepStatus.PASSED, exit_code=0).model_copy(update=changes)


def an_attempt(plan: BuildPlan, *results: StepResult, reached: Rung = Rung.STARTS) -> Attempt:
    """An attempt that made the environment, installed the lock, and did what `results` say besides."""
    before = (passed(steps.make_environment(plan)), passed(steps.install(plan, offline=False)))
    rungs = tuple(RungResult(rung=rung, holds=rung.height <= reached.height or None) for rung in Rung)
    return Attempt(plan=plan, results=(*before, *results), rungs=rungs)


def a_check(attempt: Attempt, **changes: object) -> Check:
    repository = RepositoryId(owner="ada", name="paper")
    check = Check(
        target=Target(repository=repository),
        probe=Probe(repository=repository, availability=Availability.AVAILABLE, answered_by="git"),
        availability=Availability.AVAILABLE,
        checkout=Checkout(repository=repository, commit=COMMIT, committed_at=DATE, code_date=DATE),
        ecosystem="python",
        attempts=(attempt,),
        verdict=Verdict(reached=attempt.reached, way=attempt.plan.way, rungs=attempt.rungs),
        started_at=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        seconds=9.5,
    )
    return check.model_copy(update=changes)
