"""The embedded queue for real: Celery in this process, repositories in a mirror, a scripted sandbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import pytest
from small_world import CODE, Notebook, make_repository, tiny_services

from checker.check import Services
from checker.core.container import Limits
from checker.core.errors import EngineFailure
from checker.core.values.plans import BuildPlan, Rung, Step
from checker.core.values.repositories import Availability, RepositoryId, Target
from checker.core.values.results import Check, StepResult, StepStatus
from checker.nights.night import Night, NightOptions
from checker.sandbox.base import LineListener, Sandbox
from checker.sandbox.scripted import ScriptedEngine
from checker.store import RunState, Store
from workers.queue import open_embedded_queue

QUICK = NightOptions(backoff=0.0)


def target(slug: str) -> Target:
    owner, name = slug.split("/")
    return Target(repository=RepositoryId(owner=owner, name=name))


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    make_repository(folder, "a/code")
    make_repository(folder, "a/words", {"README.md": "Words.\n"})
    make_repository(folder, "a/empty", {})
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as store:
        yield store


def carry_out(
    store: Store, services: Services, slugs: list[str], watcher: Notebook, jobs: int = 2
) -> dict[str, Check]:
    run = store.begin_run(date(2026, 1, 2), inputs=("x",), checker_version="1")
    with open_embedded_queue(services, jobs) as queue:
        assert Night(store, run, queue, QUICK).carry_out([target(slug) for slug in slugs], watcher)
    return store.load_checks(run)


def test_a_night_from_mirror_to_store(tmp_path: Path, mirror: Path, store: Store) -> None:
    engine, watcher = ScriptedEngine(), Notebook()
    checks = carry_out(
        store, tiny_services(mirror, tmp_path / "w", engine), ["a/code", "a/words", "a/empty", "a/gone"], watcher
    )
    assert {c.target.repository.slug: c.availability for c in checks.values()} == {
        "a/code": Availability.AVAILABLE,
        "a/words": Availability.NO_CODE,
        "a/empty": Availability.EMPTY,
        "a/gone": Availability.MISSING,
    }
    assert checks["github.com/a/code"].verdict.reached is Rung.STARTS
    assert [step.name for step in engine.steps] == ["install", "import", "start"]
    assert any(n.activity == "cloning" and n.repository == "a/code" for n in watcher.news)
    assert watcher.mistakes == []
    assert list((tmp_path / "w").iterdir()) == []


def test_one_queue_after_the_other_in_one_process(tmp_path: Path, mirror: Path, store: Store) -> None:
    for _ in range(3):
        checks = carry_out(store, tiny_services(mirror, tmp_path / "w"), ["a/empty"], Notebook())
        assert len(checks) == 1


def test_an_absent_engine_is_ours(tmp_path: Path, mirror: Path, store: Store) -> None:
    engine = ScriptedEngine(failure=EngineFailure("nobody answers"))
    (found,) = carry_out(store, tiny_services(mirror, tmp_path / "w", engine), ["a/code"], Notebook()).values()
    assert found.inconclusive
    assert found.cause is not None
    assert found.cause.name == "engine"


def test_a_mistake_of_ours_ends_no_night_and_its_traceback_comes_home(
    tmp_path: Path, mirror: Path, store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    def script(plan: BuildPlan, step: Step) -> StepStatus:
        raise ZeroDivisionError("nobody thought of that")

    watcher = Notebook()
    services = tiny_services(mirror, tmp_path / "w", ScriptedEngine(script))
    checks = carry_out(store, services, ["a/code", "a/empty"], watcher)
    found = checks["github.com/a/code"]
    assert found.inconclusive
    assert found.cause is not None
    assert found.cause.name == "checker"
    assert "nobody thought of that" in found.cause.summary
    assert len(watcher.mistakes) == QUICK.tries
    assert "ZeroDivisionError" in watcher.mistakes[0][1]
    assert checks["github.com/a/empty"].availability is Availability.EMPTY
    assert "Traceback" not in "".join(capfd.readouterr())


class SlowEngine:
    """Steps last until `stop` is called; `together` counts how many run at once."""

    def __init__(self, seconds: float = 60) -> None:
        self.seconds = seconds
        self.ended = threading.Event()
        self.begun = threading.Event()
        self.together = self.most = self.closed = 0
        self._lock = threading.Lock()

    def open(self, plan: BuildPlan, source: Path, limits: Limits) -> AbstractContextManager[Sandbox]:
        return self._open()

    @contextmanager
    def _open(self) -> Iterator[Sandbox]:
        try:
            yield self
        finally:
            self.closed += 1

    def write(self, files: object) -> None:
        pass

    def run(self, step: Step, on_line: LineListener | None = None) -> StepResult:
        with self._lock:
            self.together += 1
            self.most = max(self.most, self.together)
        self.begun.set()
        stopped = self.ended.wait(self.seconds)
        with self._lock:
            self.together -= 1
        return StepResult(step=step, status=StepStatus.ENGINE_ERROR if stopped else StepStatus.PASSED)

    def sweep(self) -> int:
        return 0

    def stop(self) -> None:
        self.ended.set()


def test_as_many_builds_at_once_as_asked_for(tmp_path: Path, store: Store) -> None:
    slugs = [f"b/r{n}" for n in range(6)]
    for slug in slugs:
        make_repository(tmp_path / "mirror", slug, CODE)
    engine = SlowEngine(seconds=0.2)
    carry_out(store, tiny_services(tmp_path / "mirror", tmp_path / "w", engine), slugs, Notebook(), jobs=2)
    assert engine.most == 2


def test_stopping_is_quick_keeps_what_is_done_and_leaves_nothing(
    tmp_path: Path, mirror: Path, store: Store
) -> None:
    engine, watcher = SlowEngine(), Notebook()
    services = tiny_services(mirror, tmp_path / "w", engine)
    run = store.begin_run(date(2026, 1, 2), inputs=("x",), checker_version="1")
    with open_embedded_queue(services, 2) as queue:
        night = Night(store, run, queue, QUICK)

        def stop() -> None:
            engine.begun.wait(30)
            while len(watcher.checks) < 2:
                time.sleep(0.01)
            night.stop.set()

        threading.Thread(target=stop, daemon=True).start()
        state = night.carry_out([target(s) for s in ("a/code", "a/empty", "a/gone")], watcher)
        left_at = time.monotonic()
    assert time.monotonic() - left_at < 5
    assert state is RunState.STOPPED
    assert set(store.load_checks(run)) == {"github.com/a/empty", "github.com/a/gone"}
    assert engine.closed == 1
    assert list((tmp_path / "w").iterdir()) == []


def test_leaving_an_idle_queue_takes_no_time(tmp_path: Path, mirror: Path) -> None:
    with open_embedded_queue(tiny_services(mirror, tmp_path / "w"), 2):
        left_at = time.monotonic()
    assert time.monotonic() - left_at < 1
