"""The coordinator's queue over Celery, embedded in this process; `workers.broker` has the one over Redis."""

from __future__ import annotations

import queue
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery

from checker.check import Services
from checker.core.values.results import Progress
from checker.nights.jobs import Job, JobKind, Outcome
from workers.app import make_app
from workers.embedded import end_programs, run_embedded_worker
from workers.runtime import RUNTIME

PROBES_AT_ONCE = 8
MAX_NEWS = 10_000

#: How long jobs that were told to stop may take to remove their containers and files.
GRACE_SECONDS = 2.0

#: How long they may take after that; what is left then is swept at the next start.
LEAVE_SECONDS = 8.0

ENDED = frozenset({"SUCCESS", "FAILURE", "REVOKED"})


class CeleryQueue:
    """Jobs out by name, results home by polling their ids: no chord, no callback that could get lost.

    A result is forgotten by the broker when the next ones are asked for: by then it has been saved.
    """

    poll_seconds = 0.03

    def __init__(self, app: Celery, workers: int, name: str) -> None:
        """Take jobs for an application; `name` keeps the tasks of one run apart from all others."""
        self.workers = workers
        self._app = app
        self._name = name
        self._waiting: dict[str, Job] = {}
        self._home: list[str] = []
        self._news: queue.SimpleQueue[Progress] = queue.SimpleQueue()

    def submit(self, job: Job) -> None:
        """Hand out a job under its own id; see `checker.nights.jobs.Queue`."""
        task = self._send_task(job)
        self._send(task, job)
        self._waiting[task] = job

    def _send_task(self, job: Job) -> str:
        return f"{self._name}/{job.id}"

    def _send(self, task: str, job: Job) -> None:
        self._app.send_task(f"checker.{job.kind}", args=(job.model_dump_json(),), task_id=task)

    def collect(self, seconds: float) -> Iterable[Outcome]:
        """Return finished jobs; see `checker.nights.jobs.Queue`."""
        deadline = time.monotonic() + seconds
        self._forget_home()
        while True:
            home = self._look()
            if home or time.monotonic() >= deadline:
                return home
            time.sleep(self.poll_seconds)

    def _look(self) -> list[Outcome]:
        """Return what has ended since the last look."""
        return [outcome for task in list(self._waiting) if (outcome := self._take_result(task)) is not None]

    def _take_result(self, task: str) -> Outcome | None:
        """Take the result of one task, if it has ended."""
        meta = self._app.backend.get_task_meta(task)
        if meta["status"] not in ENDED:
            return None
        outcome = read_result(self._waiting[task], meta)
        del self._waiting[task]
        self._home.append(task)
        return outcome

    def _forget_home(self) -> None:
        """Let the broker forget results that have been saved meanwhile."""
        while self._home:
            self._forget(self._home[-1])
            self._home.pop()

    def _forget(self, task: str) -> None:
        self._app.backend.forget(task)

    def tell(self, task: str, news: Progress) -> None:
        """Take one line of news from a worker."""
        if self._news.qsize() < MAX_NEWS:
            self._news.put(news)

    def take_news(self) -> Iterable[Progress]:
        """Return the news that came in; see `checker.nights.jobs.Queue`."""
        while True:
            try:
                yield self._news.get_nowait()
            except queue.Empty:
                return


def read_result(job: Job, meta: dict[str, Any]) -> Outcome:
    """Return what Celery knows of a task that ended; a task that failed is a failure of the checker."""
    if meta["status"] == "SUCCESS":
        return Outcome.model_validate(meta["result"]).model_copy(update={"job_id": job.id})
    error = meta.get("result")
    failure = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error)
    return Outcome(job_id=job.id, failure=failure[:500], trace=str(meta.get("traceback") or ""))


@contextmanager
def open_embedded_queue(services: Services, jobs: int) -> Iterator[CeleryQueue]:
    """Start a worker of our own in this process, over an in-memory broker.

    Leaving ends the jobs that still run: their containers first, then the programs they wait for.
    """
    suffix = f"-{uuid.uuid4().hex[:8]}"
    app = make_app(suffix=suffix)
    carrier = CeleryQueue(app, jobs, uuid.uuid4().hex[:12])
    RUNTIME.use(services, carrier.tell)
    try:
        with run_embedded_worker(app, jobs + PROBES_AT_ONCE, [kind.value + suffix for kind in JobKind]):
            try:
                yield carrier
            finally:
                _end_jobs(services)
    finally:
        RUNTIME.use(None)


def _end_jobs(services: Services) -> None:
    """End the jobs that still run: their containers first, after a moment the programs that they wait for."""
    RUNTIME.stop.set()
    services.stop()
    if RUNTIME.wait_idle(GRACE_SECONDS):
        return
    end_programs()
    services.stop()
    RUNTIME.wait_idle(LEAVE_SECONDS)
