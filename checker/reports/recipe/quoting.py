"""Puts values that others chose onto a line of a Dockerfile or of Markdown, so that none can leave its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from checker.core.errors import UsageError
from checker.core.text import clean, join_lines

#: Longest line written: the engine's Dockerfile parser refuses lines of 64 KiB.
LINE_BYTES = 60_000

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def write_exec_form(argv: Iterable[str]) -> str:
    """Return the JSON array of a RUN or CMD: no shell reads it, and every odd character is escaped.

    Raises:
        UsageError: an argument holds a NUL character, or the line gets too long for the engine.

    """
    words = list(argv)
    if any("\0" in word for word in words):
        raise UsageError(f"no recipe: the command {join_lines(' '.join(words), 80)!r} holds a NUL character")
    line = json.dumps(words)
    if len(line) > LINE_BYTES:
        raise UsageError(
            f"no recipe: the command {join_lines(' '.join(words), 80)!r} is too long for a Dockerfile"
        )
    return line


def write_variable(name: str, value: str) -> str:
    r"""Return `NAME="value"` for ENV, with what the engine would expand or read as an end escaped.

    Raises:
        UsageError: the name is none, or the value cannot stand on one line.

    """
    if not _VARIABLE.fullmatch(name):
        raise UsageError(f"no recipe: {name[:80]!r} is not the name of an environment variable")
    if not value.isprintable() or len(value) > LINE_BYTES:
        raise UsageError(f"no recipe: the environment variable {name} holds control characters or is too long")
    escaped = re.sub(r'([\\"$])', r"\\\1", value)
    return f'{name}="{escaped}"'


def write_assignment(name: str, value: str) -> str:
    """Return `NAME=value` as an argument for `env`.

    Raises:
        UsageError: the name is none: `env` would read it as something else.

    """
    if not _VARIABLE.fullmatch(name):
        raise UsageError(f"no recipe: {name[:80]!r} is not the name of an environment variable")
    return f"{name}={value}"


def write_code(text: str, limit: int = 300) -> str:
    """Return text as a Markdown code span, in which nothing is a link, a mention or HTML."""
    line = join_lines(text, limit)
    if not line:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def write_block(lines: Iterable[str]) -> str:
    """Return lines as a Markdown code block that no line of it can end."""
    kept = [clean(line).replace("\n", " ") for line in lines]
    longest = max((len(run) for line in kept for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}sh", *kept, fence))
