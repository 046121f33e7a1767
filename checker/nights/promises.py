"""What became of the code that papers announced: there now, or overdue; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from checker.core.text import join_lines
from checker.core.values.changes import Change, ChangeKind, ReportOptions
from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper
from checker.core.values.past import Earlier, Past, Presence, read_presence
from checker.core.values.results import Check, find_commit
from checker.judging.wording import find_outcome
from checker.reports.counting import Checks, find_target


def judge_promises(
    day: date, papers: Iterable[LinkedPaper], checks: Checks, past: Past, options: ReportOptions
) -> Iterator[Change]:
    """Tell of each paper that announced its code whether it is there now, or is overdue."""
    for linked in papers:
        announced = _find_announced(linked, past)
        links = announced or (_find_links(linked) if _was_promised(linked, past) else ())
        for link in links:
            target = find_target(link, checks)
            check = checks.get(target) if target is not None else None
            if check is None or check.inconclusive or target is None:
                continue
            seen = past.seen.get(target)
            if read_presence(check) is Presence.CODE:
                appeared = seen is not None and read_presence(seen.check) is not Presence.CODE
                if appeared or (link not in announced and seen is None and target not in past.unchanged):
                    yield _describe_kept(linked, link, target, check, seen)
            elif link.promised:
                yield from _find_overdue(_measure_age(day, linked, link, past), linked, options, link, target)
        if linked.code_status is CodeStatus.PROMISED and not _find_links(linked):
            yield from _find_overdue(_measure_age(day, linked, None, past), linked, options)


def _find_links(linked: LinkedPaper) -> tuple[CodeLink, ...]:
    return tuple(link for link in linked.links if link.repository is not None and not link.borrowed)


def _find_announced(linked: LinkedPaper, past: Past) -> tuple[CodeLink, ...]:
    """Return the links that the paper announces, or announced on an earlier night, each repository once."""
    found: dict[str, CodeLink] = {}
    for link in _find_links(linked):
        repository = link.repository
        if repository and (link.promised or (linked.paper.id, repository.key) in past.promised):
            found.setdefault(repository.key, link)
    return tuple(found.values())


def _was_promised(linked: LinkedPaper, past: Past) -> bool:
    """Whether the paper announced code without a link, and gives one now."""
    before = past.statuses.get(linked.paper.id)
    return before is CodeStatus.PROMISED and linked.code_status is CodeStatus.LINKED


def _describe_kept(linked: LinkedPaper, link: CodeLink, target: str, check: Check, seen: Earlier | None) -> Change:
    outcome = find_outcome(check)
    return Change(
        kind=ChangeKind.PROMISE_KEPT,
        subject=linked.paper.title,
        repository=str(link.repository),
        key=target,
        paper_id=linked.paper.id,
        before=find_outcome(seen.check).label if seen else "promised, without a link",
        after=outcome.label,
        before_tone=find_outcome(seen.check).tone if seen else None,
        after_tone=outcome.tone,
        reason="The code that the paper announced is there.",
        commit_after=find_commit(check),
        before_date=seen.date if seen else None,
    )


def _measure_age(day: date, linked: LinkedPaper, link: CodeLink | None, past: Past) -> int:
    """Return the days since the paper was published, where that is not known since the promise was first seen."""
    repository = link.repository if link else None
    first = past.promised.get((linked.paper.id, repository.key if repository else None), day)
    return (day - (linked.paper.published or first)).days


def _find_overdue(
    days: int,
    linked: LinkedPaper,
    options: ReportOptions,
    link: CodeLink | None = None,
    target: str | None = None,
) -> Iterator[Change]:
    if days < options.promise_days:
        return
    yield Change(
        kind=ChangeKind.PROMISE_OVERDUE,
        subject=linked.paper.title,
        repository=str(link.repository) if link else None,
        key=target,
        paper_id=linked.paper.id,
        before="promised",
        after=f"not there after {days} days",
        reason=join_lines(linked.evidence, 200),
        days=days,
    )
