"""Asking a graph in a process of its own, within limits that hold whatever the query does."""

from __future__ import annotations

import pickle
import subprocess
import threading
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from checker.core.errors import EngineFailure, UsageError
from checker.core.own_program import ROOT, make_own_command
from checker.core.text import join_lines
from checker.core.values.base import Value
from checker.reports.linked_data.endpoint.answers import Answer
from checker.reports.linked_data.endpoint.child import READY
from checker.reports.linked_data.endpoint.query_guard import refuse_what_is_not_reading


class Limits(Value):
    """What one query may take: wall-clock seconds, and rows or triples and bytes of its answer."""

    seconds: float = 30.0
    rows: int = 100_000
    size: int = 256 * 1024**2


#: How long a process may take to open the graph.
START_SECONDS = 60.0


class _Ended(Enum):
    """Why a process said nothing: it was stopped for being late, or ended by itself."""

    LATE = auto()
    ITSELF = auto()


class TookTooLong(UsageError):
    """The query was stopped at its time limit."""


class TooMuch(UsageError):
    """The answer has more bytes than the limit allows."""


class Asker:
    """One process over one folder; it answers one query after the other, and is made anew after it was killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, query: str, limits: Limits) -> Answer:
        """Answer a query.

        Raises:
            UsageError: it does more than read, is no SPARQL, or asks for more than the limits allow.
            EngineFailure: the process ended for another reason.

        """
        refuse_what_is_not_reading(query)
        process = self._start()
        found = self._exchange(process, (query, limits.rows, limits.size, limits.seconds), limits.seconds)
        if found is _Ended.LATE:
            raise TookTooLong(f"query: stopped after {limits.seconds:g} s; ask for less")
        if found is _Ended.ITSELF:
            raise EngineFailure("query: the process that ran it ended, most likely for want of memory")
        if isinstance(found, Answer):
            return found
        kind, message = cast("tuple[str, str]", found)
        if kind == "engine":
            raise EngineFailure(f"query: {join_lines(message, 300)}")
        raise (TooMuch if kind == "size" else UsageError)(f"query: {join_lines(message, 300)}")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            argv = make_own_command("checker.reports.linked_data.endpoint.child", str(self.folder.absolute()))
            self._process = subprocess.Popen(
                argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            if self._exchange(self._process, None, START_SECONDS) != READY:
                raise EngineFailure("query: the process that would run it does not start")
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], question: object, seconds: float) -> object:
        """Return what the process says to a question (None: unasked), or how it ended instead."""
        late = threading.Event()
        timer = threading.Timer(seconds, _stop, (process, late))
        timer.start()
        try:
            if question is not None and process.stdin is not None:
                pickle.dump(question, process.stdin)
                process.stdin.flush()
            return pickle.load(process.stdout) if process.stdout else None  # noqa: S301 - our own process
        except (EOFError, OSError, pickle.UnpicklingError):
            self.close()
            return _Ended.LATE if late.is_set() else _Ended.ITSELF
        finally:
            timer.cancel()


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()
