"""Reading and planning in a child: what it takes is bounded, what it does is asked for, and it leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import billiard
import pytest
from small_world import make_repository, tiny_services

from checker.check import check_repository
from checker.core.container import Limits
from checker.core.errors import EngineFailure, Inconclusive, TooComplex
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Rung, Step
from checker.core.values.repositories import RepositoryId, Target
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.base import Facts, Project
from checker.ecosystems.contained.channel import Fault
from checker.ecosystems.contained.child import RemoteTools
from checker.ecosystems.contained.ecosystem import ContainedEcosystem
from checker.ecosystems.contained.interface import describe_tools
from checker.ecosystems.python import ecosystem as python
from checker.ecosystems.python.tools import PythonTools
from tests.support import unruly_language

ROOT = Path(__file__).parents[3]
MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
FACTS = Facts(repository="ada/paper", code_date=MOMENT, today=MOMENT, runtimes=(("python", ("3.9", "3.11")),))
SMALL = Limits(reading_seconds=10, reading_cpu_seconds=1, reading_bytes=600_000_000)


@contextmanager
def opened(folder: Path, act: str, limits: Limits = SMALL) -> Iterator[Project]:
    (folder / "act.txt").write_text(act)
    project = ContainedEcosystem(unruly_language, limits).open(Tree(folder), FACTS)
    assert project is not None
    try:
        yield project
    finally:
        project.close()


def dump(plan: BuildPlan | None) -> str:
    assert plan is not None
    return plan.model_dump_json()


@dataclass
class Toolbox:
    """Tools that write down what they are asked."""

    asked: list[object] = field(default_factory=list)
    cpu_index: str = "https://cpu.example"

    @property
    def python(self) -> Toolbox:
        return self

    def fetch(self, lock: str, *, interpreter: str, indexes: Sequence[str], seconds: int) -> StepResult:
        self.asked.append((lock, interpreter, list(indexes), seconds))
        return StepResult(step=Step(name="fetch", phase=Phase.INSTALL, argv=("uv",)), status=StepStatus.PASSED)

    def look_up(self, queries: Sequence[object], *, as_of: datetime, seconds: int) -> tuple[None, ...]:
        self.asked.append((queries, as_of, seconds))
        return (None,)


@pytest.mark.parametrize("name", ["absl-flags", "click-options"])
def test_a_child_plans_repairs_and_explains_as_the_ecosystem_itself(name: str) -> None:
    tree = Tree(ROOT / "examples" / "plans" / name)
    contained, plain = ContainedEcosystem(python, Limits()).open(tree, FACTS), python.open(tree, FACTS)
    assert contained is not None
    assert plain is not None
    assert contained.detection == plain.detection
    assert list(map(dump, contained.make_plans())) == list(map(dump, plain.make_plans()))
    attempts = [Attempt(plan=plan) for plan in plain.make_plans()]
    stored = [Attempt.model_validate_json(attempt.model_dump_json()) for attempt in attempts]
    assert dump(contained.repair(stored)) == dump(plain.repair(attempts))
    assert tuple(contained.find_missing(stored)) == plain.find_missing(attempts)
    contained.close()


def test_a_focus_goes_along_and_a_tree_without_the_language_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "main.py").write_text("import numpy\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.py").write_text("")
    contained = ContainedEcosystem(python, Limits())
    project = contained.open(Tree(tmp_path).on("sub"), FACTS)
    assert project is not None
    assert project.detection.files == 1
    project.close()
    (tmp_path / "empty").mkdir()
    assert contained.open(Tree(tmp_path / "empty"), FACTS) is None


@pytest.mark.parametrize(
    ("act", "why"), [("work", "processor time"), ("hoard", "memory"), ("nest", "nested more deeply")]
)
def test_more_than_a_check_allows_is_a_finding_and_stays_one(tmp_path: Path, act: str, why: str) -> None:
    patient = SMALL.model_copy(update={"reading_cpu_seconds": 60, "reading_seconds": 60})
    with opened(tmp_path, act, SMALL if act == "work" else patient) as project:
        for _ in range(2):
            with pytest.raises(TooComplex, match=why):
                project.make_plans()


def test_a_child_that_only_waits_is_our_own_failure(tmp_path: Path) -> None:
    limits = SMALL.model_copy(update={"reading_seconds": 1})
    with opened(tmp_path, "sleep", limits) as project, pytest.raises(Inconclusive, match="too busy"):
        project.make_plans()


@pytest.mark.parametrize(("act", "code"), [("crash", "-6"), ("leave", "3")])
def test_a_child_that_dies_is_our_own_failure(tmp_path: Path, act: str, code: str) -> None:
    with opened(tmp_path, act) as project, pytest.raises(Inconclusive, match=f"exit code {code}"):
        project.make_plans()


def test_a_mistake_of_ours_comes_with_its_traceback(tmp_path: Path) -> None:
    with (
        opened(tmp_path, "err") as project,
        pytest.raises(Fault, match=r"(?s)unruly_language.*what nobody thought"),
    ):
        project.make_plans()


def test_steps_and_tools_run_on_this_side_and_results_are_read_on_the_other(tmp_path: Path) -> None:
    toolbox = Toolbox()
    with opened(tmp_path, "plan") as project:
        (plan,) = project.make_plans()

        def run(step: Step) -> StepResult:
            time.sleep(1.2)  # counts for nobody
            raw = StepResult(step=step, status=StepStatus.PASSED, log=f"by {os.getpid()}")
            return project.interpret(raw, plan)

        prepared = project.prepare(plan, toolbox, run)
        project.ask([Attempt(plan=plan.with_(cutoff=MOMENT))], toolbox)
    log = prepared.results[0].log
    assert log.endswith(f" read by {os.getpid()}")
    assert not log.startswith(str(os.getpid()))
    assert toolbox.asked[0] == (log, "https://cpu.example", [], 1)
    assert [query.line for query in toolbox.asked[1][0]] == ["numpy"]  # type: ignore[index]
    assert toolbox.asked[1][1:] == (MOMENT, 1)  # type: ignore[index]


@pytest.mark.parametrize("error", [EngineFailure("the engine is gone"), OSError("disk"), ValueError("x")])
def test_what_fails_on_this_side_is_raised_as_it_is(tmp_path: Path, error: Exception) -> None:
    def run(step: Step) -> StepResult:
        raise error

    with opened(tmp_path, "plan") as project:
        (plan,) = project.make_plans()
        with pytest.raises(type(error)) as caught:
            project.prepare(plan, Toolbox(), run)
    assert caught.value is error


def test_a_child_calls_no_tool_that_its_ecosystem_does_not_name(tmp_path: Path) -> None:
    with opened(tmp_path, "plan") as project:
        serve: Callable[[str, bytes], bytes] = project._serve  # type: ignore[attr-defined]
        for name in ("python.settings", "python.__class__", "services.stop"):
            with pytest.raises(KeyError):
                serve(name, b"{}")


def _list_below(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for path in found for child in path.read_text().split()]
    return children + [each for child in children for each in _list_below(child)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


HOLDER = """
import os, sys, threading
from pathlib import Path
sys.path.insert(0, "tests/support")
from tests.ecosystems.contained.test_contained import FACTS, Limits, Tree, ContainedEcosystem, unruly_language
project = ContainedEcosystem(unruly_language, Limits()).open(Tree(Path(sys.argv[1])), FACTS)
threading.Thread(target=project.make_plans, daemon=True).start()
print('open', flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_checker_is_killed(tmp_path: Path, way: signal.Signals) -> None:
    (tmp_path / "act.txt").write_text("work")
    argv = [sys.executable, "-c", HOLDER, str(tmp_path)]
    holder = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    children = _list_below(holder.pid)
    assert len(children) >= 2  # the server, and the child
    holder.send_signal(way)
    holder.communicate()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(_lives(pid) for pid in children):
        time.sleep(0.05)
    assert [pid for pid in children if _lives(pid)] == []


def test_a_closed_child_is_gone(tmp_path: Path) -> None:
    before = set(_list_below(os.getpid()))
    with opened(tmp_path, "plan") as project:
        project.make_plans()
        made = set(_list_below(os.getpid())) - before
    assert made
    assert [
        pid for pid in made if _lives(pid) and b"contained" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ] == []
    assert len([pid for pid in _list_below(os.getpid()) if _lives(pid)]) <= max(1, len(before))


def _plan_in_daemon(folder: str, answers: Any) -> None:
    with opened(Path(folder), "plan") as project:
        answers.put(len(project.make_plans()))


def test_it_works_in_a_daemon_of_a_pool_after_the_parent_used_it(tmp_path: Path) -> None:
    with opened(tmp_path, "plan") as project:
        project.make_plans()
        answers = billiard.Queue()
        worker = billiard.Process(target=_plan_in_daemon, args=(str(tmp_path), answers))
        worker.daemon = True
        worker.start()
        assert answers.get(timeout=60) == 1
        worker.join(10)
        assert len(project.make_plans()) == 1


def test_a_check_of_such_a_repository_is_conclusive_and_the_next_goes_on(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    make_repository(mirror, "eve/bomb", {"act.txt": "work", "main.py": "total = sum(range(9))\nprint(total)\n"})
    make_repository(mirror, "eve/flaw", {"act.txt": "crash", "main.py": "total = sum(range(9))\nprint(total)\n"})
    make_repository(mirror, "ada/code", {"act.txt": "plan", "main.py": "total = sum(range(9))\nprint(total)\n"})
    services = tiny_services(mirror, tmp_path / "work")
    services = type(services)(
        **{**vars(services), "ecosystems": (ContainedEcosystem(unruly_language, SMALL),), "tools": Toolbox()}
    )
    bomb, flaw, code = (
        check_repository(Target(repository=RepositoryId(owner=owner, name=name)), services)
        for owner, name in (("eve", "bomb"), ("eve", "flaw"), ("ada", "code"))
    )
    assert bomb.cause is not None
    assert (bomb.cause.name, bomb.inconclusive, bomb.verdict.reached) == ("too_complex", False, Rung.CODE)
    assert "1 s of processor time" in bomb.cause.summary
    assert flaw.inconclusive
    assert flaw.cause is not None
    assert flaw.cause.name == "checker"
    assert code.attempts
    assert not code.inconclusive


def test_a_tool_may_have_arguments_of_any_name() -> None:
    methods = describe_tools(PythonTools)
    asked: list[dict[str, object]] = []

    class Line:
        def call(self, name: str, body: bytes) -> bytes:
            asked.append({"tool": name, **methods[name].unpack_arguments(body)})
            done = StepResult(step=Step(name="uv", phase=Phase.RESOLVE, argv=("uv",)), status=StepStatus.PASSED)
            return methods[name].pack(done)

    tools = RemoteTools(Line(), dict(methods))  # type: ignore[arg-type]
    assert tools.run_uv(["lock"], seconds=3, name="date of the pins", files={"a": "b"}).passed
    assert (asked[0]["tool"], asked[0]["name"], asked[0]["files"]) == ("run_uv", "date of the pins", {"a": "b"})
