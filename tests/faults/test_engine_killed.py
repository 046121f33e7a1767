"""A container engine (never the machine's) dies in the middle of a step: ours, tried again, right in the end."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import docker
import pytest
from own_engine import CannotStart, OwnEngine
from playground import Play, PlayProject, write_repository
from sandbox_steps import SMALL, leftovers
from small_world import Notebook
from stage import target

from checker.check import Services
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Progress
from checker.hosts import open_host
from checker.nights.jobs import Job, Outcome
from checker.nights.night import Night, NightOptions
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.provision.images import Images, _read_dockerfile
from checker.store import Store
from workers.queue import CeleryQueue, open_embedded_queue

pytestmark = [pytest.mark.docker, pytest.mark.slow]

WAITS = "echo begun; sleep 5"


class ShellProject(PlayProject):
    """A tree whose play is a shell script."""

    def make_plans(self) -> tuple[BuildPlan, ...]:
        step = Step(name="play", phase=Phase.INSTALL, argv=("sh", "-c", self.tree.read("play.act")))
        return (BuildPlan(ecosystem="base", way=Way.AS_PUBLISHED, steps=(step,)),)


class Shell(Play):
    """A language whose programs are shell scripts."""

    name = "base"
    project = ShellProject


class Noting:
    """A queue that notes what came home."""

    def __init__(self, queue: CeleryQueue) -> None:
        self._queue, self.workers = queue, queue.workers
        self.came: list[Outcome] = []

    def submit(self, job: Job) -> None:
        self._queue.submit(job)

    def collect(self, seconds: float) -> Iterable[Outcome]:
        found = list(self._queue.collect(seconds))
        self.came += found
        return found

    def take_news(self) -> Iterable[Progress]:
        return self._queue.take_news()


@pytest.fixture
def own() -> Iterator[OwnEngine]:
    with tempfile.TemporaryDirectory(prefix="engine-", dir="/tmp") as folder:  # a socket's path is short
        engine = OwnEngine(Path(folder))
        try:
            engine.start()
        except CannotStart as error:
            engine.close()
            pytest.skip(f"no second engine: {error}")
        try:
            yield engine
        finally:
            engine.close()


def test_the_engine_dies_in_the_middle_of_a_step(own: OwnEngine, tmp_path: Path) -> None:
    settings = Settings.from_environment({"CHECKER_HOME": str(tmp_path / "home"), "CHECKER_FREE_BYTES": "1M"})
    settings = settings.model_copy(update={"docker_host": own.address, "engine_seconds": 10})
    own.load(Images._make_tag("base", _read_dockerfile("base"), settings.base_image))
    write_repository(tmp_path / "mirror" / "ada" / "code.git", {"play.act": WAITS, "main.c": "int x;\n"})
    engine = DockerEngine(settings)
    services = Services(
        host=open_host(mirror=tmp_path / "mirror"),
        engine=engine,
        tools=None,
        ecosystems=(Shell(),),
        workspace=tmp_path / "work",
        limits=SMALL,
    )
    killed = threading.Event()

    class Killer(Notebook):
        def __call__(self, news: Progress) -> None:
            if news.line == "begun" and not killed.is_set():
                own.kill()
                killed.set()
                own.start()

    with Store.open(tmp_path / "store.sqlite") as store:
        run = store.begin_run(date(2026, 3, 1), inputs=("x",), checker_version="0")
        with open_embedded_queue(services, 1) as carrier:
            queue = Noting(carrier)
            night = Night(store, run, queue, NightOptions(tries=4, backoff=3.0))
            night.carry_out([target("ada/code")], Killer())
        (check,) = store.load_checks(run).values()
    assert killed.is_set(), check
    first, last = next(o.check for o in queue.came if o.check is not None), check
    assert first is not None and first.inconclusive and first.cause is not None
    assert first.cause.name == "engine", first.cause
    assert not last.inconclusive and last.attempts[0].results[0].passed, last
    engine.close()
    after = DockerEngine(settings)
    after.sweep()  # as at the next start
    after.close()
    with docker.APIClient(base_url=own.address) as client:
        assert leftovers(client, settings.home) == []
        assert client.containers(all=True) == []
