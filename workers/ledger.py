"""Records what Celery over Redis does not: whether a job is still wanted, and whether its worker is alive.

Two keys for each task. `job` is written by the coordinator when it hands the task out, and removed when the
result is home: a message without it is a leftover, and dropped. `alive` is held by the worker that is at the
task, renewed while it lives: a second delivery finds it and is dropped; where it has run out before a result
came, the worker has died.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from enum import StrEnum

import redis

#: How long a worker that gives no sign of life counts as alive.
LEASE = timedelta(seconds=30)

BEAT = timedelta(seconds=5)
KEPT = timedelta(days=3)

WAITING, TAKEN = b"waiting", b"taken"


class JobState(StrEnum):
    """What has become of a task that has no result yet."""

    WAITING = "waiting"
    RUNNING = "running"
    DIED = "died"
    LOST = "lost"


class Ledger:
    """The book that coordinators and workers keep in the broker's Redis."""

    def __init__(self, client: redis.Redis, lease: timedelta = LEASE, beat: timedelta = BEAT) -> None:
        self._client = client
        self._lease, self._beat = lease, beat

    # ------------------------------------------------------------ the coordinator's side

    def offer(self, task: str) -> None:
        """Say that a task is wanted; one that is taken stays so."""
        self._client.set(_name_job_key(task), WAITING, ex=KEPT, nx=True)

    def forget(self, task: str) -> None:
        """Say that a task is not wanted any more."""
        self._client.delete(_name_job_key(task), _name_alive_key(task))

    def read_states(self, tasks: Iterable[str]) -> dict[str, JobState]:
        """Return the states of tasks."""
        names = list(tasks)
        keys = [key for task in names for key in (_name_job_key(task), _name_alive_key(task))]
        values = self._client.mget(keys) if keys else []
        pairs = zip(values[::2], values[1::2], strict=True)
        return {task: _state(job, alive) for task, (job, alive) in zip(names, pairs, strict=True)}

    # ------------------------------------------------------------ the worker's side

    @contextmanager
    def claim(self, task: str, worker: str) -> Iterator[bool]:
        """Take a task for the time of the block; False where nobody wants it, or somebody is at it."""
        if not self._take(task, worker):
            yield False
            return
        ended = threading.Event()
        beating = threading.Thread(target=self._keep, args=(task, worker, ended), daemon=True)
        beating.start()
        try:
            yield True
        finally:
            ended.set()
            beating.join(self._beat.total_seconds())
            with suppress(redis.RedisError, OSError):
                # The result is stored a moment after this block; until then the worker counts as alive.
                self._client.set(_name_alive_key(task), worker, px=self._lease)

    def _take(self, task: str, worker: str) -> bool:
        if self._client.get(_name_job_key(task)) is None:
            return False
        if not self._client.set(_name_alive_key(task), worker, px=self._lease, nx=True):
            return False
        return bool(self._client.set(_name_job_key(task), TAKEN, ex=KEPT, xx=True))

    def _keep(self, task: str, worker: str, ended: threading.Event) -> None:
        while not ended.wait(self._beat.total_seconds()):
            with suppress(redis.RedisError, OSError):
                self._client.set(_name_alive_key(task), worker, px=self._lease)


def _state(job: object, alive: object) -> JobState:
    if job is None:
        return JobState.LOST
    if alive is not None:
        return JobState.RUNNING
    return JobState.DIED if job == TAKEN else JobState.WAITING


def _name_job_key(task: str) -> str:
    return f"checker:job:{task}"


def _name_alive_key(task: str) -> str:
    return f"checker:alive:{task}"
