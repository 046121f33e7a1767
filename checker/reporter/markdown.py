"""The report as Markdown, for an issue or a chat: short, in plain tables, everything from outside escaped."""

from __future__ import annotations

import re

from checker.models import Blame, Rung, Way
from checker.reporter.values import Report, RepositoryEntry
from checker.reporter.words import RUNG_WORDS, WAY_WORDS
from checker.text import one_line

MAX_ROWS = 60
"""Repositories listed at most: a longer list belongs on the site."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&$^=:])")


def escape(text: str, limit: int = 120) -> str:
    """Put text on one line so that nothing in it is read as Markdown, as HTML, as a link or as a mention."""
    line = _SPECIAL.sub(r"\\\1", one_line(text, limit))
    return line.replace("@", "@\u200b").replace("www\\.", "www\u200b\\.")


def to_markdown(report: Report) -> str:
    """Return the report; at most `MAX_ROWS` repositories are listed, those that stopped first."""
    parts = [_heading(report), _ways(report), _papers(report), _causes(report), _repositories(report)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(report: Report) -> str:
    funnel = report.funnel
    return (
        f"# Reproducibility report, {report.date.isoformat()}\n\n"
        f"{funnel.papers} papers, {funnel.linked} with a link to code; {funnel.repositories} repositories, "
        f"{funnel.available} available, {funnel.code} with code. {funnel.inconclusive} could not be told."
    )


def _ways(report: Report) -> str:
    funnel = report.funnel
    lines = [
        f"Of {funnel.tried} repositories with code:",
        "",
        "| | " + " | ".join(WAY_WORDS[way] for way in Way) + " |",
        "|---|" + "---:|" * len(Way),
    ]
    for rung in list(Rung)[Rung.RESOLVED.height :]:
        counts = (getattr(getattr(funnel, way.value), rung.value) for way in Way)
        lines.append(f"| {RUNG_WORDS[rung]} | " + " | ".join(str(count) for count in counts) + " |")
    return "\n".join(lines)


def _papers(report: Report) -> str:
    counts = ", ".join(f"{status.value} {count}" for status, count in report.funnel.code_status.items())
    return f"Papers by what they say about code: {counts}."


def _causes(report: Report) -> str:
    if not report.causes:
        return ""
    lines = ["## Where it stopped", "", "| cause | whose | repositories |", "|---|---|---:|"]
    lines += [f"| {escape(c.summary)} | {_WHOSE[c.blame]} | {len(c.repositories)} |" for c in report.causes]
    return "\n".join(lines)


_WHOSE = {
    Blame.REPOSITORY: "the repository",
    Blame.LIMIT: "a limit of the check",
    Blame.CHECKER: "ours, tried again",
}


def _repositories(report: Report) -> str:
    lines = [
        "## Repositories",
        "",
        "| repository | availability | outcome | highest rung | cause |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(entry) for entry in report.repositories[:MAX_ROWS]]
    left = len(report.repositories) - MAX_ROWS
    if left > 0:
        lines += ["", f"{left} more on the site."]
    return "\n".join(lines)


def _row(entry: RepositoryEntry) -> str:
    reached = RUNG_WORDS[entry.reached] if entry.reached else "–"
    cells = (
        escape(entry.repository, 80),
        entry.availability.value.replace("_", " "),
        entry.outcome.label,
        reached,
        escape(entry.cause_summary or "–"),
    )
    return "| " + " | ".join(cells) + " |"
