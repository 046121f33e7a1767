"""The state of a worker process: its services, where it reports progress, and which jobs are still wanted."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from checker.check import Services
from checker.core.errors import Inconclusive
from checker.core.settings import Settings
from checker.core.values.results import Progress
from checker.services import open_services

#: Lines of output are passed on ten times a second at most: a step may print millions.
LINE_SECONDS = 0.1

#: Takes the name of a task and its news.
Publish = Callable[[str, Progress], None]

#: Takes the name of a task; gives False where nobody wants it done, or somebody is at it.
Claim = Callable[[str], AbstractContextManager[bool]]


class Stopped(Inconclusive):
    """The check was ended by its user."""


@dataclass
class Work:
    """One task that is being carried out."""

    runtime: Runtime
    task: str
    thread: int = field(default_factory=threading.get_ident)
    last: tuple[str, float] = ("", 0.0)
    held: Progress | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def services(self) -> Services:
        """Return the services under this worker's name; see `Runtime.services`."""
        return self.runtime.services()

    def tell(self, news: Progress) -> None:
        """Pass news on; ends the check where the checker is to stop.

        Raises:
            Stopped: the checker stops (in the thread of the check alone, never in one that reads its output).

        """
        if self.runtime.stop.is_set() and threading.get_ident() == self.thread:
            raise Stopped("the checker was stopped")
        with self.lock:
            activity, at = self.last
            if news.line and news.activity == activity and time.monotonic() - at < LINE_SECONDS:
                self._hold(news)
                return
            self.last, self.held = (news.activity, time.monotonic()), None
        self.runtime.publish(self.task, news)

    def _hold(self, news: Progress) -> None:
        """Keep the newest line back for a moment: it may be the last before a long silence."""
        if self.held is None:
            timer = threading.Timer(LINE_SECONDS, self._release)
            timer.daemon = True
            timer.start()
        self.held = news

    def _release(self) -> None:
        with self.lock:
            news, self.held = self.held, None
            if news is None or news.activity != self.last[0]:
                return
            self.last = (news.activity, time.monotonic())
        self.runtime.publish(self.task, news)


class Runtime:
    """Services made once per process, on first use; the embedded queue sets them instead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._services: Services | None = None
        self._pid = 0
        self.publish: Publish = _discard_news
        self.claim: Claim = _accept_always
        self.stop = threading.Event()
        self._busy = 0
        self._changed = threading.Condition()

    def use(self, services: Services | None, publish: Publish | None = None, claim: Claim | None = None) -> None:
        """Work with these services (None: make them on first use), tell news there, ask there what is wanted."""
        with self._lock:
            self._services, self._pid = services, os.getpid()
            self.publish = publish or _discard_news
            self.claim = claim or _accept_always
            self.stop = threading.Event()

    def services(self) -> Services:
        """Return the services under the name of the worker that asks.

        Raises:
            CheckerError: the engine, the interpreters or the settings are not what a worker needs.

        """
        with self._lock:
            if self._services is None or self._pid != os.getpid():
                self._services, self._pid = open_services(Settings.from_environment()), os.getpid()
            return replace(self._services, worker=name_worker())

    @contextmanager
    def carry_out(self, task: str) -> Iterator[Work | None]:
        """Carry out a task inside the block; yields None where it is no longer wanted."""
        with self.claim(task) as wanted, self._count_task():
            yield Work(self, task) if wanted else None

    @contextmanager
    def _count_task(self) -> Iterator[None]:
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until no task is being carried out; whether that came about in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, seconds)


def name_worker() -> str:
    """Name the worker's thread, or its process where it has one to itself."""
    thread = threading.current_thread()
    if thread is threading.main_thread():
        return f"{os.uname().nodename}:{os.getpid()}"
    return thread.name


def _discard_news(task: str, news: Progress) -> None:
    """Nobody listens."""


def _accept_always(task: str) -> AbstractContextManager[bool]:
    """Everything that comes is wanted."""
    return nullcontext(True)


RUNTIME = Runtime()
