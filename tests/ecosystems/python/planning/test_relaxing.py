"""Requirements that contradict each other, before the real resolver: what gives way is found by trial."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from local_index import LocalIndex, serve_index
from repair_plans import listed

from checker.core.container import GIB, MIB, Limits
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.edits import RelaxByTrial
from checker.core.values.plans import BuildPlan, Repair, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.outcomes.unreachable_requirements import name_out_of_reach
from checker.ecosystems.python.plan_edits import added_names
from checker.ecosystems.python.planning.relaxing import relax_plan, wants_relaxing
from checker.ecosystems.python.planning.resolve import prepare
from checker.ecosystems.python.planning.steps import install, make_environment, resolve
from checker.ecosystems.python.spec import PythonSpec
from checker.index.uv import Downloads
from checker.judging.causes import make_cause
from checker.sandbox.docker.engine import DockerEngine

SMALL = Limits(memory_bytes=GIB, disk_bytes=512 * MIB)


@pytest.fixture(scope="module")
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        for version in ("1.0", "1.1", "2.0"):
            index.add("ground", version)
        index.add("model", "1.0", ("ground>=1.1,<2",))
        index.add("guess", "0.1", ("ground>=2",))
        index.add("other", "1.0")
        yield index


@pytest.fixture(scope="module")
def settings(index: LocalIndex, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    env = {"CHECKER_HOME": str(tmp_path_factory.mktemp("home")), "CHECKER_FREE_BYTES": "1M"}
    return Settings.from_environment(env).model_copy(update={"indexes": IndexSettings(default=index.url)})


RELAXING = Repair(name="conflict", signature="s", edits=(RelaxByTrial(),))


def planned(*requirements: str, repairs: tuple[Repair, ...] = (), relax: bool = True) -> BuildPlan:
    plan = BuildPlan(ecosystem="python", way=Way.REPAIRED, interpreter="3.11", requirements=requirements)
    plan = plan.with_(
        spec=PythonSpec(relax=("ground", "model") if relax else None),
        repairs=repairs,
        files=(("requirements.in", "".join(f"{line}\n" for line in requirements)),),
    )
    return plan.with_(steps=(make_environment(plan), resolve(plan), install(plan, offline=False)))


@pytest.fixture
def carry_out(settings: Settings, tmp_path: Path) -> Iterator[object]:
    """Prepare a plan in a real sandbox; gives the plan, its resolver's result, and how often that ran."""
    (tmp_path / "source").mkdir()
    engine = DockerEngine(settings)

    def one(plan: BuildPlan) -> tuple[BuildPlan, StepResult, int]:
        ran: list[str] = []
        with engine.open(plan, tmp_path / "source", SMALL) as box:

            def run(step: Step) -> StepResult:
                ran.append(step.name)
                return box.run(step)

            done = prepare(plan, Downloads(settings), run)
        return done.plan, done.results[-1], len(ran) - 1

    yield one
    engine.close()


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize(
    ("requirements", "after", "changed"),
    [
        (
            ("ground==1.0", "model==1.0", "other==1.0"),
            ("ground==1.*", "model==1.0", "other==1.0"),
            "ground==1.0 → ground==1.*",
        ),
        (("ground==1.1", "model==1.0", "guess"), ("ground==1.1", "model==1.0"), "guess left out"),
    ],
)
def test_the_least_gives_way(carry_out, requirements, after, changed) -> None:  # type: ignore[no-untyped-def]
    repairs = (listed("guess"), RELAXING)
    plan, result, runs = carry_out(planned(*requirements, repairs=repairs))
    assert result.passed, result.log
    assert result.step.name == "resolve"
    assert "trials of the resolver" in result.log
    assert plan.requirements == after
    assert dict(plan.files)["requirements.in"] == "".join(f"{line}\n" for line in after)
    assert [r.changed for r in plan.repairs] == ["added guess", changed]
    assert "Because" in plan.repairs[-1].evidence[0].text
    assert {line.partition("==")[0] for line in plan.lock} == {line.partition("==")[0] for line in after}
    assert runs <= 16


@pytest.mark.parametrize(("added", "told"), [(False, "dependency_conflict"), (True, "undeclared_dependency")])
def test_a_line_of_the_author_that_was_left_out_explains_its_module(added: bool, told: str) -> None:
    """The specification names it: "no specification names it" would be false."""

    def run(step: Step) -> StepResult:
        fails = "lost" in step.argv[-1].partition(" > ")[0] or step.argv[0] != "sh"
        log = "No solution found when resolving\n cause: Because lost" if fails else ""
        return StepResult(
            step=step, status=StepStatus.FAILED if fails else StepStatus.PASSED, exit_code=0, log=log
        )

    repairs = (listed("lost"),) * added
    plan = planned("lost", "model==1.0", repairs=(*repairs, RELAXING))
    after, _ = relax_plan(plan, run(plan.steps[1]), run)
    assert after.requirements == ("model==1.0",)
    why = make_cause("undeclared_dependency", modules=("lost.parts",))
    absent = StepResult(step=plan.steps[1], status=StepStatus.FAILED, cause=why)
    judged = name_out_of_reach(absent, after).cause
    assert judged is not None and judged.name == told


@pytest.mark.docker
@pytest.mark.slow
def test_what_cannot_be_mended_stays_as_it_was(carry_out) -> None:  # type: ignore[no-untyped-def]
    before = planned("nowhere-to-be-found>=1", repairs=(RELAXING,))
    plan, result, _ = carry_out(before)
    assert result.status is StepStatus.FAILED
    assert plan.requirements == before.requirements
    assert plan.repairs == ()


@pytest.mark.docker
@pytest.mark.slow
def test_nothing_gives_way_before_a_repair_calls_for_it(carry_out) -> None:  # type: ignore[no-untyped-def]
    plan, result, runs = carry_out(planned("ground==1.0", "model==1.0", relax=False))
    assert result.status is StepStatus.FAILED
    assert (plan.requirements, runs) == (("ground==1.0", "model==1.0"), 1)


ADDED_LATE = listed("late==1.0")


@pytest.mark.parametrize("before", [(), (ADDED_LATE,)], ids=["stated", "added"])
@pytest.mark.parametrize("day", ["2023-06-05", "2026-09-17"])
def test_what_came_to_the_index_later_is_taken_as_of_later_rather_than_left_out(
    before: tuple[Repair, ...], day: str
) -> None:
    """conda had rdkit for years when the index got it: under the code's date nothing of that name is there."""

    def run(step: Step) -> StepResult:
        asked, _, rest = step.argv[-1].partition(" > ")
        there = "late" not in asked or (f"late={day}" in rest and "late==" not in asked)
        status = StepStatus.PASSED if there and step.argv[0] == "sh" else StepStatus.FAILED
        log = "" if status is StepStatus.PASSED else "No solution found when resolving\n cause: Because late"
        return StepResult(step=step, status=status, exit_code=int(bool(log)), log=log)

    plan = planned("late==1.0", "model==1.0", repairs=(*before, RELAXING))
    plan = plan.with_(cutoff=datetime(2022, 5, 1, tzinfo=UTC), spec=PythonSpec(relax=("late", "model")))
    first = run(plan.steps[1])
    assert wants_relaxing(plan, first)
    after, result = relax_plan(plan, first, run)
    assert result.passed
    assert after.requirements == ("late", "model==1.0")
    assert after.repairs[-1].changed == f"late==1.0 → late; late as of {day}"
    assert f"late={day}" in next(step for step in after.steps if step.name == "install").argv


def test_a_package_that_does_not_build_is_no_reason_to_loosen_more() -> None:
    """Two lines contradict each other, and a third does not build: its own repair comes after."""
    build = "error: Failed to build `tool==0.7`\n  cause: The build backend returned an error\n"

    def run(step: Step) -> StepResult:
        asked = step.argv[-1].partition(" > ")[0]
        clash = step.argv[0] != "sh" or ("tree==1.0" in asked and "tree>=2" in asked)
        log = "No solution found when resolving\n cause: Because tree==1.0 and tree>=2" if clash else build
        return StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)

    plan = planned("tree==1.0", "tree>=2", "tool>=0.7", "other==1.0", repairs=(RELAXING,))
    after, result = relax_plan(plan, run(plan.steps[1]), run)
    assert after.requirements == ("tree", "tree>=2", "tool>=0.7", "other==1.0")
    assert not result.passed
    assert "Failed to build `tool==0.7`" in result.log


def test_what_repairs_added_is_known_by_what_they_say() -> None:
    repairs = (listed("guess"), listed("one>=1"), listed("Two.x"), RELAXING)
    assert added_names(planned(repairs=repairs)) == {"guess", "one", "two-x"}


@pytest.mark.parametrize(
    ("log", "conflict"),
    [
        ("error: No solution found when resolving dependencies\n  cause: Because a==1 depends on b\n", True),
        ("  × No solution found when resolving dependencies:\n", True),
        ("error: Failed to build `torch-sparse==0.6.8`\n  cause: The build backend returned an error\n", False),
        (
            "error: Failed to download and build `networkx==2.2`\n  cause: Failed to resolve requirements\n"
            "  cause: No solution found when resolving: `setuptools>=40.8.0`\n",
            False,
        ),
        ("  × Failed to build `own==1.0`\n", False),
    ],
)
def test_what_does_not_build_is_no_conflict(log: str, conflict: bool) -> None:
    plan = planned("ground", "model")
    step = resolve(plan)
    assert wants_relaxing(plan, StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)) is conflict
