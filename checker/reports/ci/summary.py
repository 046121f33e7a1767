"""The summary of a job in Markdown: the ladder, where it stopped, what mends it, what is missing."""

from __future__ import annotations

import html

from checker.core.text import join_lines
from checker.core.values.plans import Repair
from checker.core.values.results import Missing, StepStatus
from checker.reports.ci.against_base import describe_changes
from checker.reports.ci.annotations import find_repaired
from checker.reports.ci.marks import (
    LEGEND,
    describe_base,
    place,
    render_block,
    render_code,
    render_headline,
    render_ladder,
    render_prose,
    shorten_commit,
)
from checker.reports.ci.values import Story
from checker.reports.document import AttemptEntry, StepEntry
from checker.reports.markdown import escape
from checker.reports.words import BLAME_WORDS, MISSING_WORDS, STATUS_WORDS, WAY_WORDS, format_seconds

MOST_ROWS = 30

#: A summary over 1 MiB is refused as a whole (GitHub, workflow commands, step isolation and limits).
MOST_BYTES = 900_000


def render_summary(story: Story) -> str:
    """Return the summary."""
    parts = [
        _render_heading(story),
        render_ladder(story.document),
        _render_stop(story),
        _render_repairs(story),
        _render_missing(story),
        _log(story),
    ]
    text = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    return text if len(text.encode()) <= MOST_BYTES else "\n\n".join("\n".join(part) for part in parts[:3] if part)


def _render_heading(story: Story) -> list[str]:
    document = story.document
    facts = [escape(story.name, 120), shorten_commit(document), format_seconds(document.seconds)]
    if document.facts.code_date is not None:
        facts.insert(2, f"code of {document.facts.code_date.date().isoformat()}")
    if document.attempts:
        facts.append(LEGEND)
    return [
        f"## {render_headline(story)}",
        "",
        escape(document.outcome.sentence, 300),
        *(["", f"{escape(document.extent, 300)}."] if document.extent else []),
        "",
        " · ".join(filter(None, facts)),
    ]


def _render_stop(story: Story) -> list[str]:
    document, lines = story.document, []
    if document.cause_summary:
        whose = f" ({BLAME_WORDS[document.blame]})" if document.blame else ""
        lines += [f"**Stopped by:** {render_prose(document.cause_summary, 300)}{whose}", ""]
    if document.hint:
        lines += [f"**Hint:** {render_prose(document.hint, 400)}", ""]
    changed = describe_changes(story)
    if changed:
        lines += [f"**Against {describe_base(story)}:** {'; '.join(changed)}", ""]
    placed = [a for a in story.annotations if a.path is not None]
    if placed:
        lines += ["| line | what goes wrong |", "|---|---|"]
        lines += [f"| {place(a)} | {render_prose(' · '.join(a.message.splitlines()[:2]), 400)} |" for a in placed]
    return lines


def _render_repairs(story: Story) -> list[str]:
    """Return what the checker changed to get further: what the author can do for good."""
    attempt = find_repaired(story.document)
    repairs: tuple[Repair, ...] = attempt.repairs if attempt is not None else ()
    if not repairs:
        return []
    rows = [
        f"| {render_prose(r.changed, 200)} | {render_prose(r.hint or '–', 200)} |" for r in repairs[:MOST_ROWS]
    ]
    return [
        "### What was repaired",
        "",
        "| changed | so that nobody needs it |",
        "|---|---|",
        *rows,
        *_render_more(repairs),
    ]


def _render_missing(story: Story) -> list[str]:
    missing: tuple[Missing, ...] = story.document.missing
    if not missing:
        return []
    rows = [
        f"| {escape(MISSING_WORDS.get(item.kind, item.kind), 60)} {render_code(item.name)}"
        f" | {_describe_missing(item)} |"
        for item in missing[:MOST_ROWS]
    ]
    return ["### Not in the repository", "", "| what | wanted by |", "|---|---|", *rows, *_render_more(missing)]


def _describe_missing(item: Missing) -> str:
    places = [render_code(f"{e.source}:{e.line}" if e.line else e.source) for e in item.wanted_by[:3]]
    return ", ".join(places) or "–"


def _render_more(items: tuple[object, ...]) -> list[str]:
    return ["", f"{len(items) - MOST_ROWS} more in the report."] if len(items) > MOST_ROWS else []


def _log(story: Story) -> list[str]:
    """Return the steps that did not pass, each folded away with the telling part of its log."""
    lines: list[str] = []
    for attempt in story.document.attempts:
        for step in attempt.steps:
            if step.status not in (StepStatus.PASSED, StepStatus.SKIPPED) and step.excerpt and len(lines) < 200:
                lines += _render_folded(attempt, step)
    return lines


def _render_folded(attempt: AttemptEntry, step: StepEntry) -> list[str]:
    # Within a line of HTML no Markdown is read, its escapes neither.
    title = html.escape(f"{WAY_WORDS[attempt.way]}: {join_lines(step.name, 80)} {STATUS_WORDS[step.status]}")
    return [
        f"<details><summary>{title}</summary>",
        "",
        *render_block(f"$ {step.command[:300]}\n{step.excerpt}"),
        "",
        "</details>",
        "",
    ]
