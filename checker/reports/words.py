"""The vocabulary in the words that readers see."""

from __future__ import annotations

from checker.core.papers import CodeStatus
from checker.core.plans import Rung, Way
from checker.core.repositories import Availability
from checker.core.results import Blame, StepStatus

RUNG_WORDS = {
    Rung.CODE: "has code",
    Rung.DECLARED: "declares dependencies",
    Rung.RESOLVED: "resolves",
    Rung.BUILT: "builds",
    Rung.IMPORTABLE: "imports",
    Rung.ANSWERS: "shows usage",
    Rung.STARTS: "starts",
    Rung.RUNS: "runs",
}

RUNG_MEANINGS = {
    Rung.CODE: "Source files exist.",
    Rung.DECLARED: "The repository states its dependencies.",
    Rung.RESOLVED: "One consistent set of versions exists.",
    Rung.BUILT: "Every installation step succeeds in the container.",
    Rung.IMPORTABLE: "Every non-optional import of its code is found, and its own modules import.",
    Rung.ANSWERS: "An entry point prints its usage, or its tests are collected. Weak: nothing was seen to run.",
    Rung.STARTS: "An entry point works until it ends, or until it stops for data, weights, credentials or a GPU.",
    Rung.RUNS: "Its tests pass, or an example, command or notebook of its own runs to the end.",
}

WAY_WORDS = {Way.AS_PUBLISHED: "as published", Way.PERIOD: "at its date", Way.REPAIRED: "repaired"}

WAY_MEANINGS = {
    Way.AS_PUBLISHED: "Its own files and instructions, with the package index of today.",
    Way.PERIOD: "The same, with the package index as of the date of its code.",
    Way.REPAIRED: "After automatic repairs (listed on each page).",
}

STATUS_WORDS = {
    StepStatus.PASSED: "passed",
    StepStatus.FAILED: "failed",
    StepStatus.TIMED_OUT: "timed out",
    StepStatus.OUT_OF_MEMORY: "out of memory",
    StepStatus.DISK_LIMIT: "disk limit",
    StepStatus.LIMIT: "limit of the check",
    StepStatus.SKIPPED: "skipped",
    StepStatus.ENGINE_ERROR: "our failure",
}

MISSING_WORDS = {
    "module_out_of_reach": "module (in the repository, but not on Python's path)",
    "module_case": "module (spelled with other capitals)",
    "module_unknown": "module (not in the repository, no known package)",
}
"""Kinds of what a repository lacks, where the kind is no word of its own."""

CODE_STATUS_WORDS = {
    CodeStatus.LINKED: "links to code",
    CodeStatus.PROMISED: "promises code",
    CodeStatus.CLAIMED: "claims code, without a link",
    CodeStatus.NONE: "says nothing of code",
}

AVAILABILITY_WORDS = {
    Availability.AVAILABLE: "available",
    Availability.MOVED: "moved",
    Availability.NO_CODE: "no code",
    Availability.EMPTY: "empty",
    Availability.MISSING: "missing",
    Availability.BLOCKED: "blocked",
    Availability.NOT_A_REPOSITORY: "not a repository",
    Availability.UNREACHABLE: "unreachable",
}

BLAME_WORDS = {
    Blame.REPOSITORY: "in the repository",
    Blame.LIMIT: "a limit of the check",
    Blame.CHECKER: "ours; tried again",
}


def number(count: int) -> str:
    """Write a count with commas between thousands."""
    return f"{count:,}"


def format_seconds(seconds: float | None) -> str:
    """Write a duration as people read it: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 02 min`. Integers stay whole."""
    if seconds is None:
        return "–"
    if seconds < 10 and not isinstance(seconds, int):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def format_bytes(count: int | None) -> str:
    """Write a size in decimal units: `812 MB`."""
    if count is None:
        return "–"
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
