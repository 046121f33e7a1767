"""Asks again where a host fails or limits our rate: a few times, as long as it says, never past a bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from checker.hosts.answers import Answer

T = TypeVar("T")

MAX_TRIES = 3

#: Seconds before the second try where the host names none; doubled each time.
FIRST_WAIT = 1.0


def ask_with_retries(ask: Callable[[], T], answer: Callable[[T], Answer], max_wait: float) -> T:
    """Return what `ask` gives in the end; `answer` tells whether asking again may help.

    No wait is begun that would pass `max_wait` seconds in all: the last answer counts then.
    """
    deadline = time.monotonic() + max_wait
    for tries in range(1, MAX_TRIES + 1):
        given = ask()
        said = answer(given)
        wait = said.wait if said.wait is not None else FIRST_WAIT * 2 ** (tries - 1)
        if not said.again or tries == MAX_TRIES or time.monotonic() + wait > deadline:
            break
        time.sleep(wait)
    return given
