"""The comment on a pull request: at most twenty lines, with a hidden mark by which the next one replaces it."""

from __future__ import annotations

from collections.abc import Iterator

from checker.core.values.results import Blame
from checker.reports.ci.against_base import describe_changes, names
from checker.reports.ci.annotations import REPAIRED, find_repaired
from checker.reports.ci.marks import (
    LEGEND,
    describe_base,
    place,
    render_headline,
    render_ladder,
    render_prose,
    shorten_commit,
)
from checker.reports.ci.values import Level, Story
from checker.reports.markdown import escape
from checker.reports.words import BLAME_WORDS, format_seconds

MOST_REPAIRS = 3

#: First line of every comment of ours; what follows it on that line tells apart what is checked.
MARK = "<!-- reproducibility-checker -->"


def mark_of(folder: str) -> str:
    """Return the mark of the comment about a folder of the repository, '' for all of it."""
    safe = "".join(c if c.isalnum() or c in "._/" else "_" for c in folder)
    return f"<!-- reproducibility-checker {safe} -->" if safe else MARK


def render_comment(story: Story, folder: str = "") -> str:
    """Return the comment in Markdown."""
    parts = [
        [mark_of(folder), f"### {render_headline(story)}"],
        render_ladder(story.document),
        list(_list_findings(story)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _list_findings(story: Story) -> Iterator[str]:
    """Yield a list: what changed, what stopped it and where, the hint, what is missing, what was looked at."""
    document = story.document
    changed = describe_changes(story)
    if changed:
        yield f"- Against {describe_base(story)}: {'; '.join(changed)}"
    if document.cause_summary:
        level = Level.NOTICE if story.result.reached else Level.ERROR
        whose = (
            f" ({BLAME_WORDS[document.blame]})"
            if document.blame is not Blame.REPOSITORY and document.blame
            else ""
        )
        yield f"- Stopped by: {render_prose(document.cause_summary, 200)}{whose}{_describe_place(story, level)}"
    elif not story.result.reached:
        yield f"- {escape(document.outcome.sentence, 200)}"
    if document.extent:
        yield f"- {escape(document.extent, 200)}."
    yield from _list_as_published(story)
    if document.hint:
        yield f"- Hint: {render_prose(document.hint, 300)}"
    if document.missing:
        yield f"- Not in the repository: {names([item.name for item in document.missing])}"
    yield f"- {_render_footer(story)}"


def _list_as_published(story: Story) -> Iterator[str]:
    """Yield what goes wrong as published where the past or repairs get over it, and the repairs."""
    warned = next(
        (a for a in story.annotations if a.level is Level.WARNING and a.title != REPAIRED and a.name), None
    )
    if warned is not None and story.result.told and warned.name != story.document.cause:
        said = render_prose(warned.message.splitlines()[0], 200)
        yield f"- As published: {said}{_describe_place(story, Level.WARNING)}"
    attempt = find_repaired(story.document)
    repairs = attempt.repairs if attempt is not None else ()
    if repairs:
        more = f" and {len(repairs) - MOST_REPAIRS} more" if len(repairs) > MOST_REPAIRS else ""
        yield f"- Repaired: {'; '.join(render_prose(r.changed, 100) for r in repairs[:MOST_REPAIRS])}{more}"


def _describe_place(story: Story, wanted: Level) -> str:
    remarks = [a for a in story.annotations if a.level is wanted and a.title != REPAIRED]
    found = [place(a) for a in remarks if a.path is not None]
    return f", {' and '.join(found[:2])}" if found else ""


def _render_footer(story: Story) -> str:
    document = story.document
    told = [
        f"checked {shorten_commit(document)} in {format_seconds(document.seconds)}".replace(
            "checked  in", "checked in"
        )
    ]
    if document.attempts:
        told.append(LEGEND)
    if story.job_url.startswith("https://"):
        told.append(f"[all of it](<{story.job_url}>)")
    return "; ".join(told)
