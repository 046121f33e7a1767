"""Calls between two processes over a socket: either side may call the other while it is being called.

A frame is the length of what follows, a kind, the name of what is called, and JSON. Nothing is ever unpickled.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import NamedTuple

_LENGTH = struct.Struct(">Q")

#: Bytes of one frame at most: all attempts of a check with their logs are a tenth of that.
MOST = 512 * 1024**2


class Kind(Enum):
    """What a frame is."""

    CALL = b"call"
    ANSWER = b"answer"
    FAULT = b"fault"


class Frame(NamedTuple):
    """One message; `name` is what is called, or the kind of a fault."""

    kind: Kind
    name: str
    body: bytes


class Fault(Exception):
    """What was called failed on the other side; `name` is the kind of failure, the message its traceback."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


#: Answers a call by its name: JSON in, JSON out.
Serve = Callable[[str, bytes], bytes]


class Channel:
    """One end of a conversation; `patience` is how many seconds the other side may still take (None: any)."""

    def __init__(self, end: socket.socket, serve: Serve, patience: float | None = None) -> None:
        self.patience = patience
        self._end = end
        self._serve = serve

    def call(self, name: str, body: bytes) -> bytes:
        """Call the other side and answer what it asks meanwhile; return its answer.

        Raises:
            Fault: the call failed there.
            TimeoutError: it took longer than `patience`, of which nothing is left then.
            OSError, EOFError: the other side is gone.
            ValueError: what came is no frame.

        """
        self._send(Frame(Kind.CALL, name, body))
        while True:
            frame = self._receive()
            if frame.kind is Kind.ANSWER:
                return frame.body
            if frame.kind is Kind.FAULT:
                raise Fault(frame.name, frame.body.decode("utf-8", "replace"))
            self._answer(frame)

    def serve_until_closed(self, explain: Callable[[Exception], tuple[str, str]]) -> None:
        """Answer calls until the other side closes; `explain` turns an exception into a fault."""
        while True:
            try:
                frame = self._receive()
            except EOFError:
                return
            try:
                self._answer(frame)
            except Exception as error:
                name, text = explain(error)
                self._send(Frame(Kind.FAULT, name, text.encode("utf-8", "replace")))

    def close(self) -> None:
        """End the conversation."""
        self._end.close()

    def _answer(self, frame: Frame) -> None:
        self._send(Frame(Kind.ANSWER, frame.name, self._serve(frame.name, frame.body)))

    def _send(self, frame: Frame) -> None:
        data = b"%b %b\n%b" % (frame.kind.value, frame.name.encode(), frame.body)
        with self._timed() as deadline:
            self._end.settimeout(_remaining(deadline))
            self._end.sendall(_LENGTH.pack(len(data)) + data)

    def _receive(self) -> Frame:
        with self._timed() as deadline:
            (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
            if length > MOST:
                raise ValueError(f"a frame of {length} bytes")
            head, _, body = self._read(length, deadline).partition(b"\n")
        kind, _, name = head.partition(b" ")
        return Frame(Kind(kind), name.decode(), body)

    def _read(self, size: int, deadline: float | None) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._end.settimeout(_remaining(deadline))
            piece = self._end.recv(min(size - len(data), 1024**2))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    @contextmanager
    def _timed(self) -> Iterator[float | None]:
        """Yield the moment when patience ends; what the block takes is taken from it."""
        began = time.monotonic()
        try:
            yield None if self.patience is None else began + self.patience
        finally:
            if self.patience is not None:
                self.patience = max(0.0, self.patience - (time.monotonic() - began))


def _remaining(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.001, deadline - time.monotonic())
