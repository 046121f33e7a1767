"""A SPARQL endpoint for any web server: query text and `Accept` in; status, content type and bytes out.

    endpoint = Endpoint(results / "checker.sqlite")          # once, at the start of the server
    try:
        query = read_request(method, query_string, content_type, body)     # SPARQL 1.1 protocol
        reply = endpoint.answer(query, accept)
    except Refused as refused:
        reply = refusal(refused)
    ...                                                      # send reply.status, reply.content_type, reply.body
    endpoint.close()                                         # at its end

`answer` blocks for as long as its limits allow: call it in a thread. It may be called from many at once; at most
`at_once` queries run, each in a process of its own without network, the others wait a little and are then told to
come back (503). The graph is brought up to date beside the requests, at most every `refresh_seconds`; a request
waits for that only where there is no graph yet. Nothing is ever written by a query.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import IO, NamedTuple

from pyoxigraph import RdfFormat

from checker.core.data_files import read_text
from checker.core.errors import CheckerError, UsageError
from checker.core.text import join_lines
from checker.reports.linked_data.endpoint.answers import WRITERS, Answer, Kind, write_rdf
from checker.reports.linked_data.endpoint.protocol import Refused, choose, read_request
from checker.reports.linked_data.endpoint.query import Asker, Limits, TookTooLong, TooMuch
from checker.reports.linked_data.graph.graph import Graph, lease

__all__ = ["ENDPOINT_LIMITS", "Endpoint", "Refused", "Reply", "make_refusal", "read_request"]

ENDPOINT_LIMITS = Limits(seconds=10, rows=10_000, size=16 * 1024**2)

ROW_TYPES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/plain": "table",
}
GRAPH_TYPES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}

#: What the service says of itself where it is not asked anything (SPARQL 1.1 Service Description).
DESCRIPTION = read_text("checker.reports.linked_data.endpoint", "service.ttl").encode()


class Reply(NamedTuple):
    """What goes back to the client."""

    status: int
    content_type: str
    body: bytes


def make_refusal(refused: Refused) -> Reply:
    """Return the reply to a request that is not answered."""
    return _reply_plainly(refused.status, str(refused))


def _reply_plainly(status: int, line: str) -> Reply:
    return Reply(status, "text/plain; charset=utf-8", f"{join_lines(line, 500)}\n".encode("utf-8", "replace"))


def _find_status(error: CheckerError) -> int:
    match error:
        case TookTooLong():
            return 504
        case TooMuch():
            return 413
        case UsageError():
            return 400
    return 503


class _Ready(NamedTuple):
    """A process that waits for a query, with the folder it reads and the lease on that."""

    asker: Asker
    lease: IO[str]

    def close(self) -> None:
        self.asker.close()
        self.lease.close()


class Endpoint:
    """The endpoint over one store (how to mount it: see the top of this module)."""

    def __init__(
        self,
        store: Path,
        limits: Limits = ENDPOINT_LIMITS,
        *,
        at_once: int = 2,
        refresh_seconds: float = 30.0,
        patience: float = 5.0,
    ) -> None:
        self._graph, self._limits = Graph(store), limits
        self._refresh_seconds, self._patience = refresh_seconds, patience
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._ready: list[_Ready] = []
        self._folder: Path | None = None
        self._failure: CheckerError | None = None
        self._refreshing: threading.Thread | None = None
        self._asked_at = float("-inf")
        self._closed = False

    def answer(self, query: str, accept: str | None = None) -> Reply:
        """Answer a query in the format that is accepted best; never raises.

        200 with the answer, or with the description of the service where `query` is blank; 400 for what is no
        query, changes something, calls other hosts or gives more rows than the limit; 406; 413 for an answer of
        more bytes than the limit; 503 where all places are taken, the graph is still being made, or the checker
        fails; 504 for what takes too long.
        """
        if not query.strip():
            return Reply(200, "text/turtle; charset=utf-8", DESCRIPTION)
        if not self._places.acquire(timeout=self._patience):
            return _reply_plainly(503, "all places are taken; try again in a few seconds")
        try:
            return self._write(self._ask(query), accept)
        except CheckerError as error:
            return _reply_plainly(_find_status(error), str(error))
        finally:
            self._places.release()

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            waiting, self._ready = self._ready, []
        for ready in waiting:
            ready.close()

    def _ask(self, query: str) -> Answer:
        ready = self._take(self._current())
        try:
            return ready.asker.ask(query, self._limits)
        finally:
            with self._lock:
                keep = not self._closed and ready.asker.folder == self._folder
                if keep:
                    self._ready.append(ready)
            if not keep:
                ready.close()

    def _take(self, folder: Path) -> _Ready:
        """Return a waiting process over the folder, or a new one; those over an older folder are ended."""
        with self._lock:
            fitting = [ready for ready in self._ready if ready.asker.folder == folder]
            old = [ready for ready in self._ready if ready.asker.folder != folder]
            self._ready = fitting[1:]
        for ready in old:
            ready.close()
        if fitting:
            return fitting[0]
        held = lease(folder)
        if held is None:
            raise CheckerError("the graph has just been made anew; try again")
        return _Ready(Asker(folder), held)

    def _current(self) -> Path:
        """Return the folder that is read; where there is none yet, wait for it a while.

        Raises:
            CheckerError: there is no graph yet.

        """
        with self._lock:
            due = time.monotonic() - self._asked_at >= self._refresh_seconds or self._folder is None
            if due and (self._refreshing is None or not self._refreshing.is_alive()):
                self._asked_at = time.monotonic()
                self._refreshing = threading.Thread(target=self._refresh, daemon=True, name="graph-refresh")
                self._refreshing.start()
            refreshing, known = self._refreshing, self._folder
        if refreshing is not None:
            refreshing.join(self._patience if known is None else 0.5)
        if self._folder is None:
            raise self._failure or CheckerError("the graph is still being made; try again in a minute")
        return self._folder

    def _refresh(self) -> None:
        try:
            self._folder, self._failure = self._graph.refresh(), None
        except CheckerError as error:
            self._failure = error
        except Exception as error:
            self._failure = CheckerError(f"the graph cannot be made: {type(error).__name__}: {error}")

    def _write(self, answer: Answer, accept: str | None) -> Reply:
        if answer.cut:
            return _reply_plainly(400, f"the answer has more than {self._limits.rows:,} rows; add LIMIT")
        offered = list(GRAPH_TYPES if answer.kind is Kind.TRIPLES else ROW_TYPES)
        media = choose(accept, offered)
        if media is None:
            return _reply_plainly(406, f"offered: {', '.join(offered)}")
        body = (
            write_rdf(answer, GRAPH_TYPES[media])
            if answer.kind is Kind.TRIPLES
            else WRITERS[ROW_TYPES[media]](answer)
        )
        return Reply(200, f"{media}; charset=utf-8" if media.startswith("text/") else media, body)
