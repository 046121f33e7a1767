"""Tells that a program writes into a folder that is not there: git keeps no empty ones. Pure."""

from __future__ import annotations

import posixpath
import re

from checker.core.container import SOURCE

_MARKS = r"\n(?:[ \t~^]+\n)?"
_WATCHED = r"(?:[ \t]*File \"[^\"\n]*checker_watch\.py\"[^\n]*\n[^\n]*\n(?:[ \t~^]+\n)?)?"
_ABSENT = r"FileNotFoundError: \[Errno 2\] No such file or directory: '"
OUTPUT_FOLDER = (
    rf"\bmkdir\([^\n]*{_MARKS}{_WATCHED}{_ABSENT}(?P<made>[^'\n]+)'"
    rf"|\bopen\([^\n]*,\s*(?:mode\s*=\s*)?['\"][wax]b?\+?b?['\"][^\n]*{_MARKS}{_WATCHED}{_ABSENT}(?P<written>[^'\n]+)'"
    rf"|logging/__init__\.py\", line \d+, in _open\n[^\n]*{_MARKS}{_WATCHED}{_ABSENT}(?P<logged>[^'\n]+)'"
    r"|Parent directory (?P<folder>\S+) does not exist"
    r"|Cannot save file into a non-existent directory: '(?P<saved>[^'\n]+)'"
)
"""The end of a traceback in which a folder is made, a file opened to be written, or saved by torch or pandas."""

_PATTERN = re.compile(OUTPUT_FOLDER)


def output_folder(match: re.Match[str], cwd: str) -> str | None:
    """Return the folder that a match of `OUTPUT_FOLDER` lacks, relative to the tree; None for one outside."""
    path = _folder(match)
    inside = posixpath.normpath(posixpath.join(SOURCE, cwd, path)).removeprefix(f"{SOURCE}/")
    return inside if path and not inside.startswith("/") else None


def lacks_output_folder(errors: str) -> str | None:
    """Return the folder, in the program's words, that it gave up for: it is not there to be written into."""
    last = next(reversed(list(_PATTERN.finditer(errors))), None)
    if last is None or errors[last.end() :].count("\n") > 1:
        return None
    return _folder(last)


def _folder(match: re.Match[str]) -> str:
    named = match["folder"] or match["saved"]
    return named or posixpath.dirname(match["made"] or match["written"] or match["logged"])
