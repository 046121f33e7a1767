"""Interprets the final output of a program that ends at once: it lacks a file, or its arguments are missing.

`No model found` → `needs_weights`. Some exit with 0 all the same, and raise nothing.
"""

from __future__ import annotations

import re

#: Lines of what a program says that ends because it did not find what it works with.
MOST_BEFORE_A_LACK = 12

_THING = (
    r"(?:(?:pre-?trained|saved|input|data) )*"
    r"(?:models?|checkpoints?|weights?|data(?:sets?)?|files?|folders?|director(?:y|ies)|images?)\b"
)
_LACK = re.compile(
    rf"(?i)^\W*(?:error\W+)?(?:no|missing) (?:such )?{_THING}"
    r"(?:\W*$|[^.]{0,60}\b(?:found|exists?|available|there)\b)"
    rf"|\b(?:can ?not|can't|could not|couldn't|unable to) (?:find|open|locate) (?:\w+ ){{0,2}}{_THING}"
    rf"|\b{_THING}.{{0,120}}\b(?:not found|(?:does not|doesn't|not) exist|(?:is|are) missing)\b"
    r"|\b(?:not found|missing) (?:at|in|under)\W{0,3}[\w.-]{0,80}/[\w./-]+"
)

#: What a program says of something that it leaves out because a file is not there.
_LEFT_OUT = re.compile(
    r"(?i)\bskip(?:s|ping|ped)?\b.{0,120}"
    r"(?:\b(?:no|missing|without) [\w./-]*(?:/[\w.-]+|\w\.\w{2,5})\b|\bnot found\b)"
)

#: Words with which a program ends, whatever it did.
_CLOSING = re.compile(r"(?i)^\W*(?:[\w-]+ ){0,4}(?:is )?(?:done|completed?|finished)\W*$")

_SAYS_WEIGHTS = re.compile(r"(?i)\b(?:models?|checkpoints?|weights?)\b")

#: Lines of what a program says that ends at once because arguments are missing.
MOST_OF_A_COMPLAINT = 4

_COMPLAINT = re.compile(
    r"(?i)\b(?:needs?|requires?|required|missing|expect\w*|specify|provide|supply|give|pass|please|must|few|enough|wrong"
    r"|incorrect|invalid)\b.{0,80}\b(?:arg(?:ument)?s?|parameters?|command[- ]line)\b"
    r"|\barg(?:ument)?s? (?:is |are )?(?:missing|required|needed)\b"
)


def find_lack(said: str) -> str | None:
    """Return the limit that a program's last line names: `No model found` → `needs_weights`.

    Also where every line reports something skipped, and the last may say that all is complete.
    """
    lines = [line for line in said.splitlines() if line.strip()]
    parts = [line for line in lines if not _CLOSING.match(line)]
    if 0 < len(parts) <= MOST_BEFORE_A_LACK and all(_LEFT_OUT.search(line[:300]) for line in parts):
        return "needs_data"
    match = _LACK.search(lines[-1][:300]) if 0 < len(lines) <= MOST_BEFORE_A_LACK else None
    if match is None:
        return None
    return "needs_weights" if _SAYS_WEIGHTS.search(match[0]) else "needs_data"


def wants_arguments(said: str) -> bool:
    """Whether a program printed only that arguments are missing."""
    lines = [line for line in said.splitlines() if line.strip()]
    return 0 < len(lines) <= MOST_OF_A_COMPLAINT and bool(_COMPLAINT.search(lines[-1][:300]))
