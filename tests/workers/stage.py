"""What the tests of the distributed checker stand on: a Redis of their own, worker processes, coordinators."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import playground
import redis

from checker.core.values.repositories import RepositoryId, Target
from checker.core.values.results import Check, Progress
from checker.nights.night import Night, NightOptions
from checker.store import Run, Store
from workers import broker
from workers.broker import BrokerQueue, open_broker_queue

LEASE = 3.0
"""Seconds after which the tests' workers count as dead."""

broker.SILENT_SECONDS = 2 * LEASE / 5  # two beats of theirs


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@dataclass
class RedisServer:
    """A server with its data in `folder`; `start(empty=True)` forgets everything it knew."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self, *, empty: bool = False) -> None:
        if empty:
            subprocess.run(["rm", "-rf", *self.folder.iterdir()], check=True)
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(self._answers)

    def _answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(self.client.ping())
        return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class WorkerProcess:
    """A worker and its pool, in a process group of their own."""

    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End all of it at once, as a power cut does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end when its jobs are done; return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@dataclass
class Stage:
    """One Redis, repositories that do what they say, and whoever works on them."""

    folder: Path
    server: RedisServer
    workers: list[WorkerProcess] = field(default_factory=list)

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def gate(self) -> Path:
        return self.folder / "gate"

    def repositories(self, acts: Mapping[str, str]) -> tuple[Target, ...]:
        playground.write_repositories(self.mirror, acts)
        return tuple(target(slug) for slug in acts)

    def open(self, name: str) -> None:
        """Let the repositories that wait for `name` go on."""
        (self.gate / name).touch()

    def starts(self) -> list[str]:
        """Return the repositories in the order in which they were begun, again and again."""
        return [slug for slug, _ in playground.starts(self.gate)]

    def worker(self, concurrency: int = 1, **more: str) -> WorkerProcess:
        """Start a worker; `more` are variables of its environment."""
        here = Path(__file__).parent
        words = (
            sys.executable,
            here / "play_worker.py",
            self.server.url,
            self.mirror,
            self.gate,
            concurrency,
            LEASE,
        )
        command = [str(word) for word in words]
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        env = {**os.environ, "PYTHONPATH": f"{here}:{here.parents[1]}", **more}
        started = WorkerProcess(subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True))
        self.workers.append(started)
        return started

    @contextmanager
    def coordinator(self, workers: int = 8, tries: int = 3) -> Iterator[Coordinator]:
        """Compose a coordinator in this process, as `checker run` does over a broker."""
        with Store.open(self.folder / "store.sqlite") as store:
            day = playground.DAY
            run = store.find_unfinished_run(day, ["play"]) or store.begin_run(
                day, inputs=["play"], checker_version="0"
            )
            with open_broker_queue(self.server.url, workers, f"run{run.id}", lambda line: None) as queue:
                options = NightOptions(tries=tries, backoff=0.1)
                yield Coordinator(store, run, queue, Night(store, run, queue, options))

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.server.kill()


@dataclass
class Coordinator:
    """A night over the stage's broker, and what it was told; it is its own watcher."""

    store: Store
    run: Run
    queue: BrokerQueue
    night: Night
    saved: list[Check] = field(default_factory=list)
    heard: list[Progress] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def carry_out(self, targets: tuple[Target, ...]) -> dict[str, Check]:
        self.night.carry_out(targets, self)
        return {check.target.repository.slug: check for check in self.store.load_checks(self.run).values()}

    def __call__(self, news: Progress) -> None:
        self.heard.append(news)

    def finished(self, check: Check) -> None:
        self.saved.append(check)

    def note(self, line: str) -> None:
        self.notes.append(line)

    def mistake(self, line: str, trace: str) -> None:
        self.notes.append(line)


def target(slug: str) -> Target:
    owner, name = slug.split("/")
    return Target(repository=RepositoryId(owner=owner, name=name))
