"""The vocabulary in the words that readers see."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from checker.core.data_files import read_toml
from checker.core.values.papers import CodeStatus, LinkKind
from checker.core.values.plans import Rung, Standing, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Blame, ProgramOutcome, StepStatus, Tone
from checker.reports.document import Funnel

_DATA = read_toml("checker.reports", "words.toml")

_Kind = TypeVar("_Kind", bound=StrEnum)


def _read_words(section: str, kinds: type[_Kind]) -> Mapping[_Kind, str]:
    """Return a section of words.toml; a value without words is a mistake in the file."""
    return {kind: _DATA[section][kind.value] for kind in kinds}


RUNG_WORDS = _read_words("rungs", Rung)
RUNG_MEANINGS = _read_words("rung_meanings", Rung)
WAY_WORDS = _read_words("ways", Way)
WAY_MEANINGS = _read_words("way_meanings", Way)
STATUS_WORDS = _read_words("step_statuses", StepStatus)
CODE_STATUS_WORDS = _read_words("code_statuses", CodeStatus)
AVAILABILITY_WORDS = _read_words("availabilities", Availability)
LINK_KIND_WORDS = _read_words("link_kinds", LinkKind)
BLAME_WORDS = _read_words("blames", Blame)
OUTCOME_WORDS = _read_words("program_outcomes", ProgramOutcome)
STANDING_WORDS = _read_words("standings", Standing)
TONE_STYLES = _read_words("tone_styles", Tone)

#: Kinds of what a repository lacks, where the kind is no word of its own.
MISSING_WORDS: Mapping[str, str] = _DATA["missing"]


def number(count: int) -> str:
    """Write a count with commas between thousands."""
    return f"{count:,}"


#: Said in the place of a table of how many of none got how far.
NONE_JUDGED = "No repository with code could be judged."


def count_things(count: int, one: str, many: str) -> str:
    """Return a number with its noun: `1 paper`, `2 papers`."""
    return f"{count} {one if count == 1 else many}"


def describe_left_out(funnel: Funnel) -> str:
    """Say which repositories are in no per cent; '' where all are."""
    kinds = {
        "inconclusive": funnel.inconclusive,
        "not testable here": funnel.untestable,
        "not checked": funnel.repositories - funnel.checked,
    }
    left = [f"{number(count)} {kind}" for kind, count in kinds.items() if count > 0]
    return f"Left out: {', '.join(left)}." if left else ""


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
