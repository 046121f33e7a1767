"""Writes the lock file of a recipe: exact versions with their hashes, and why where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement

from checker.core.errors import UsageError
from checker.core.text import clean
from checker.core.values.base import Value
from checker.reports.recipe.hashes import Hashes, parse_pin

_PATH = re.compile(r"(?:file://)?[./A-Za-z0-9_][\w./+@-]*", re.ASCII)
_COMMIT = re.compile(r"@[0-9a-f]{40}(?:$|[#\s;])")


class Lock(Value):
    """The text of a lock file, how many lines it has, and how many of them without a hash."""

    text: str
    entries: int
    without_hash: int

    @property
    def hashed(self) -> bool:
        """Whether there are lines, and each has its hashes."""
        return self.entries > 0 and self.without_hash == 0


def write_lock(lines: Sequence[str], hashes: Hashes, *, heading: Sequence[str]) -> Lock:
    """Return the lock file of requirement lines; `heading` becomes comments.

    Raises:
        UsageError: a line is none that a lock can hold (an option, several lines in one).

    """
    parts = [f"# {' '.join(clean(line).split())}\n" for line in heading]
    without = 0
    for line in lines:
        check_line(line)
        pin = parse_pin(line)
        known = hashes.get(pin, ()) if pin else ()
        if known:
            parts.append(" \\\n    ".join((line, *(f"--hash={one}" for one in known))) + "\n")
            continue
        without += 1
        parts.append(f"# No hash: {_explain_missing_hash(line, pinned=pin is not None)}\n{line}\n")
    if not lines:
        parts.append("# Nothing had to be installed.\n")
    return Lock(text="".join(parts), entries=len(lines), without_hash=without)


def check_line(line: str) -> None:
    """Refuse what is no single requirement.

    Raises:
        UsageError: it is an option, a comment, or would be read as several lines.

    """
    if not line.isprintable() or not line or line.endswith("\\") or "--hash" in line:
        raise UsageError(f"no recipe: {line[:80]!r} in the lock is no single requirement")
    if _PATH.fullmatch(line) and "/" in line:
        return
    try:
        Requirement(line)
    except InvalidRequirement:
        raise UsageError(f"no recipe: {line[:80]!r} in the lock is no requirement") from None


def _explain_missing_hash(line: str, *, pinned: bool) -> str:
    if pinned:
        return "the index gives none for this version."
    if _PATH.fullmatch(line) or "@ file:" in line:
        return "a folder or file of the repository itself."
    if "git+" in line:
        exact = _COMMIT.search(line) is not None
        return (
            "a git commit names its content." if exact else "a git reference that may come to mean another commit."
        )
    return "an address instead of an index; nothing vouches for what it serves."
