"""Real worker processes over a real Redis, killed for real: one result for every repository, and no more."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from playground import starts
from stage import Coordinator, Stage, until

from checker.core.values.repositories import Target
from checker.core.values.results import Check
from checker.nights.jobs import Job, JobKind, Outcome

pytestmark = [pytest.mark.redis, pytest.mark.slow]


class Running:
    """A coordinator that works in a thread while the test breaks things."""

    def __init__(self, coordinator: Coordinator, targets: tuple[Target, ...]) -> None:
        self.checks: dict[str, Check] = {}
        self._thread = threading.Thread(target=self._run, args=(coordinator, targets), daemon=True)
        self._thread.start()

    def _run(self, coordinator: Coordinator, targets: tuple[Target, ...]) -> None:
        self.checks = coordinator.carry_out(targets)

    def result(self, seconds: float = 90.0) -> dict[str, Check]:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the coordinator does not come to its end"
        return self.checks


def told(checks: dict[str, Check]) -> set[str]:
    for slug, check in checks.items():
        if check.inconclusive:
            print(slug, check.cause)  # shown where a test fails
    return {slug for slug, check in checks.items() if not check.inconclusive}


def collected(coordinator: Coordinator, number: int) -> list[Outcome]:
    """Wait for so many results."""
    home: list[Outcome] = []

    def all_there() -> bool:
        home.extend(coordinator.queue.collect(0.2))
        return len(home) >= number

    until(all_there)
    return home


def test_two_workers_share_a_night_and_tell_what_they_do(stage: Stage) -> None:
    targets = stage.repositories({f"ada/code-{n}": "wait both" if n < 2 else "pass" for n in range(6)})
    stage.worker()
    stage.worker()
    with stage.coordinator() as coordinator:
        running = Running(coordinator, targets)
        until(lambda: len(starts(stage.gate)) >= 2)  # one worker alone would wait for ever
        stage.open("both")
        checks = running.result()
    assert told(checks) == {f"ada/code-{n}" for n in range(6)}
    assert sorted(stage.starts()) == sorted(checks)
    assert len(coordinator.saved) == 6
    assert len({process for _, process in starts(stage.gate)}) == 2
    assert {news.repository for news in coordinator.heard} == set(checks)
    assert not [key for key in stage.server.client.scan_iter() if b"checker:job" in key or b"celery-task" in key]


def test_messages_are_json_and_nothing_is_prefetched(stage: Stage) -> None:
    targets = stage.repositories({"ada/first": "wait on", "ada/second": "pass", "ada/third": "pass"})
    client = stage.server.client
    with stage.coordinator() as coordinator:
        for n, wanted in enumerate(targets):
            coordinator.queue.submit(Job(id=str(n), kind=JobKind.BUILD, target=wanted))
        messages = [json.loads(text) for text in client.lrange("build", 0, -1)]
        assert len(messages) == 3
        assert {(m["content-type"], m["content-encoding"]) for m in messages} == {("application/json", "utf-8")}
        stage.worker()
        until(lambda: stage.starts() == ["ada/first"])
        time.sleep(0.5)
        assert client.llen("build") == 2  # the others are there for whoever has a hand free
        stage.open("on")
        home = collected(coordinator, 3)
    assert {outcome.job_id for outcome in home} == {"0", "1", "2"}


def test_a_job_that_is_delivered_twice_is_done_once(stage: Stage) -> None:
    (wanted,) = stage.repositories({"ada/code": "wait on"})
    job = Job(id="7", kind=JobKind.BUILD, target=wanted)
    with stage.coordinator() as coordinator:
        for _ in range(2):
            coordinator.queue.submit(job)
        stage.worker(concurrency=2)
        until(lambda: stage.server.client.llen("build") == 0 and stage.starts())
        time.sleep(0.5)
        stage.open("on")
        home = collected(coordinator, 1)
        time.sleep(0.5)
        home += coordinator.queue.collect(0.2)
    assert len(home) == 1
    assert stage.starts() == ["ada/code"]


def test_the_job_of_a_worker_that_was_killed_is_taken_over(stage: Stage) -> None:
    targets = stage.repositories({"ada/long": "wait on", "ada/short": "pass"})
    victim = stage.worker()
    with stage.coordinator() as coordinator:
        running = Running(coordinator, targets)
        until(lambda: "ada/long" in stage.starts())
        victim.kill()
        stage.worker()
        until(lambda: stage.starts().count("ada/long") == 2)
        stage.open("on")
        checks = running.result()
    assert told(checks) == {"ada/long", "ada/short"}
    assert stage.starts().count("ada/short") == 1
    assert len(coordinator.saved) == 2


def test_a_repository_that_kills_its_worker_is_given_up(stage: Stage) -> None:
    targets = stage.repositories({"eve/killer": "kill", "ada/code": "pass"})
    stage.worker()
    with stage.coordinator() as coordinator:
        checks = Running(coordinator, targets).result()
    assert told(checks) == {"ada/code"}
    given_up = checks["eve/killer"]
    assert given_up.cause is not None
    assert given_up.cause.name == "checker"
    assert "died" in given_up.cause.summary or "WorkerLost" in given_up.cause.summary
    assert stage.starts().count("eve/killer") == 3


@pytest.mark.parametrize("empty", [False, True], ids=["kept", "empty"])
def test_redis_may_be_restarted_in_the_middle(stage: Stage, empty: bool) -> None:
    targets = stage.repositories({"ada/long": "wait on", "ada/next": "pass", "ada/last": "pass"})
    stage.worker()
    with stage.coordinator(workers=1) as coordinator:
        running = Running(coordinator, targets)
        until(stage.starts)
        stage.server.kill()
        time.sleep(2)
        stage.server.start(empty=empty)
        stage.open("on")
        checks = running.result(120)
    assert told(checks) == {"ada/long", "ada/next", "ada/last"}
    assert len(coordinator.saved) == 3
    if not empty:
        assert sorted(stage.starts()) == sorted(checks)


def test_a_worker_that_is_asked_to_stop_ends_its_job_first(stage: Stage) -> None:
    targets = stage.repositories({"ada/code": "wait on"})
    worker = stage.worker()
    with stage.coordinator() as coordinator:
        running = Running(coordinator, targets)
        until(stage.starts)
        worker.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert worker.process.poll() is None
        stage.open("on")
        assert told(running.result()) == {"ada/code"}
        assert worker.process.wait(30) == 0
    assert stage.starts() == ["ada/code"]


def test_a_coordinator_goes_on_where_a_dead_one_stopped(stage: Stage) -> None:
    targets = stage.repositories({"ada/code": "wait on", "ada/other": "pass"})
    stage.worker(concurrency=2)
    child = os.fork()
    if child == 0:  # dies in the middle of the night, as by a power cut
        with stage.coordinator() as coordinator:
            coordinator.carry_out(targets)
        os._exit(1)
    until(lambda: len(stage.starts()) == 2)
    time.sleep(1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    stage.open("on")
    with stage.coordinator() as coordinator:
        checks = Running(coordinator, targets).result()
    assert told(checks) == {"ada/code", "ada/other"}
    assert sorted(stage.starts()) == ["ada/code", "ada/other"]  # the result that waited was fetched, not made anew


def test_a_run_that_nobody_works_for_stops_at_once_and_takes_its_jobs_back(stage: Stage) -> None:
    listed = stage.folder / "list.txt"
    listed.write_text("ada/code\nada/other\n")
    said = stage.folder / "said"
    with said.open("wb") as log:
        run = subprocess.Popen(
            [sys.executable, "-m", "checker", "run", str(listed), "--results", str(stage.folder / "results")],
            env={**os.environ, "CHECKER_BROKER_URL": stage.server.url, "CHECKER_HOME": str(stage.folder / "home")},
            stderr=log,
        )
    until(lambda: "no worker has answered" in said.read_text() and stage.server.client.llen("probe") == 2)
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    assert run.wait(30) == 130
    assert time.monotonic() - began < 10
    assert not list(stage.server.client.scan_iter("checker:job:*"))
    assert "0 of 2 repositories are done" in said.read_text()
