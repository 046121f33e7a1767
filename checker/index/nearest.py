"""Finds the release nearest to one that lacks a part which has it, looking into few of them; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

R = TypeVar("R")

#: Releases that are looked into at most. Ten strides that double reach over a thousand; as many again find
#: the nearest between two strides; the rest looks into the widest gaps for a part that came and went.
MOST = 32


class _Spent(Exception):
    """So many releases were looked into that the search ends."""


def find_nearest(releases: Sequence[R], at: int, has: Callable[[R], bool | None]) -> tuple[int, bool] | None:
    """Return the index of the release nearest to `at` (oldest first) that has a part, and whether it is newer.

    Older ones come first: code that asks for a name was written when it was there. A release that does not tell
    counts as lacking the part. None where none of those that were looked into has it.
    """
    known: dict[int, bool] = {at: False}

    def look(index: int) -> bool:
        if index not in known:
            if len(known) > MOST:
                raise _Spent
            known[index] = has(releases[index]) is True
        return known[index]

    try:
        for step, end in ((-1, 0), (1, len(releases) - 1)):
            having = _stride(at, step, end, look)
            if having is None and step < 0:
                having = _fill_gaps(at, known, look)
            if having is not None:
                return _narrow(having, at, known, look), step > 0
    except _Spent:
        return None
    return None


def _stride(at: int, step: int, end: int, look: Callable[[int], bool]) -> int | None:
    """Go away from `at` in strides that double until a release has the part, or the end is reached."""
    index, stride = at, 1
    while index != end:
        index = max(end, index - stride) if step < 0 else min(end, index + stride)
        stride *= 2
        if look(index):
            return index
    return None


def _fill_gaps(at: int, known: dict[int, bool], look: Callable[[int], bool]) -> int | None:
    """Look into the middle of the widest gap among the older releases, again and again: half of the budget."""
    while len(known) < MOST // 2:
        older = sorted(index for index in known if index <= at)
        width, low = max(((b - a, a) for a, b in pairwise(older)), default=(0, 0))
        if width < 2:
            return None
        middle = low + width // 2
        if look(middle):
            return middle
    return None


def _narrow(having: int, at: int, known: dict[int, bool], look: Callable[[int], bool]) -> int:
    """Halve the distance between a release that has the part and the nearest one towards `at` that lacks it."""
    toward = 1 if at > having else -1
    lacking = min(
        (i for i, held in known.items() if not held and (i - having) * toward > 0), key=lambda i: abs(i - having)
    )
    while abs(having - lacking) > 1:
        middle = (having + lacking) // 2
        if look(middle):
            having = middle
        else:
            lacking = middle
    return having
