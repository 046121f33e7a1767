"""Interprets the final output of a program that ends at once because a file that it needs is missing.

`No model found` → `needs_weights`. Some exit with 0 all the same, and raise nothing.
"""

from __future__ import annotations

import re

#: Most lines of output from a program that ends because it did not find its input.
MOST_LINES = 12

_THING = (
    r"(?:(?:pre-?trained|saved|input|data) ){0,4}"
    r"(?:models?|checkpoints?|weights?|data(?:sets?)?|files?|folders?|director(?:y|ies)|images?)\b"
)
_MISSING = re.compile(
    rf"(?i)^\W*(?:error\W+)?(?:no|missing) (?:such )?{_THING}"
    r"(?:\W*$|[^.]{0,60}\b(?:found|exists?|available|there)\b)"
    rf"|^\W*(?:please|first|(?:you )?(?:need to|have to|must))\b[^.\n]{{0,30}}"
    rf"\b(?:download|obtain|request|place|put)\b[^.\n]{{0,60}}\b{_THING}"
    rf"|\b(?:can ?not|can't|could not|couldn't|unable to) (?:find|open|locate) (?:\w+ ){{0,2}}{_THING}"
    rf"|\b{_THING}.{{0,120}}\b(?:not found|(?:does not|doesn't|not) exist|(?:is|are) missing)\b"
    r"|\b(?:not found|missing) (?:at|in|under)\W{0,3}[\w.-]{0,80}/[\w./-]+"
)

#: A closing line in which a program repeats the message of an error that it caught: "Error: No module named 'x'".
_CAUGHT = re.compile(
    r"(?:\A|\b(?i:error|exception|failed|failure|cannot|could not|wrong)\b[^:\n]{0,60}:[ ]?)(?:[\w.]{1,60}:[ ]?)?"
    r"(?P<said>(?:No module named '|cannot import name '|\[Errno \d+\] |name '\w{1,60}' is not defined"
    r"|'\w{1,60}' object has no attribute |module '[\w.]{1,80}' has no attribute |list index out of range$"
    r"|EOF when reading a line$|\w{1,60}\(\) (?:missing \d|got an? unexpected|takes )|unsupported operand type"
    r"|invalid literal for )[^\n]{0,300})$"
)

#: A line about something skipped because a file is missing.
_SKIPPED = re.compile(
    r"(?i)\bskip(?:s|ping|ped)?\b.{0,120}"
    r"(?:\b(?:no|missing|without) [\w./-]*(?:/[\w.-]+|\w\.\w{2,5})\b|\bnot found\b)"
)

#: A closing line that a program prints whatever it did.
_CLOSING = re.compile(r"(?i)^\W*+(?:\w[\w-]*+ ){0,4}(?:is )?(?:done|completed?|finished)\W*$")

_SAYS_WEIGHTS = re.compile(r"(?i)\b(?:models?|checkpoints?|weights?)\b")


def find_caught(output: str) -> str:
    """Return the error that a program's last line repeats as it ends early, '' where it repeats none."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    match = _CAUGHT.search(lines[-1][:400]) if 0 < len(lines) <= MOST_LINES else None
    return match["said"] if match is not None else ""


def find_missing_input(output: str) -> str | None:
    """Return the limit that a program's last line names: `No model found` → `needs_weights`.

    Also where every line reports something skipped, and the last may say that all is complete.
    """
    lines = [line for line in output.splitlines() if line.strip()]
    parts = [line for line in lines if not _CLOSING.match(line)]
    if 0 < len(parts) <= MOST_LINES and all(_SKIPPED.search(line[:300]) for line in parts):
        return "needs_data"
    match = _MISSING.search(lines[-1][:300]) if 0 < len(lines) <= MOST_LINES else None
    if match is None:
        return None
    return "needs_weights" if _SAYS_WEIGHTS.search(match[0]) else "needs_data"
