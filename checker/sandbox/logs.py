"""A step's output, bounded while it comes and cleaned before anybody reads it."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable

#: Characters of one line handed to a listener; a terminal shows no more.
LINE_LENGTH = 400

#: Seconds between two lines handed to a listener: a flood of output must not become a flood of messages.
LINE_INTERVAL = 0.1

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC strings
    r"|\x1b[ -/]*[0-~]?"  # the short ones
)
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"  # invisible or turning the direction of text
)


def clean(text: str) -> str:
    r"""Strip escape sequences and control characters; keep newlines and tabs.

    A line that was overwritten with carriage returns (a progress bar) keeps its last state only.
    """
    lines = _ESCAPES.sub("", text).split("\n")
    return _CONTROLS.sub("", "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def clean_bytes(data: bytes) -> str:
    """Decode UTF-8 with replacement characters for invalid bytes, then clean."""
    return clean(data.decode("utf-8", "replace"))


class BoundedLog:
    """Keeps the first and the last half of `limit` bytes, however much is written."""

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self.written = 0

    def write(self, data: bytes) -> None:
        """Take a piece of output."""
        self.written += len(data)
        if (room := self._half - len(self._head)) > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        data = data[-self._half :]
        self._tail.append(data)
        self._tail_bytes += len(data)
        while self._tail_bytes - len(self._tail[0]) >= self._half:
            self._tail_bytes -= len(self._tail.popleft())
        if len(self._tail) > 4096:
            self._tail = deque([b"".join(self._tail)])

    @property
    def cut(self) -> bool:
        """Whether something in the middle was dropped."""
        return self.written > len(self._head) + min(self._tail_bytes, self._half)

    def text(self) -> str:
        """Return what was kept, cleaned, with a line in place of what was dropped."""
        head, tail = bytes(self._head), b"".join(self._tail)[-self._half :]
        if not self.cut:
            return clean_bytes(head + tail)
        dropped = self.written - len(head) - len(tail)
        return f"{clean_bytes(head)}\n[… {dropped} bytes left out …]\n{clean_bytes(tail)}"


class LineFeed:
    """Hands the newest complete line of a stream to a listener, at most one each `LINE_INTERVAL` seconds."""

    def __init__(self, listener: Callable[[str], None] | None) -> None:
        self._listener = listener
        self._rest = b""
        self._next = 0.0

    def write(self, data: bytes) -> None:
        """Take a piece of output; a listener that raises is not called again."""
        if self._listener is None:
            return
        self._rest = (self._rest + data)[-4 * LINE_LENGTH :]
        *lines, rest = re.split(rb"[\r\n]+", self._rest)
        if not lines or time.monotonic() < self._next:
            return
        self._rest = rest
        line = next((text for raw in reversed(lines) if (text := clean_bytes(raw).strip())), "")
        if not line:
            return
        self._next = time.monotonic() + LINE_INTERVAL
        try:
            self._listener(line[:LINE_LENGTH])
        except Exception:  # a display that broke must not stop the step
            self._listener = None
