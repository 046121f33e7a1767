"""What a pull request changes against the last conclusive result of the branch that it goes into."""

from __future__ import annotations

from collections.abc import Iterator

from checker.core.values.plans import Rung, Way
from checker.reports.ci.marks import render_code
from checker.reports.ci.values import Story
from checker.reports.document import RepositoryEntry
from checker.reports.goals import find_entry_outcome
from checker.reports.markdown import escape
from checker.reports.words import RUNG_WORDS, WAY_WORDS

MOST_NAMES = 4


def describe_changes(story: Story) -> list[str]:
    """Return what became better or worse, in Markdown; empty where there is nothing to compare with."""
    before, after = story.base, story.document
    if before is None or before.inconclusive:
        return []
    if after.inconclusive:
        return ["cannot be told this time"]
    return [
        *_compare_word(before, story),
        *_compare_rungs(before, after),
        *_compare_cause(before, after),
        *_compare_missing(before, after),
    ] or ["nothing changed"]


def _compare_word(before: RepositoryEntry, story: Story) -> Iterator[str]:
    was, now = find_entry_outcome(before, story.goal).label, story.badge.message
    if was != now:
        yield f"{was} → **{now}**"


def _compare_rungs(before: RepositoryEntry, after: RepositoryEntry) -> Iterator[str]:
    """Yield rungs that were lost and won, by the first way where that is so: the later ones only repeat it.

    Lost is what was tried and failed; what is not tried any more, because something before it fails, is not told.
    """
    for said, wanted in (("no longer", False), ("now", True)):
        for way in Way:
            old, new = (entry.rungs_by_way.get(way, {}) for entry in (before, after))
            rungs = [r for r in Rung if new.get(r) is wanted and (old.get(r) is True) is not wanted]
            if rungs:
                yield f"{said} {_join_with_and(RUNG_WORDS[r] for r in rungs)} {WAY_WORDS[way]}"
                break


def _join_with_and(words: Iterator[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _compare_cause(before: RepositoryEntry, after: RepositoryEntry) -> Iterator[str]:
    if after.cause is not None and before.cause is not None and after.cause != before.cause:
        yield f"stops for another cause than before ({escape(before.cause.replace('_', ' '), 60)})"


def _compare_missing(before: RepositoryEntry, after: RepositoryEntry) -> Iterator[str]:
    was, now = ({item.name for item in entry.missing} for entry in (before, after))
    if now - was:
        yield f"newly missing: {names(sorted(now - was))}"
    if was - now:
        yield f"no longer missing: {names(sorted(was - now))}"


def names(of: list[str]) -> str:
    """Return names as code, those beyond `MOST_NAMES` as a number."""
    shown = ", ".join(render_code(name, 80) for name in of[:MOST_NAMES])
    left = len(of) - MOST_NAMES
    return f"{shown} and {left} more" if left > 0 else shown
