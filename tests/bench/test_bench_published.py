"""Opening a stored attempt again, and measuring in it, with a scripted engine in the sandbox's place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import check_samples as samples
import pytest
from small_world import make_repository, tiny_services

from checker.check import Services
from checker.core.shares import Share
from checker.core.values.plans import BuildPlan, Phase, Rung, Step, Way
from checker.core.values.repositories import Target
from checker.core.values.results import Attempt, Check, StepResult, StepStatus
from checker.ecosystems.python.planning.steps import LOCK
from checker.ecosystems.python.planning.trial_steps import COLLECT
from checker.sandbox.scripted import ScriptedEngine
from checker.services import Tools
from tools.bench.lists import Entry
from tools.bench.measures import OUT, Benchmark, Outcome
from tools.bench.published import Measured, measure_all, measure_one, sum_up
from tools.bench.published_page import published_page
from tools.bench.reopen import LOCK_FILE, plan_again, reopened, steps_again

SLUG = "octo/passes"
LOCKED = ("numpy==1.19.5", "lab @ git+https://example.org/lab.git@" + "a" * 40)


World = tuple[Check, Services, ScriptedEngine, "Index"]


class Index:
    """A toolbox that notes what it is to fetch."""

    def __init__(self, status: StepStatus = StepStatus.PASSED) -> None:
        self.status = status
        self.locks: list[str] = []

    def fetch(self, lock: str, *, interpreter: str, indexes: Sequence[str], seconds: int) -> StepResult:
        self.locks.append(lock)
        return StepResult(step=samples.step("fetch", Phase.RESOLVE), status=self.status, log="no answer")


def attempt() -> Attempt:
    """An attempt whose installation read the resolver's answer, and whose last tool could not be had."""
    done = (
        ("create environment", Phase.PREPARE, StepStatus.PASSED, ("uv", "venv", "/env/venv")),
        ("resolve", Phase.RESOLVE, StepStatus.PASSED, ("uv", "pip", "compile", "--output-file", LOCK)),
        ("install", Phase.INSTALL, StepStatus.PASSED, ("uv", "pip", "install", "--requirement", LOCK)),
        ("install test tools", Phase.TOOLS, StepStatus.FAILED, ("uv", "pip", "install", "nose")),
        ("import", Phase.IMPORT, StepStatus.PASSED, ("python", "x")),
    )
    results = tuple(
        StepResult(
            step=samples.step(name, phase, *argv, required=phase is not Phase.TOOLS), status=status, exit_code=0
        )
        for name, phase, status, argv in done
    )
    plan = samples.plan(Way.PERIOD, lock=LOCKED)
    return Attempt(plan=plan, results=results, rungs=samples.rungs(Rung.IMPORTABLE, None))


@pytest.fixture
def world(tmp_path: Path) -> World:
    files = {"lab/__init__.py": "import numpy\nimport yaml\n", "main.py": "import numpy\n"}
    commit = make_repository(tmp_path / "mirror", SLUG, files)
    check = samples.check(SLUG, attempt())
    checkout = samples.checkout(samples.repository(SLUG), commit=commit)
    target = Target(repository=samples.repository(SLUG))
    probe = samples.probe(samples.repository(SLUG), head_commit=commit, answered_by="mirror")
    check = check.model_copy(update={"checkout": checkout, "target": target, "probe": probe})
    engine, index = ScriptedEngine(script=script), Index()
    services = tiny_services(tmp_path / "mirror", tmp_path / "work", engine)
    return check, Services(**{**vars(services), "tools": Tools(python=index)}), engine, index


def script(plan: BuildPlan, step: Step) -> StepResult | StepStatus:
    if step.name == "tests collect":
        return StepResult(step=step, status=StepStatus.FAILED, exit_code=5)
    if step.name == "missing imports":
        report = {"count": 1, "missing": [["lab/__init__.py", "yaml"]], "error": ""}
        return StepResult(step=step, status=StepStatus.PASSED, exit_code=0, collected=((OUT, json.dumps(report)),))
    return StepStatus.PASSED


def entry(benchmark: str = "") -> Entry:
    return Entry(target=Target(repository=samples.repository(SLUG)), benchmark=benchmark, outcome="Yes")


def test_an_installation_is_repeated_from_the_lock_and_nothing_is_resolved() -> None:
    steps = steps_again(attempt())
    assert [step.name for step in steps] == ["create environment", "install"]
    assert steps[1].argv[-1] == LOCK_FILE
    assert dict(plan_again(attempt()).files)["lock.txt"] == "".join(f"{line}\n" for line in LOCKED)


def test_opening_again_fetches_the_wheels_and_installs(world: World) -> None:
    check, services, engine, index = world
    with reopened(check, check.attempts[-1], services) as opened:
        assert opened.installed
        assert "main.py" in opened.tree
        assert engine.is_open == 1
    assert engine.is_open == 0
    assert index.locks == ["numpy==1.19.5\n"]
    assert [step.name for step in engine.steps] == ["create environment", "install"]
    assert not list(services.workspace.glob("bench-*"))


def test_all_measures_in_one_environment(world: World) -> None:
    check, services, engine, _ = world
    found = measure_one(entry(), check, services)
    assert {m.benchmark: m.outcome for m in found.measures} == {
        Benchmark.REPO2RUN: Outcome.NO_TESTS,
        Benchmark.ENVBENCH: Outcome.FAILS,
        Benchmark.RESEARCHENVBENCH: Outcome.FAILS,
    }
    c0 = found.measures[-1]
    assert (c0.missing, c0.imported) == (("yaml",), 2)
    assert len(engine.plans) == 1


@pytest.mark.parametrize(
    ("collected", "opened"), [(True, ["numpy", "pyyaml"]), (False, ["pyyaml"])], ids=["collected", "never"]
)
def test_tests_are_collected_where_that_went_well_and_imports_looked_up_where_most_are(
    world: World, collected: bool, opened: list[str]
) -> None:
    check, services, engine, index = world
    few, more = _reporting(check.attempts[0], "numpy"), _reporting(check.attempts[0], "numpy", "yaml")
    more = more.model_copy(update={"plan": more.plan.with_(way=Way.REPAIRED, lock=("pyyaml==5.4",))})
    if collected:
        step = Step(name=COLLECT, phase=Phase.ANSWER, argv=("pytest",))
        passed = StepResult(step=step, status=StepStatus.PASSED, exit_code=0)
        few = few.model_copy(update={"results": (*few.results, passed)})
    check = check.model_copy(update={"attempts": (few, more)})
    found = measure_one(entry(), check, services)
    assert [m.benchmark for m in found.measures] == list(Benchmark)
    assert [dict(plan.files)["lock.txt"].split("==")[0] for plan in engine.plans] == opened
    assert index.locks[-1] == "pyyaml==5.4\n"


def _reporting(of: Attempt, *found: str) -> Attempt:
    """An attempt whose import probe asked for two modules and found some."""
    names = ("numpy", "yaml")
    order = json.dumps({"modules": [{"name": name, "own": False} for name in names]})
    rows = [{"name": name, "status": "ok" if name in found else "not_found"} for name in names]
    report = (("report.json", json.dumps({"modules": rows})),)
    results = tuple(
        r.model_copy(update={"collected": report} if r.step.phase is Phase.IMPORT else {}) for r in of.results
    )
    return of.model_copy(update={"plan": of.plan.with_(files=(("imports.json", order),)), "results": results})


def test_a_row_of_one_benchmark_is_measured_by_that_one(world: World) -> None:
    check, services, _, _ = world
    found = measure_one(entry("repo2run"), check, services)
    assert [m.benchmark for m in found.measures] == [Benchmark.REPO2RUN]


def test_what_was_not_installed_fails_without_being_opened(world: World) -> None:
    _, services, engine, _ = world
    found = measure_one(entry("envbench"), samples.check(SLUG, samples.failed_attempt()), services)
    assert found.measures[0].outcome is Outcome.FAILS
    assert "no_matching_python" in found.measures[0].detail
    assert engine.plans == []


def test_an_index_that_does_not_answer_is_not_told(world: World) -> None:
    check, services, _, index = world
    index.status = StepStatus.ENGINE_ERROR
    found = measure_one(entry("repo2run"), check, services)
    assert found.measures[0].outcome is Outcome.UNTOLD


def test_a_second_installation_that_fails_is_said(world: World) -> None:
    check, services, engine, _ = world
    engine.script = {"install": StepStatus.FAILED}
    found = measure_one(entry("repo2run"), check, services)
    assert (found.measures[0].outcome, found.measures[0].detail) == (
        Outcome.FAILS,
        "not installed a second time: install",
    )


def test_what_is_finished_is_not_measured_again(world: World, tmp_path: Path) -> None:
    check, services, engine, _ = world
    said: list[str] = []
    first = measure_all([entry()], {entry().key: check}, services, tmp_path / "kept", said.append)
    again = measure_all([entry()], {entry().key: check}, services, tmp_path / "kept", said.append)
    assert again == first
    assert len(engine.plans) == 1
    assert said == ["1: octo/passes"]


def test_a_repository_that_was_never_checked_is_said_and_tried_again(tmp_path: Path, world: World) -> None:
    _, services, _, _ = world
    found = measure_all([entry()], {}, services, tmp_path / "kept", lambda _: None)
    assert found[0].error == "never checked"
    assert not (tmp_path / "kept").exists()


def test_summaries_count_0_and_5_apart(world: World) -> None:
    check, services, _, _ = world
    empty = measure_one(entry("repo2run"), check, services)
    held = empty.measures[0].model_copy(update={"outcome": Outcome.HOLDS})
    never = Measured(key="k", repository="octo/none", benchmark="repo2run", outcome="No", error="never checked")
    rows = (empty, empty.model_copy(update={"measures": (held,)}), never)
    (found,) = sum_up(rows)
    assert (found.holds, found.no_tests, found.either) == (
        Share(count=1, of=3),
        Share(count=1, of=3),
        Share(count=2, of=3),
    )
    assert found.untold == 1
    page = published_page(rows, "Measured today.")
    assert "1 of 3: 33.3 %" in page
    assert "never checked" in page
