"""Counting over stored checks: rungs by way, the funnel, the causes; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper
from checker.core.values.plans import Rung, Standing, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Blame, Cause, Check, ProgramResult, TestCounts, Tone
from checker.judging.programs import find_fullest
from checker.judging.wording import find_outcome
from checker.reports.document import CauseCount, Funnel, JudgedFunnel, ProgramEntry, Rungs, WayFunnel

#: Answers after which a repository can be cloned.
ANSWERING = frozenset({Availability.AVAILABLE, Availability.MOVED, Availability.NO_CODE, Availability.EMPTY})

#: Checks by the name of their target (`Target.key`).
Checks = Mapping[str, Check]


def compute_percent(count: int, of: int) -> int:
    """Return whole per cent, 0 of nothing being 0; only all of it is 100 and only none of it is 0."""
    if of == 0 or count == 0:
        return 0
    return 100 if count == of else min(99, max(1, round(100 * count / of)))


def find_target(link: CodeLink, checks: Checks) -> str | None:
    """Return the name of the check that answers a link, None where there is none."""
    asked = link.target
    if asked is None:
        return None
    keys = (asked.key, asked.without_custom_branch.key, asked.repository.key)
    return next((key for key in keys if key in checks), None)


def read_verdict_rungs(check: Check) -> Rungs:
    """Return every rung as the verdict has it; all unknown where inconclusive."""
    told = {r.rung: r.holds for r in check.verdict.rungs}
    if check.availability in (Availability.NO_CODE, Availability.EMPTY):
        told[Rung.CODE] = False
    return {rung: told.get(rung) for rung in Rung}


def collect_rungs(check: Check, way: Way) -> Rungs:
    """Return every rung as borne out by this way or an earlier one; what holds once, holds."""
    ways = list(Way)[: list(Way).index(way) + 1]
    told: dict[Rung, set[bool]] = defaultdict(set)
    for attempt in check.attempts:
        if attempt.plan.way in ways:
            for result in attempt.rungs:
                if result.holds is not None:
                    told[result.rung].add(result.holds)
    ground = read_verdict_rungs(check)
    rungs: Rungs = {rung: True in told[rung] if told[rung] else None for rung in Rung}
    return rungs | {rung: ground[rung] for rung in (Rung.CODE, Rung.DECLARED) if rungs[rung] is None}


def collect_programs(check: Check) -> tuple[ProgramEntry, ...]:
    """Return the programs that the pages start, the main one first, with the outcome of each way."""
    found: dict[str, dict[Way, ProgramResult]] = defaultdict(dict)
    for way in Way:
        fullest = find_fullest(check.attempts, way)
        for each in fullest.programs if fullest is not None else ():
            found[each.program.name][way] = each
    entries = []
    for name, by_way in found.items():
        first = next(iter(by_way.values()))
        outcomes = {way: each.outcome for way, each in by_way.items()}
        standing = first.program.standing
        entries.append(ProgramEntry(program=name, command=first.command, standing=standing, outcomes=outcomes))
    return tuple(sorted(entries, key=lambda entry: list(Standing).index(entry.standing)))


def collect_tests(check: Check) -> dict[Way, TestCounts]:
    """Return how many tests ended how, by the ways in which tests were counted."""
    fullest = ((way, find_fullest(check.attempts, way)) for way in Way)
    return {way: best.tests for way, best in fullest if best is not None and best.tests is not None}


def count_funnel(papers: Sequence[LinkedPaper], checks: Checks) -> Funnel:
    """Count what is left at each stage."""
    links = [link for linked in papers for link in linked.links if link.repository is not None]
    named = {find_target(link, checks) or (link.repository.key if link.repository else "") for link in links}
    statuses = Counter(linked.code_status for linked in papers)
    found = Counter(check.availability for check in checks.values())
    judged = [check for check in checks.values() if is_judged(check)]
    tried = [check for check in judged if _holds(check, Rung.CODE)]
    verdicts = [read_verdict_rungs(check) for check in checks.values()]
    whole = {rung.value: sum(rungs[rung] is True for rungs in verdicts) for rung in Rung}
    return Funnel(
        papers=len(papers),
        linked=statuses[CodeStatus.LINKED],
        links=len(links),
        repositories=len(named | set(checks)),
        checked=len(checks),
        available=sum(found[availability] for availability in ANSWERING),
        tried=len(tried),
        inconclusive=sum(check.inconclusive for check in checks.values()),
        untestable=sum(not check.inconclusive and not is_judged(check) for check in checks.values()),
        judged=JudgedFunnel(
            repositories=len(judged),
            available=sum(check.availability in ANSWERING for check in judged),
            code=len(tried),
            declared=sum(_holds(check, Rung.DECLARED) for check in judged),
            starts=sum(collect_rungs(check, Way.REPAIRED)[Rung.STARTS] is True for check in judged),
        ),
        as_published=_count_way(tried, Way.AS_PUBLISHED),
        period=_count_way(tried, Way.PERIOD),
        repaired=_count_way(tried, Way.REPAIRED),
        link_kinds=Counter(link.kind for linked in papers for link in linked.links),
        code_status={status: statuses[status] for status in CodeStatus},
        availability={availability: found[availability] for availability in Availability},
        **whole,
    )


def is_judged(check: Check) -> bool:
    """Whether a check tells something of the repository: neither a failure of ours nor a limit stopped it."""
    return find_outcome(check).tone is not Tone.UNTOLD


def _holds(check: Check, rung: Rung) -> bool:
    return read_verdict_rungs(check)[rung] is True


def _count_way(checks: Iterable[Check], way: Way) -> WayFunnel:
    rungs = [collect_rungs(check, way) for check in checks]
    return WayFunnel(**{name: sum(r[Rung(name)] is True for r in rungs) for name in WayFunnel.model_fields})


def count_causes(checks: Iterable[Check]) -> tuple[CauseCount, ...]:
    """Count why repositories stopped, the repositories' own causes first, then by number."""
    found: dict[str, list[tuple[Cause, str]]] = defaultdict(list)
    for check in checks:
        cause = check.cause or check.verdict.cause
        if cause is not None:
            found[cause.name].append((cause, str(check.target.repository)))
    counts = [
        CauseCount(
            name=name,
            summary=rows[0][0].summary,
            blame=rows[0][0].blame,
            repositories=tuple(sorted(repository for _, repository in rows)),
        )
        for name, rows in found.items()
    ]
    order = list(Blame)
    return tuple(sorted(counts, key=lambda c: (order.index(c.blame), -len(c.repositories), c.name)))
