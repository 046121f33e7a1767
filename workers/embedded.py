"""A Celery worker in this process: started in a thread, and left quickly."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from celery import Celery
from celery.worker import WorkController, state

READY_SECONDS = 60
LEAVE_SECONDS = 8.0
TURN_SECONDS = 0.05


@contextmanager
def run_embedded_worker(app: Celery, concurrency: int, queues: list[str]) -> Iterator[None]:
    """Run a worker on a pool of threads inside the block; leaving does not wait for jobs that still run."""
    app.finalize()
    app.set_current()
    app.set_default()
    for name in ("celery.app.trace", "celery.worker", "celery.pool", "kombu"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # failures are returned as results
    ready = threading.Event()
    worker = WorkController(
        app=app,
        hostname=f"embedded@{os.getpid()}",
        concurrency=concurrency,
        pool="threads",
        queues=queues,
        loglevel="CRITICAL",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        ready_callback=lambda consumer: ready.set(),
    )
    thread = threading.Thread(target=worker.start, name="embedded-worker", daemon=True)
    thread.start()
    if not ready.wait(READY_SECONDS):
        raise RuntimeError("the embedded worker does not start")
    try:
        yield
    finally:
        _leave(app, thread)


def _leave(app: Celery, thread: threading.Thread) -> None:
    """End the worker: its loop sleeps two seconds at a time, so messages wake it until it has seen the flag."""
    state.should_terminate = 0
    try:
        deadline = time.monotonic() + LEAVE_SECONDS
        while thread.is_alive() and time.monotonic() < deadline:
            app.control.broadcast("heartbeat")
            thread.join(TURN_SECONDS)
    finally:
        state.should_terminate = None


def end_programs() -> None:
    """Kill the programs that this process started (git, uv) and that are still there."""
    for child in _list_descendants(os.getpid()):
        with suppress(OSError):
            os.kill(child, signal.SIGKILL)


def _list_descendants(pid: int) -> list[int]:
    """Return the processes below one, as the kernel lists them; none where it does not."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError, ValueError):
            for child in path.read_text().split():
                found += [*_list_descendants(int(child)), int(child)]
    return found
