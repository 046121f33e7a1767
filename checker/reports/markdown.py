"""The report as Markdown: whole for an issue, short for a chat; everything from outside escaped."""

from __future__ import annotations

import re

from checker.core.text import join_lines
from checker.core.values.changes import Change, ChangeKind, Changes
from checker.core.values.plans import Rung, Way
from checker.core.values.results import Blame
from checker.reports.document import Report, RepositoryEntry
from checker.reports.words import NONE_JUDGED, RUNG_WORDS, WAY_WORDS, count_things, describe_left_out

#: Repositories listed at most: a longer list belongs on the site.
MAX_ROWS = 60

#: Changes of one kind listed at most, and in the short form all together.
MAX_CHANGES = 20

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&$^=:])")


def escape(text: str, limit: int = 120) -> str:
    """Put text on one line so that nothing in it is read as Markdown, as HTML, as a link or as a mention."""
    line = _SPECIAL.sub(r"\\\1", join_lines(text, limit))
    return line.replace("@", "@\u200b").replace("www\\.", "www\u200b\\.")


def render_markdown(report: Report) -> str:
    """Return the report; at most `MAX_ROWS` repositories are listed, those that stopped first."""
    parts = [
        _render_heading(report),
        render_changes(report.changes),
        _render_ways(report),
        _render_papers(report),
        _render_causes(report),
        _render_repositories(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_short_markdown(report: Report) -> str:
    """Return what fits into a chat: the counts, the headline, what changed, and no table."""
    funnel = report.funnel
    works = (f"{getattr(funnel, way.value).starts} {WAY_WORDS[way]}" for way in Way)
    lines = [f"Reproducibility, {report.date.isoformat()}: {_render_counts(report)}"]
    if funnel.tried:
        lines.append(f"Of {funnel.tried} with code that could be judged, these start: {', '.join(works)}.")
    if report.changes is not None:
        lines.append(_render_summary(report.changes))
        told = [change for change in report.changes.changes if change.kind is not ChangeKind.PROMISE_OVERDUE]
        lines += ["", *(f"- {change.kind.heading}: {change_line(change, 160)}" for change in told[:MAX_CHANGES])]
        lines += _render_left(len(told) - MAX_CHANGES)
    return "\n".join(lines).rstrip() + "\n"


def render_changes(changes: Changes | None) -> str:
    """Return what changed since the last night, kind by kind; nothing where nothing was compared."""
    if changes is None:
        return ""
    lines = ["## Since the last night", "", _render_summary(changes)]
    for kind in changes.kinds:
        found = changes.of(kind)
        lines += ["", f"### {kind.heading}: {len(found)}", ""]
        lines += [f"- {change_line(change, 400)}" for change in found[:MAX_CHANGES]]
        lines += _render_left(len(found) - MAX_CHANGES)
    return "\n".join(lines)


def _render_summary(changes: Changes) -> str:
    if changes.since is None:
        return "This is the first night: there is nothing to compare it with."
    counts = ", ".join(f"{kind.heading.lower()} {len(changes.of(kind))}" for kind in changes.kinds)
    told = f"{changes.compared} repositories compared, {changes.new} new, {changes.untold} inconclusive"
    return f"Since {changes.since.isoformat()}: {counts or 'nothing changed'} ({told})."


def change_line(change: Change, limit: int) -> str:
    """Return a change on one line; its reason is shortened to `limit` characters."""
    named = change.repository if change.repository and change.repository != change.subject else ""
    subject = f"{escape(change.subject)} ({escape(named, 80)})" if named else escape(change.subject)
    line = f"{subject}: {escape(change.before)} → {escape(change.after)}"
    return f"{line}. {escape(change.reason, limit)}" if change.reason else line


def _render_left(count: int) -> list[str]:
    return ["", f"{count} more on the site."] if count > 0 else []


def _render_heading(report: Report) -> str:
    return f"# Reproducibility report, {report.date.isoformat()}\n\n{_render_counts(report)}"


def _render_counts(report: Report) -> str:
    funnel = report.funnel
    counts = (
        f"{count_things(funnel.papers, 'paper', 'papers')}, {funnel.linked} with a link to code; "
        f"{count_things(funnel.repositories, 'repository', 'repositories')}, "
        f"{funnel.available} available, {funnel.code} with code. {describe_left_out(funnel)}"
    )
    return counts.rstrip()


def _render_ways(report: Report) -> str:
    funnel = report.funnel
    if not funnel.tried:
        return NONE_JUDGED
    lines = [
        f"Of {count_things(funnel.tried, 'repository', 'repositories')} with code that could be judged:",
        "",
        "| | " + " | ".join(WAY_WORDS[way] for way in Way) + " |",
        "|---|" + "---:|" * len(Way),
    ]
    for rung in list(Rung)[Rung.RESOLVED.height :]:
        counts = (getattr(getattr(funnel, way.value), rung.value) for way in Way)
        lines.append(f"| {RUNG_WORDS[rung]} | " + " | ".join(str(count) for count in counts) + " |")
    return "\n".join(lines)


def _render_papers(report: Report) -> str:
    counts = ", ".join(f"{status.value} {count}" for status, count in report.funnel.code_status.items())
    return f"Papers by what they say about code: {counts}."


def _render_causes(report: Report) -> str:
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


def _render_repositories(report: Report) -> str:
    lines = [
        "## Repositories",
        "",
        "| repository | availability | outcome | highest rung | cause |",
        "|---|---|---|---|---|",
    ]
    lines += [_render_row(entry) for entry in report.repositories[:MAX_ROWS]]
    lines += _render_left(len(report.repositories) - MAX_ROWS)
    return "\n".join(lines)


def _render_row(entry: RepositoryEntry) -> str:
    reached = RUNG_WORDS[entry.reached] if entry.reached else "–"
    cells = (
        escape(entry.repository, 80),
        entry.availability.value.replace("_", " "),
        entry.outcome.label,
        reached,
        escape(entry.cause_summary or "–"),
    )
    return "| " + " | ".join(cells) + " |"
