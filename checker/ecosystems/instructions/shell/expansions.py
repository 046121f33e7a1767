"""What a shell's operators make of a value, and what simple commands print: text in, text out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

#: Numbers that `seq` gives at most, and characters of a value that is cut.
MAX_NUMBERS = 500
MAX_CUT = 2_000

_RANGE = re.compile(r"(?P<before>.*?)\{(?P<first>-?\d+)\.\.(?P<last>-?\d+)(?:\.\.-?\d+)?\}(?P<after>.*)")
_LIST = re.compile(r"([^{}]*)\{([\w.-]+)(?:,[\w.-]+)+\}([^{}]*)")
_CASES = {"^^": str.upper, ",,": str.lower, "^": str.capitalize}
_PRINTED_AS_IT_IS = frozenset({"-n", "-w", "-e"})


def change_value(value: str, operator: str, operands: Sequence[str]) -> str | None:
    """Return what `${name%.*}` and its like make of a value; None for what is not known here."""
    if operator in {"%", "%%", "#", "##"}:
        return _cut(value[:MAX_CUT], "".join(operands), operator)
    if operator in {"/", "//"}:
        old, new = (*operands, "", "")[:2]
        return (
            value.replace(old, new, -1 if operator == "//" else 1) if old and not set(old) & set("*?[") else None
        )
    if operator == ":":
        return "".join(cut_out(value, [number_in(operand) for operand in operands]))
    return _CASES[operator](value) if operator in _CASES else None


def cut_out(held: Sequence[str], numbers: Sequence[int | None]) -> list[str]:
    """Return what `${name:start:size}` leaves of a list, or of the characters of a text."""
    start = numbers[0] if numbers and numbers[0] is not None else 0
    size = numbers[1] if len(numbers) > 1 else None
    rest = held[max(start, -len(held)) :]
    return list(rest if size is None else rest[: max(size, 0)])


def number_in(text: str) -> int | None:
    """Return the number that a text is, None for any other text."""
    return int(text) if re.fullmatch(r"\s*-?\d{1,6}", text) else None


def _cut(value: str, pattern: str, operator: str) -> str:
    """Cut off what fits a pattern at the end (`%`) or the start (`#`), the longest where the sign is doubled."""
    at_end = operator[0] == "%"
    places = range(len(value), -1, -1) if at_end else range(len(value) + 1)
    fitting = [at for at in places if fnmatchcase(value[at:] if at_end else value[:at], pattern)]
    if not fitting:
        return value
    at = fitting[-1] if len(operator) > 1 else fitting[0]
    return value[:at] if at_end else value[at:]


def expand_first(word: str) -> str:
    """Return the first word of a sequence or a list in braces: `{1..5}` → `1`, `run_{a,b}` → `run_a`."""
    if (counted := _RANGE.fullmatch(word)) is not None:
        return counted["before"] + counted["first"] + counted["after"]
    if (listed := _LIST.fullmatch(word)) is not None:
        return f"{listed[1]}{listed[2]}{listed[3]}"
    return word


def compute_printed(words: Sequence[str]) -> str | None:
    """Return what `echo`, `seq`, `basename` or `dirname` prints; None where that cannot be told."""
    if not words or any("$" in word or "`" in word for word in words):
        return None
    given = [word for word in words[1:] if word not in _PRINTED_AS_IT_IS]
    match words[0]:
        case "echo":
            return " ".join(given)
        case "basename" if given:
            return posixpath.basename(given[0].rstrip("/")).removesuffix(given[1] if given[1:] else "\0")
        case "dirname" if len(given) == 1:
            return posixpath.dirname(given[0]) or "."
        case "seq" if given and all(re.fullmatch(r"-?\d{1,9}", word) for word in given):
            return _write_sequence([int(word) for word in given])
    return None


def _write_sequence(numbers: list[int]) -> str:
    first = numbers[0] if numbers[1:] else 1
    step = (numbers[1] if numbers[2:] else 1) or 1
    return " ".join(map(str, range(first, numbers[-1] + (1 if step > 0 else -1), step)[:MAX_NUMBERS]))
