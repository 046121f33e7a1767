"""Redis that is away, forgets, or delivers twice: nobody hangs, nothing is lost, and nothing is done again."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from playground import starts
from stage import LEASE, Coordinator, RedisServer, Stage, until

from checker.core.errors import NetworkFailure
from checker.core.values.repositories import Target
from checker.core.values.results import Check
from checker.nights.jobs import Job, JobKind, Outcome
from workers import broker
from workers.app import LONGEST_CHECK, RESULTS_KEPT, make_app
from workers.ledger import KEPT, Ledger
from workers.serve import Line

pytestmark = pytest.mark.redis


def in_background(
    coordinator: Coordinator, targets: tuple[Target, ...]
) -> tuple[threading.Thread, dict[str, Check]]:
    checks: dict[str, Check] = {}
    thread = threading.Thread(target=lambda: checks.update(coordinator.carry_out(targets)), daemon=True)
    thread.start()
    return thread, checks


def home(coordinator: Coordinator) -> list[Outcome]:
    """Wait for the next results."""
    found: list[Outcome] = []
    until(lambda: found.extend(coordinator.queue.collect(0.2)) or found)
    return found


def results(stage: Stage) -> list[bytes]:
    return list(stage.server.client.scan_iter("celery-task-meta-*"))


def test_a_process_that_begins_while_redis_is_away_claims_its_jobs_all_the_same(stage: Stage) -> None:
    stage.server.kill()
    line = Line(stage.server.url)
    stage.server.start()
    Ledger(stage.server.client).offer("run/job")
    with line.claim("run/job") as first, line.claim("run/job") as second:
        assert (first, second) == (True, False)


def test_redis_that_stays_away_ends_the_run(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "AWAY_SECONDS", 3.0)
    targets = stage.repositories({"ada/code": "wait on"})
    stage.worker()
    with stage.coordinator() as coordinator:
        until(lambda: coordinator.queue.collect(0) == [])
        coordinator.queue.submit(Job(id="1", kind=JobKind.BUILD, target=targets[0]))
        until(stage.starts)
        stage.server.kill()
        began = time.monotonic()
        with pytest.raises(NetworkFailure, match="the broker does not answer"):
            while time.monotonic() - began < 60:
                coordinator.queue.collect(0.2)
        assert time.monotonic() - began < 30


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["while it is away", "afterwards"])
def test_redis_that_is_away_for_longer_than_a_lease_costs_no_check(stage: Stage, ends: str) -> None:
    targets = stage.repositories({"ada/long": "wait on", "ada/next": "pass"})
    stage.worker()
    with stage.coordinator(workers=1) as coordinator:
        thread, checks = in_background(coordinator, targets)
        until(stage.starts)
        stage.server.kill()
        time.sleep(LEASE)
        if ends == "while it is away":
            stage.open("on")
        time.sleep(LEASE)
        stage.server.start()
        time.sleep(1)
        stage.open("on")
        thread.join(90)
    assert {slug for slug, check in checks.items() if not check.inconclusive} == {"ada/long", "ada/next"}
    assert sorted(stage.starts()) == ["ada/long", "ada/next"]


@pytest.mark.slow
def test_a_process_that_is_slow_to_begin_is_not_killed_for_it(stage: Stage) -> None:
    """Celery's own patience is four seconds: on a busy machine nothing would ever take the place of a dead one."""
    killer, wanted = stage.repositories({"eve/killer": "kill", "ada/code": "pass"})
    stage.worker(PLAY_SLOW_SECONDS="5")
    with stage.coordinator() as coordinator:
        coordinator.queue.submit(Job(id="1", kind=JobKind.BUILD, target=killer))
        assert home(coordinator)[0].failure
        coordinator.queue.submit(Job(id="2", kind=JobKind.BUILD, target=wanted))
        (outcome,) = home(coordinator)
    assert outcome.check is not None
    assert "Timed out waiting" not in (stage.folder / "worker-0.log").read_text()


def test_a_message_is_acknowledged_late_and_once(stage: Stage) -> None:
    (wanted,) = stage.repositories({"ada/code": "wait on"})
    client = stage.server.client
    stage.worker()
    with stage.coordinator() as coordinator:
        coordinator.queue.submit(Job(id="1", kind=JobKind.BUILD, target=wanted))
        until(stage.starts)
        assert (client.llen("build"), client.hlen("unacked")) == (0, 1)
        stage.open("on")
        home(coordinator)
        until(lambda: client.hlen("unacked") == 0)
        assert client.llen("build") == 0


def test_a_message_whose_visibility_ran_out_is_not_done_again(stage: Stage) -> None:
    """Redis' own trap: an unacknowledged message comes back, although its job still runs."""
    (wanted,) = stage.repositories({"ada/code": "wait on"})
    client = stage.server.client
    stage.worker(concurrency=2, PLAY_LOG_LEVEL="INFO")
    log = stage.folder / "worker-0.log"
    with stage.coordinator() as coordinator:
        coordinator.queue.submit(Job(id="1", kind=JobKind.BUILD, target=wanted))
        message = client.lindex("build", 0)
        until(stage.starts)
        assert message is not None or client.hlen("unacked") == 1
        (tag,) = client.hkeys("unacked")
        client.zadd("unacked_index", {tag: 0})  # long past

        def came_again() -> bool:  # what Redis holds of it is gone again in a moment, so the worker is asked
            make_channel_restore(stage)  # does nothing while a worker is about the same
            return log.read_text().count(" received") == 2

        until(came_again)
        until(lambda: client.llen("build") == 0 and client.hlen("unacked") == 0)
        stage.open("on")
        assert len(home(coordinator)) == 1
        time.sleep(0.5)
        assert list(coordinator.queue.collect(0.2)) == []
    assert stage.starts() == ["ada/code"]


def make_channel_restore(stage: Stage) -> None:
    """Let the transport restore what was invisible for too long, as every worker does now and then."""
    with make_app(stage.server.url).connection_for_read() as connection:
        channel = connection.default_channel
        channel.qos.restore_visible(interval=1)


def test_the_visibility_timeout_is_longer_than_any_check() -> None:
    conf = make_app("redis://127.0.0.1:1/0").conf
    assert conf.broker_transport_options["visibility_timeout"] >= LONGEST_CHECK.total_seconds()
    assert conf.task_time_limit <= conf.broker_transport_options["visibility_timeout"]
    assert conf.task_acks_late and conf.worker_prefetch_multiplier == 1
    assert RESULTS_KEPT >= KEPT > timedelta(seconds=conf.task_time_limit)


@pytest.mark.parametrize("more", [False, True], ids=["the result", "everything about the job"])
def test_a_result_that_expired_before_it_was_fetched_is_made_again(stage: Stage, more: bool) -> None:
    targets = stage.repositories({"ada/code": "pass"})
    client = stage.server.client
    stage.worker()
    with stage.coordinator() as coordinator:
        coordinator.queue.submit(Job(id="1", kind=JobKind.BUILD, target=targets[0]))
        until(lambda: results(stage))
        client.delete(*results(stage), *client.scan_iter("checker:alive:*"))
        if more:
            client.delete(*client.scan_iter("checker:job:*"))
        (outcome,) = home(coordinator)
        if not more:  # the coordinator tries that again, as whatever fails through us
            assert "died" in outcome.failure
            return
    assert outcome.check is not None
    assert len(starts(stage.gate)) == 2


def test_nobody_listens_for_results_that_nobody_reads(stage: Stage) -> None:
    targets = stage.repositories({f"ada/code-{n}": "pass" for n in range(3)})
    with stage.coordinator() as coordinator:
        for n, wanted in enumerate(targets):
            coordinator.queue.submit(Job(id=str(n), kind=JobKind.BUILD, target=wanted))
        channels = stage.server.client.pubsub_channels()
        assert [name for name in channels if b"task-meta" in name] == []


def test_a_redis_that_is_gone_is_told_before_anything_is_sent(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = RedisServer(tmp_path_factory.mktemp("nowhere"))
    with pytest.raises(NetworkFailure), broker.open_broker_queue(server.url, 1, "run", lambda line: None):
        pass
