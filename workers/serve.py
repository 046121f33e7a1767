"""A worker process of its own: takes jobs from the broker, reports progress on a channel beside it."""

from __future__ import annotations

import os
import socket
import sys
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress

import redis
from celery import signals
from celery.apps.worker import Worker
from celery.platforms import SecurityWarning

from checker.core.errors import CheckerError
from checker.core.settings import Settings
from checker.core.values.results import Progress
from checker.services import prepare_services, sweep
from workers.app import make_app
from workers.broker import connect, connect_redis, name_news_channel
from workers.ledger import Ledger
from workers.runtime import RUNTIME, name_worker


class Line:
    """A process' own connection to the broker's Redis: news out, jobs claimed.

    It is made without asking: a process that begins while Redis is away must still claim its jobs later.
    """

    def __init__(self, broker_url: str) -> None:
        self._client = connect_redis(broker_url)
        self._ledger = Ledger(self._client)

    def publish(self, task: str, news: Progress) -> None:
        """Tell news to the coordinator of a task; news may be lost, results not."""
        with suppress(redis.RedisError, OSError):
            self._client.publish(name_news_channel(task), news.model_dump_json())

    def claim(self, task: str) -> AbstractContextManager[bool]:
        """Take a task, if it is wanted and nobody is at it."""
        return self._ledger.claim(task, name_worker())


def serve(settings: Settings, queues: Sequence[str], concurrency: int) -> int:
    """Work until told to stop; return the exit code.

    Each job runs in a process of its own pool: one that is killed takes no other job with it.

    Raises:
        UsageError: the broker's address or the mirror is invalid.
        NetworkFailure: the broker does not answer.
        EngineFailure: no engine answers.
        StorageFailure: our disk is nearly full.

    """
    broker = settings.broker_url or ""
    connect(broker).close()
    with prepare_services(settings):
        pass  # what a worker needs is there, and what dead ones left is gone

    def begin(**_: object) -> None:
        line = Line(broker)
        RUNTIME.use(None, line.publish, line.claim)
        with suppress(CheckerError):
            sweep(RUNTIME.services())

    def ready(**_: object) -> None:
        sys.stderr.write(f"checker: ready for {', '.join(queues)}, {concurrency} jobs at once\n")

    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_ready.connect(ready, weak=False)
    warnings.simplefilter("ignore", SecurityWarning)  # root mounts disk limits; strangers' code never runs as root
    worker = Worker(
        app=make_app(broker),
        hostname=f"checker-{os.getpid()}@{socket.gethostname()}",
        pool="prefork",
        concurrency=concurrency,
        queues=list(queues),
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)
