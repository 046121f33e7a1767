"""The proxy of one attempt: behind a Unix socket, to the hosts that it may reach, with bounds and a record."""

from __future__ import annotations

import asyncio
import hmac
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from checker.sandbox.egress.dial import BUFFER_BYTES, Dialler, Line, Refused, Unreachable
from checker.sandbox.egress.http import (
    ESTABLISHED,
    HEAD_BYTES,
    BadRequest,
    Request,
    answer,
    read_request,
    write_address,
)
from checker.sandbox.egress.policy import Reach
from checker.sandbox.egress.refusals import BACKLOG, Bounds, Event

#: How long a client may take to say what it wants.
HEAD_SECONDS = 30

#: How long a connection may carry nothing: a git server packs for minutes before its first byte.
IDLE_SECONDS = 300

#: Events that are kept between two steps; more of them say nothing new.
EVENTS = 100


#: The least that a connection gets: a late one gets an answer instead of just being cut.
ANSWER_SECONDS = 1.0


@dataclass
class _Clock:
    """When bytes last passed, in either direction."""

    last: float


class Proxy:
    """Serves one attempt from a thread of its own; `close` ends every connection."""

    def __init__(
        self,
        listener: socket.socket,
        reach: Reach,
        dialler: Dialler,
        bounds: Bounds | None = None,
        login: str | None = None,
    ) -> None:
        """Serve whoever connects to the listener; with a `login`, whoever has it (`Proxy-Authorization`)."""
        self._reach = reach
        self._dialler = dialler
        self._bounds = bounds or Bounds()
        self._deadline = time.monotonic() + self._bounds.seconds
        self._left = self._bounds.bytes_
        self._made = 0
        self._slots = asyncio.Semaphore(self._bounds.connections)
        self._greeted = False
        self._events: dict[Event, None] = {}
        self._guard = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)  # a client that breaks off is no news
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._login = login
        self._listener = listener
        self._thread = threading.Thread(target=self._serve, name="proxy", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving, cut every connection, and wait for the thread's end."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._dialler.close()

    def take(self) -> tuple[bool, tuple[Event, ...]]:
        """Return whether anybody came since the last call, and what was not done since."""
        with self._guard:
            found, self._events = tuple(self._events), {}
            greeted, self._greeted = self._greeted, False
        return greeted, found

    # ------------------------------------------------------------ the thread

    def _serve(self) -> None:
        try:
            self._loop.run_until_complete(self._serve_until_stopped())
        finally:
            self._listener.close()
            self._loop.close()

    async def _serve_until_stopped(self) -> None:
        unix = self._listener.family == socket.AF_UNIX
        start = asyncio.start_unix_server if unix else asyncio.start_server
        server = await start(self._accept, sock=self._listener, limit=BUFFER_BYTES, backlog=BACKLOG)
        await self._stop.wait()
        server.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= 2 * self._bounds.connections:
            self._note("bound", "all hosts", f"more than {2 * self._bounds.connections} open connections")
            writer.transport.abort()
            return
        task = self._loop.create_task(self._serve_client(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._guard:
            self._greeted = True
        line: Line | None = None
        held = False
        try:
            left = max(ANSWER_SECONDS, self._deadline - time.monotonic())
            async with asyncio.timeout(left):
                request = await self._read_request(reader, writer)
                if request is not None:
                    held = await self._has_slot(request, writer)
                if request is not None and held:
                    line = await self._dial(request, writer)
                if request is not None and line is not None:
                    await self._carry(request, line, reader, writer)
        except TimeoutError:
            self._note("bound", "all hosts", f"more than {self._bounds.seconds:.0f} seconds in one attempt")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            if held:
                self._slots.release()
            writer.close()
            if line is not None:
                line.writer.close()

    async def _has_slot(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Wait until a connection more is within the bound; False where that takes too long."""
        try:
            return await asyncio.wait_for(self._slots.acquire(), self._bounds.wait)
        except TimeoutError:
            why = f"more than {self._bounds.connections} connections at once"
            self._note("bound", write_address(request.end), why)
            await _say(writer, 503, "Service Unavailable", why)
            return False

    # ------------------------------------------------------------ one request

    async def _read_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
        """Read what a client wants; None where it is not served."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
            if len(head) > HEAD_BYTES:
                raise BadRequest("a head that does not end")
            request = read_request(head)
        except (asyncio.IncompleteReadError, TimeoutError):
            return None
        except (BadRequest, asyncio.LimitOverrunError) as error:
            await _say(writer, 400, "Bad Request", str(error))
            return None
        if self._login is not None and not hmac.compare_digest(request.login.encode(), self._login.encode()):
            await _say(writer, 407, "Proxy Authentication Required", "this proxy serves one client")
            return None
        self._made += 1
        if (why := self._explain_bound()) is not None:
            self._note("bound", write_address(request.end), why)
            await _say(writer, 503, "Service Unavailable", why)
            return None
        if (why := self._reach.explain_refusal(request.end)) is not None:
            self._note("refused", write_address(request.end), why)
            await _say(writer, 403, "Forbidden", f"not let through by the checker: {why}")
            return None
        return request

    def _explain_bound(self) -> str | None:
        """Say which bound a new connection would pass, or None."""
        bounds = self._bounds
        if self._made > bounds.in_all:
            return f"more than {bounds.in_all} connections in one attempt"
        if self._left < 0:
            return f"more than {bounds.bytes_} bytes in one attempt"
        return (
            None if time.monotonic() < self._deadline else f"more than {bounds.seconds:.0f} seconds in one attempt"
        )

    async def _dial(self, request: Request, writer: asyncio.StreamWriter) -> Line | None:
        """Open a connection to a host; None, after answering the client, where that fails."""
        name, vouched = write_address(request.end), self._reach.is_vouched(request.end)
        try:
            return await self._dialler.connect(request.end, vouched=vouched, tunnel=request.is_tunnel)
        except Refused as error:
            self._note("refused", name, str(error), vouched)
            await _say(writer, 403, "Forbidden", f"not let through by the checker: {error}")
            return None
        except Unreachable as error:
            self._note("unreachable", name, str(error), vouched)
            await _say(writer, 502, "Bad Gateway", str(error))
            return None

    async def _carry(
        self, request: Request, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass everything on, in both directions, until both have ended."""
        if request.is_tunnel:
            writer.write(ESTABLISHED)
        elif line.upstream is not None:
            line.writer.write(request.write_for_upstream(line.upstream.authorization))
        else:
            line.writer.write(request.head or b"")
        clock = _Clock(time.monotonic())
        length = None if request.is_tunnel else request.body
        there = asyncio.ensure_future(self._pass_bytes(request, clock, reader, line.writer, length))
        back = asyncio.ensure_future(self._pass_bytes(request, clock, line.reader, writer, None))
        pending = {there, back}
        try:
            while pending and (request.is_tunnel or back in pending):
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for pump in done:
                    pump.result()
        except OSError:
            writer.transport.abort()
            line.writer.transport.abort()
        finally:
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)

    async def _pass_bytes(
        self,
        request: Request,
        clock: _Clock,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        length: int | None,
    ) -> None:
        """Pass bytes on in one direction until their end, `length` of them at most, within the attempt's bound."""
        while length is None or length > 0:
            try:
                data = await asyncio.wait_for(source.read(min(length or BUFFER_BYTES, BUFFER_BYTES)), IDLE_SECONDS)
            except TimeoutError:
                if time.monotonic() - clock.last >= IDLE_SECONDS:
                    raise ConnectionAbortedError("nothing came for too long") from None
                continue
            if not data:
                break
            clock.last = time.monotonic()
            self._left -= len(data)
            length = None if length is None else length - len(data)
            if self._left < 0:
                self._note(
                    "bound", write_address(request.end), f"more than {self._bounds.bytes_} bytes in one attempt"
                )
                raise ConnectionAbortedError("too many bytes")
            target.write(data)
            await target.drain()
        if length is None and target.can_write_eof():
            target.write_eof()

    def _note(
        self, kind: Literal["refused", "unreachable", "bound"], host: str, why: str, vouched: bool = False
    ) -> None:
        with self._guard:
            if len(self._events) < EVENTS:
                self._events[Event(kind=kind, host=host, why=why, vouched=vouched)] = None


async def _say(writer: asyncio.StreamWriter, status: int, reason: str, text: str) -> None:
    writer.write(answer(status, reason, text))
    await writer.drain()
