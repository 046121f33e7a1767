"""Compares a night with what earlier nights told: what is broken, fixed, moved, gone or kept since; pure.

Invariants: an inconclusive result is never broken and never fixed: the last conclusive one is what
counts; and where the checker itself, or a limit of the check, stands in the way, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from checker.core.text import join_lines
from checker.core.values.changes import Change, ChangeKind, Changes, ReportOptions
from checker.core.values.papers import LinkedPaper
from checker.core.values.past import Earlier, Past, Presence, read_presence
from checker.core.values.plans import Rung, Way
from checker.core.values.results import Attempt, Blame, Check, Tone, find_commit
from checker.judging.ladder import is_inconclusive
from checker.judging.wording import find_outcome
from checker.nights.promises import judge_promises
from checker.nights.why_changed import explain_difference
from checker.reports.counting import Checks, find_target
from checker.reports.words import RUNG_WORDS, WAY_WORDS


def compare(
    day: date,
    papers: Sequence[LinkedPaper],
    checks: Checks,
    past: Past,
    options: ReportOptions | None = None,
) -> Changes:
    """Return everything that became otherwise, in the order of `ChangeKind`, by subject within each."""
    options = options or ReportOptions()
    naming = _find_papers(papers, checks)
    found = list(judge_promises(day, papers, checks, past, options))
    kept = {change.key for change in found if change.kind is ChangeKind.PROMISE_KEPT}
    conclusive = {target: check for target, check in checks.items() if not check.inconclusive}
    for target, check in conclusive.items():
        found.extend(
            change.model_copy(update={"key": target, "paper_id": naming.get(target)})
            for change in _compare_repository(target, check, past, options.require)
            if change.kind is not ChangeKind.RETURNED or target not in kept
        )
    order = list(ChangeKind)
    known = past.unchanged | past.seen.keys()
    return Changes(
        since=past.since,
        compared=len(conclusive.keys() & known),
        untold=sum(not tells(check) for check in checks.values()),
        new=len(conclusive.keys() - known),
        require=options.require,
        way=options.way,
        promise_days=options.promise_days,
        changes=tuple(sorted(found, key=lambda c: (order.index(c.kind), c.subject.lower(), c.paper_id or ""))),
    )


def tells(check: Check) -> bool:
    """Whether a check came to a conclusion about how far the code gets."""
    return not check.inconclusive and find_outcome(check).tone is not Tone.UNTOLD


def _find_papers(papers: Iterable[LinkedPaper], checks: Checks) -> dict[str, str]:
    naming: dict[str, str] = {}
    for linked in papers:
        for link in linked.links:
            if (target := find_target(link, checks)) is not None:
                naming.setdefault(target, linked.paper.id)
    return naming


# ---------------------------------------------------------------- repositories


def _compare_repository(target: str, check: Check, past: Past, require: Rung) -> Iterator[Change]:
    seen = past.seen.get(target)
    if seen is None:
        return
    before, after = read_presence(seen.check), read_presence(check)
    if before is not after:
        kind = ChangeKind.VANISHED if after < before else ChangeKind.RETURNED
        yield _change(kind, seen, check, reason=_describe_host(check) if after is not Presence.CODE else "")
    to, was = check.probe.moved_to, seen.check.probe.moved_to
    if to is not None and after is not Presence.GONE and (was is None or was.key != to.key):
        yield _change(
            ChangeKind.MOVED,
            seen,
            check,
            reason="The host answers under another name.",
            before=str(was or check.target.repository),
            after=str(to),
        )
    told = past.told.get(target)
    if told is not None and before is after is Presence.CODE and tells(check):
        yield from _compare_standing(told, check, require)


def _describe_host(check: Check) -> str:
    said = check.probe.detail or find_outcome(check).sentence
    return f"The host's answer: {join_lines(said, 200)}"


def _compare_standing(told: Earlier, check: Check, require: Rung) -> Iterator[Change]:
    """Tell whether the required rung is reached otherwise than before; else whether the code gets less far."""
    for way in Way:
        was, now = reaches(told.check, way, require), reaches(check, way, require)
        if was is not None and now is not None and was != now:
            kind = ChangeKind.NEWLY_BROKEN if was else ChangeKind.NEWLY_FIXED
            yield _describe_climb(kind, told, check, way)
            return
    heights = _measure_height(told.check.verdict.reached), _measure_height(check.verdict.reached)
    lower = told.check if heights[0] < heights[1] else check
    if heights[0] != heights[1] and not _is_held_back(lower):
        kind = ChangeKind.WEAKER if heights[1] < heights[0] else ChangeKind.STRONGER
        yield _describe_climb(kind, told, check, None)


def reaches(check: Check, way: Way, rung: Rung) -> bool | None:
    """Tell whether a rung or a higher one is reached by this way or an earlier one; None where we cannot tell."""
    ways = list(Way)[: list(Way).index(way) + 1]
    mine = [attempt for attempt in check.attempts if attempt.plan.way in ways]
    if any(_measure_height(attempt.reached) >= rung.height for attempt in mine):
        return True
    return None if not mine or any(is_inconclusive(attempt) or _is_limited(attempt) for attempt in mine) else False


def _is_limited(attempt: Attempt) -> bool:
    return attempt.cause is not None and attempt.cause.blame is not Blame.REPOSITORY


def _is_held_back(check: Check) -> bool:
    """Whether the check stopped for a cause that is not the repository's."""
    cause = check.cause or check.verdict.cause
    return cause is not None and cause.blame is not Blame.REPOSITORY


def _measure_height(rung: Rung | None) -> int:
    return -1 if rung is None else rung.height


def _describe_climb(kind: ChangeKind, told: Earlier, check: Check, way: Way | None) -> Change:
    """Return a change of how far the code gets, with what made the difference."""
    labels = find_outcome(told.check).label, find_outcome(check).label
    if labels[0] == labels[1]:
        labels = _describe_reach(told.check, way), _describe_reach(check, way)
    found = explain_difference(told.check, check, way)
    stopped = check if kind in (ChangeKind.NEWLY_BROKEN, ChangeKind.WEAKER) else told.check
    cause = _describe_cause(stopped, way)
    when = "It stops for this" if stopped is check else "It stopped for this"
    return _change(
        kind,
        told,
        check,
        reason=f"{found.reason} {when}: {cause}" if cause else found.reason,
        before=labels[0],
        after=labels[1],
    ).model_copy(update={"packages": found.packages})


def _describe_reach(check: Check, way: Way | None) -> str:
    """Say how far the code gets: by one way, or by any."""
    if way is None:
        reached = check.verdict.reached
        return RUNG_WORDS[reached] if reached else "nothing holds"
    heights = [attempt.reached for attempt in check.attempts if attempt.plan.way is way and attempt.reached]
    best = max(heights, key=_measure_height, default=None)
    return f"{WAY_WORDS[way]}: {RUNG_WORDS[best] if best else 'nothing holds'}"


def _describe_cause(check: Check, way: Way | None) -> str:
    of_way = [attempt.cause for attempt in check.attempts if attempt.plan.way is way and attempt.cause]
    cause = of_way[-1] if of_way else check.cause or check.verdict.cause
    return join_lines(cause.summary, 200) if cause else ""


def _change(
    kind: ChangeKind, earlier: Earlier, check: Check, *, reason: str, before: str = "", after: str = ""
) -> Change:
    was, now = find_outcome(earlier.check), find_outcome(check)
    return Change(
        kind=kind,
        subject=str(check.target.repository),
        repository=str(check.target.repository),
        before=before or was.label,
        after=after or now.label,
        before_tone=was.tone,
        after_tone=now.tone,
        reason=reason,
        commit_before=find_commit(earlier.check),
        commit_after=find_commit(check),
        before_date=earlier.date,
    )
