"""Markdown of measurements: tables, and the sections of a page that a later run renews; pure but for one write."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from checker.core.errors import StorageFailure, UsageError
from checker.core.shares import Share, format_share
from checker.reports.markdown import escape
from tools.bench.figures import Spread

Cell = str | int | float | None | Share
"""What stands in a table: text is escaped, a fraction gets one digit, nothing is a dash."""

_NAME = re.compile(r"[a-z][a-z0-9-]*")
NOTHING = "–"


class Verbatim(str):
    """Text of our own that holds Markdown on purpose."""

    __slots__ = ()


def cell(value: Cell) -> str:
    """Return one cell's text."""
    match value:
        case None:
            return NOTHING
        case Verbatim():
            return str(value)
        case str():
            return escape(value) if value else NOTHING
        case Share():
            return format_share(value)
        case float():
            return f"{value:.1f}"
        case _:
            return f"{value}"


def seconds(found: Spread | None) -> tuple[Cell, ...]:
    """Return the cells median, lower quartile, upper quartile, sum of a spread."""
    return (None,) * 4 if found is None else (found.median, found.lower, found.upper, found.total)


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table; '' without rows."""
    lines = ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return ""
    rule = "|" + "---|" * len(head)
    return "\n".join(("| " + " | ".join(head) + " |", rule, *lines))


def together(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, a blank line between two."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


# ---------------------------------------------------------------- sections of a page


def markers(name: str) -> tuple[str, str]:
    """Return the comments between which a section stands.

    Raises:
        ValueError: the name is none.

    """
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"


def renew(page: str, name: str, text: str) -> str:
    """Return the page with another text between the markers of a section.

    Raises:
        UsageError: the page does not hold both markers once, in their order.

    """
    begin, end = markers(name)
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise UsageError(f"the page must hold {begin} and after it {end}, each once")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    inside = text.replace(begin, "").replace(end, "").strip("\n")
    return f"{before}{begin}\n{inside}\n{end}{after}"


def write_section(path: Path, name: str, text: str) -> None:
    """Renew a section of a file, whole or not at all.

    Raises:
        UsageError: the file is not there, or lacks the markers.
        StorageFailure: it cannot be written.

    """
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        renewed = renew(page, name, text)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    write_whole(path, renewed)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is never half there.

    Raises:
        StorageFailure: it cannot be written.

    """
    making = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        making.write_text(text, encoding="utf-8")
        making.replace(path)
    except OSError as error:
        making.unlink(missing_ok=True)
        raise StorageFailure(f"{path}: {error.strerror}") from error
