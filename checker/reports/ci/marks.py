"""Pieces of Markdown that job summary and comment share; everything from outside is escaped."""

from __future__ import annotations

import re

from checker.core.text import clean, join_lines
from checker.core.values.plans import Rung, Way
from checker.reports.ci.values import Annotation, Story
from checker.reports.document import RepositoryEntry
from checker.reports.goals import describe_goal
from checker.reports.markdown import escape
from checker.reports.words import RUNG_WORDS, WAY_WORDS

MARKS = {True: "✓", False: "✗", None: "–"}
LEGEND = "✓ holds, ✗ does not, – not tried or inconclusive"

_BACKTICKS = re.compile(r"`+")


def render_ladder(entry: RepositoryEntry) -> list[str]:
    """Return the rungs by way as a table: a row for each way that was tried, a column for each rung."""
    ways = [way for way in Way if any(attempt.way is way for attempt in entry.attempts)]
    if not ways:
        return []
    rows = ["| | " + " | ".join(RUNG_WORDS[rung] for rung in Rung) + " |", "|---|" + ":-:|" * len(Rung)]
    for way in ways:
        rungs = entry.rungs_by_way.get(way, {})
        cells = " | ".join(MARKS[rungs.get(rung)] for rung in Rung)
        rows.append(f"| {WAY_WORDS[way]} | {cells} |")
    return rows


def render_code(text: str, limit: int = 120) -> str:
    """Put text on one line as code that cannot end before its end, also inside a table."""
    line = " ".join(clean(text).split())
    line = f"{line[: limit - 1]}…" if len(line) > limit else line
    if "|" in line or not line:
        return escape(line, limit)
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def render_prose(text: str, limit: int = 300) -> str:
    """Escape a sentence, and keep as code what stands between its backticks."""
    parts = join_lines(text, limit).split("`")
    if len(parts) % 2 == 0:
        return escape(text, limit)
    return "".join(
        render_code(part, limit) if number % 2 else _escape_part(part) for number, part in enumerate(parts)
    )


def _escape_part(part: str) -> str:
    """Escape a part of a line; blanks at its ends, which escaping a whole line drops, are kept."""
    if not part.strip():
        return part
    before, after = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return f"{before}{escape(part, len(part))}{after}"


def render_block(text: str) -> list[str]:
    """Return text as a fenced block that cannot end before its end."""
    lines = clean(text).splitlines()
    fence = "`" * max(3, max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    return [f"{fence}text", *lines, fence]


def place(annotation: Annotation) -> str:
    """Return where a remark belongs: path and line as code, '' for the job as a whole."""
    if annotation.path is None:
        return ""
    return render_code(annotation.path if annotation.line is None else f"{annotation.path}:{annotation.line}")


def render_headline(story: Story) -> str:
    """Say the badge's word, and what was needed where that was not reached."""
    said = f"Reproducibility: **{story.badge.message}**"
    if story.result.reached or not story.result.told:
        return said
    return f"{said} – required and not reached: {describe_goal(story.goal)}"


def describe_base(story: Story) -> str:
    """Return what a pull request is compared with."""
    return render_code(story.base_name, 60) if story.base_name else "the base"


def shorten_commit(entry: RepositoryEntry) -> str:
    """Return the commit in short, '' where there is none."""
    return render_code(entry.commit[:12]) if entry.commit else ""
