"""Checks on demand over a broker: the same job queue, workers in processes of their own."""

from __future__ import annotations

import time

import pytest
from stage import Stage

from checker.store import Store
from checker.web.jobs.archive import Archive
from checker.web.jobs.queue import JobQueue
from checker.web.jobs.tickets import TicketState
from checker.web.settings import ServeSettings
from workers.broker import open_broker_queue

pytestmark = pytest.mark.redis


def test_a_check_on_demand_is_done_by_a_worker_elsewhere(stage: Stage) -> None:
    (target,) = stage.repositories({"ada/engine": "wait go"})
    stage.worker()
    with (
        Store.open(stage.folder / "store.sqlite") as store,
        open_broker_queue(stage.server.url, 4, "serve", lambda line: None) as queue,
    ):
        jobs = JobQueue(queue, Archive(store), ServeSettings())
        with jobs.open():
            ticket = jobs.ask(target, "192.0.2.7", spend=lambda: None).id
            assert jobs.ask(target, "192.0.2.8", spend=lambda: None).id == ticket
            deadline = time.monotonic() + 60
            while "play" not in [step.activity.rpartition(" ")[2] for step in jobs.look(ticket).steps]:
                assert time.monotonic() < deadline, jobs.look(ticket)
                time.sleep(0.05)
            stage.open("go")
            while jobs.look(ticket).state is not TicketState.DONE:
                assert time.monotonic() < deadline, jobs.look(ticket)
                time.sleep(0.05)
        kept = store.find_latest_check(target.repository.key)
        assert kept is not None and not kept.inconclusive
        assert stage.starts() == ["ada/engine"]
