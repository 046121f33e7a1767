"""Handles Ctrl-C and similar signals: the first ends the work in good order, the second ends the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)


class Interrupted(BaseException):
    """The user ended the work; as little an error as KeyboardInterrupt."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__(text)
        self.exit_code = 128 + number


@contextmanager
def call_on_stop(stop: Callable[[int], None]) -> Iterator[None]:
    """Call `stop` with the number of the first signal inside the block; a second one ends the process at once.

    Signals can be caught in the main thread alone; elsewhere nothing is changed.
    """
    seen: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if seen:
            os._exit(128 + number)  # what is left behind is swept at the next start
        seen.append(number)
        stop(number)

    before = {}
    with suppress(ValueError):
        before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
