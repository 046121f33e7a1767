"""A worker process with the services of the playground.

usage: python play_worker.py BROKER MIRROR GATE CONCURRENCY LEASE

PLAY_SLOW_SECONDS makes every process of the pool take so long to begin, as on a busy machine.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import playground
from celery import signals
from celery.apps.worker import Worker

from checker.nights.jobs import JobKind
from workers.app import make_app
from workers.broker import connect_redis
from workers.ledger import Ledger
from workers.runtime import RUNTIME, name_worker
from workers.serve import Line


def main(broker: str, mirror: str, gate: str, concurrency: str, lease: str) -> None:
    services = playground.services(Path(mirror), Path(gate))

    def begin(**_: object) -> None:
        time.sleep(float(os.environ.get("PLAY_SLOW_SECONDS", "0")))
        ledger = Ledger(
            connect_redis(broker), timedelta(seconds=float(lease)), timedelta(seconds=float(lease) / 5)
        )

        def claim(task: str) -> AbstractContextManager[bool]:
            return ledger.claim(task, name_worker())

        RUNTIME.use(services, Line(broker).publish, claim)

    signals.worker_process_init.connect(begin, weak=False)
    Worker(
        app=make_app(broker),
        hostname=f"play-{os.getpid()}@{socket.gethostname()}",
        pool="prefork",
        concurrency=int(concurrency),
        queues=[kind.value for kind in JobKind],
        loglevel=os.environ.get("PLAY_LOG_LEVEL", "WARNING"),
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    ).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
