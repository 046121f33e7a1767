"""Texts that an expression has most work with, made from its own pieces, and how work grows with their length."""

from __future__ import annotations

import math
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

#: A repeat that goes on for longer than this can make work grow.
LONG = 40

#: Characters tried as members of every class, besides those that the pattern itself names.
USUAL = " \na0.-_/"

#: Characters of the texts that are compared, and of the one that says whether that is needed.
SHORT, MIDDLE, LONG_TEXT = 2_000, 6_000, 24_000

#: Seconds for the short text that an expression in proportion never takes; for all of them together at most.
UNNOTICED, SECONDS = 0.002, 5.0

#: Members of one class that are repeated, and texts for one expression, at most.
MOST_PUMPS, MOST_TEXTS = 6, 150

#: What no pattern expects after a text, so that it fails at its end.
ENDS = ("\x01", "")

_CATEGORIES = {
    op.CATEGORY_DIGIT: "0",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_WORD: "-",
}


def make_growing(pattern: str, flags: int) -> Iterator[Callable[[int], str]]:
    """Yield functions from a number of repetitions to a text: each repeats a piece that the pattern repeats."""
    made = list(_make_all(pattern, flags))
    yield from made[:: 1 + len(made) // MOST_TEXTS]


def _make_all(pattern: str, flags: int) -> Iterator[Callable[[int], str]]:
    parsed = _parser.parse(pattern, flags)
    seen: set[tuple[str, str]] = set()
    letters = "".join(dict.fromkeys(USUAL + "".join(_find_literals(parsed))))
    for before, body in _find_repeats(list(parsed), ""):
        for pump in _make_pumps(body, letters):
            for start, piece in ((before, pump), ("", before + pump), ("", pump)):
                if piece and (start, piece) not in seen:
                    seen.add((start, piece))
                    for end in ENDS:
                        yield lambda times, s=start, p=piece, e=end: s + p * times + e  # type: ignore[misc]


def _find_literals(items: Any) -> Iterator[str]:
    for kind, value in items:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            yield chr(value)
        elif kind is op.IN:
            for inner, held in value:
                if inner is op.LITERAL:
                    yield chr(held)
        for part in _list_parts(kind, value):
            yield from _find_literals(part)


def _list_parts(kind: Any, value: Any) -> list[Any]:
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind is op.BRANCH:
        return list(value[1])
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return []


def _find_repeats(items: list[Any], before: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield (a text that matches all before it, what is repeated) for every long repeat."""
    for kind, value in items:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[1] >= LONG:
            yield before, list(value[2])
        for part in _list_parts(kind, value):
            yield from _find_repeats(list(part), before)
        before += _sample([(kind, value)])


def _sample(items: Any) -> str:
    """Return a short text that the items match, assertions aside."""
    text = ""
    for kind, value in items:
        if kind is op.LITERAL:
            text += chr(value)
        elif kind is op.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif kind is op.ANY:
            text += "a"
        elif kind is op.IN:
            text += _choose(value)
        elif kind is op.BRANCH:
            text += _sample(value[1][0])
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            text += _sample(value[2]) * min(value[0], 5)
        elif kind not in (op.ASSERT, op.ASSERT_NOT):
            text += "".join(map(_sample, _list_parts(kind, value)))
    return text


def _choose(members: Any) -> str:
    """Return a character of a class."""
    (kind, value), *others = members
    if kind is op.NEGATE:
        return next((c for c in "aZ0 -\n~" if not _holds(others, c)), "\u00e9")
    if kind is op.RANGE:
        return chr(value[0])
    return chr(value) if kind is op.LITERAL else _CATEGORIES.get(value, "a")


def _holds(members: Any, character: str) -> bool:
    code = ord(character)
    for kind, value in members:
        if (kind is op.LITERAL and value == code) or (kind is op.RANGE and value[0] <= code <= value[1]):
            return True
        if kind is op.CATEGORY:
            inside = {
                op.CATEGORY_DIGIT: character.isdigit(),
                op.CATEGORY_SPACE: character.isspace(),
                op.CATEGORY_WORD: character.isalnum() or character == "_",
            }
            opposite = {
                op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
                op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
                op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
            }
            if inside[value] if value in inside else not inside[opposite[value]]:
                return True
    return False


def _make_pumps(body: list[Any], letters: str) -> list[str]:
    """Return texts that a repeated piece matches: one for each of some characters where it is a single one."""
    kind, value = body[0] if len(body) == 1 else (None, None)
    if kind is op.SUBPATTERN:
        return _make_pumps(list(value[3]), letters)
    if kind is op.BRANCH:
        made = [_sample(part) for part in value[1]]
    elif kind is op.IN:
        negated = value[0][0] is op.NEGATE
        made = [c for c in letters if _holds(value[1:] if negated else value, c) is not negated] or [
            _choose(value)
        ]
    elif kind in (op.ANY, op.NOT_LITERAL):
        made = [c for c in letters if ord(c) != value]
    else:
        made = [_sample(body)]
    return made[:MOST_PUMPS]


class TooSlow(Exception):
    """An expression took seconds for a short text."""


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` in the block when it has worked for so long; `re` looks for signals while it works."""

    def stop(number: int, frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def time_on(expression: re.Pattern[str], text: str, *, anchored: bool) -> float:
    """Return the seconds of trying an expression on a text, at its start or everywhere."""
    began = time.perf_counter()
    if anchored:
        expression.match(text)
        expression.fullmatch(text)
    else:
        for _ in expression.finditer(text):
            pass
    return time.perf_counter() - began


def find_exponent(expression: re.Pattern[str], make: Callable[[int], str], *, anchored: bool) -> float:
    """Return how work grows with the length of a text: 1 is in proportion, 2 its square.

    Short texts are passed over: where they take no time that can be told, or a bound inside the expression is
    not reached, they say nothing. The least of several measurements is what the machine's other work left.
    """
    piece = len(make(2)) - len(make(1))
    try:
        with interrupted_after(SECONDS):
            if _time(expression, make, SHORT // piece, anchored, 1) < UNNOTICED:
                return 1.0
            if _time(expression, make, SHORT // piece, anchored, 3) < UNNOTICED:
                return 1.0
            middle, long = (_time(expression, make, size // piece, anchored, 3) for size in (MIDDLE, LONG_TEXT))
    except TooSlow:
        return math.inf
    return math.log(long / middle, LONG_TEXT / MIDDLE)


def _time(
    expression: re.Pattern[str], make: Callable[[int], str], times: int, anchored: bool, repeats: int
) -> float:
    text = make(max(times, 1))
    return min(time_on(expression, text, anchored=anchored) for _ in range(repeats))
