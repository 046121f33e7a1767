"""Building the report from what was stored: pure, so that it can be made again at any time."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence

from checker.core.container import PROBES
from checker.core.text import clean, find_telling_line
from checker.core.values.changes import Changes
from checker.core.values.papers import CodeLink, LinkedPaper, LinkKind
from checker.core.values.plans import Goal, Way
from checker.core.values.repositories import Availability, Checkout
from checker.core.values.results import Attempt, Cause, Check, StepResult, StepStatus, find_commit
from checker.core.values.trust import Trust
from checker.judging.import_report import read_import_errors
from checker.judging.presence import describe_contents
from checker.judging.programs import describe_extent
from checker.judging.scoring import score_paper
from checker.judging.wording import NOT_CHECKED, find_outcome, find_reach
from checker.reports.counting import (
    Checks,
    collect_programs,
    collect_rungs,
    collect_tests,
    count_causes,
    count_funnel,
    find_target,
    read_verdict_rungs,
)
from checker.reports.document import (
    AttemptEntry,
    Facts,
    LinkEntry,
    PaperEntry,
    Report,
    RepositoryDocument,
    RepositoryEntry,
    ScorePoints,
    Scores,
    StepEntry,
)
from checker.store import Run

#: Lines of a failed step's log that `report.json` carries; the site shows more, the store holds all.
EXCERPT_LINES = 12


def build_report(
    run: Run,
    papers: Sequence[LinkedPaper],
    checks: Checks,
    changes: Changes | None = None,
    trust: Trust | None = None,
) -> Report:
    """Put a run together: every paper is accounted for, every checked repository has an entry."""
    naming = _group_papers(papers, checks)
    goal = changes.goal if changes else None
    return Report(
        date=run.date,
        funnel=count_funnel(papers, checks),
        papers=tuple(build_paper_entry(linked, checks, goal) for linked in papers),
        repositories=tuple(
            build_repository_entry(check, tuple(naming.get(target, ())), goal)
            for target, check in sorted(checks.items())
        ),
        causes=count_causes(checks.values()),
        inputs=run.inputs,
        state=run.state.value,
        started_at=run.started_at,
        finished_at=run.finished_at,
        checker_version=run.checker_version,
        rules=tuple(sorted({check.rules for check in checks.values() if check.rules})),
        changes=changes,
        trust=trust,
    )


def build_repository_document(check: Check, goal: Goal | None = None) -> RepositoryDocument:
    """Return what `checker repo --json` prints."""
    entry = build_repository_entry(check, goal=goal)
    met = None if goal is None else goal.is_met_by(entry.by_way[goal.way].reached)
    return RepositoryDocument(**dict(entry), goal=goal, goal_met=met)


def _group_papers(papers: Iterable[LinkedPaper], checks: Checks) -> dict[str, list[str]]:
    naming: dict[str, list[str]] = defaultdict(list)
    for linked in papers:
        for target in dict.fromkeys(find_target(link, checks) for link in linked.links):
            if target is not None:
                naming[target].append(linked.paper.id)
    return naming


# ---------------------------------------------------------------- entries


def build_paper_entry(linked: LinkedPaper, checks: Checks, goal: Goal | None = None) -> PaperEntry:
    """Return a paper with its scores and what became of its links."""
    scores = score_paper(linked, _find_checks(linked, checks))
    links = tuple(_link_entry(link, checks, goal) for link in linked.links)
    return PaperEntry(
        id=linked.paper.id,
        title=linked.paper.title,
        code_status=linked.code_status,
        scores=Scores(availability=scores.availability.value, runnability=scores.runnability.value),
        points=ScorePoints(availability=scores.availability.points, runnability=scores.runnability.points),
        links=links,
        evidence=linked.evidence,
        published=linked.paper.published,
        sources=linked.paper.sources,
        inconclusive=any(link.key is not None and checks[link.key].inconclusive for link in links),
    )


def _find_checks(linked: LinkedPaper, checks: Checks) -> dict[str, Check]:
    """Return the checks that answer a paper's links, by the key of the repository, pinned or not."""
    found = {link.repository.key: find_target(link, checks) for link in linked.links if link.repository}
    return {key: checks[target] for key, target in found.items() if target is not None}


def _link_entry(link: CodeLink, checks: Checks, goal: Goal | None) -> LinkEntry:
    target = find_target(link, checks)
    check = checks[target] if target is not None else None
    said: dict[str, object] = {"availability": None, "outcome": NOT_CHECKED}
    if check is not None:
        said = {
            "availability": check.availability,
            "outcome": find_outcome(check, goal),
            "reached": None if check.inconclusive else check.verdict.reached,
            "way": None if check.inconclusive else check.verdict.way,
            "key": target,
        }
    elif link.kind in (LinkKind.OWNER, LinkKind.GIST, LinkKind.OTHER):
        said = {"availability": Availability.NOT_A_REPOSITORY}
    written = {
        name: getattr(link, name)
        for name in ("url", "kind", "host", "owner", "name", "ref", "path", "promised", "borrowed")
    }
    return LinkEntry.model_validate({**written, **said})


def build_repository_entry(
    check: Check, papers: tuple[str, ...] = (), goal: Goal | None = None
) -> RepositoryEntry:
    """Return everything that is said of one repository, with respect to a goal where there is one."""
    verdict, cause = check.verdict, check.cause or check.verdict.cause
    return RepositoryEntry(
        repository=str(check.target.repository),
        key=check.target.repository.key,
        host=check.target.repository.host,
        commit=find_commit(check),
        availability=check.availability,
        rungs=read_verdict_rungs(check),
        rungs_by_way={way: collect_rungs(check, way) for way in Way},
        by_way={way: find_reach(check, way) for way in Way},
        extent=describe_extent(check),
        programs=collect_programs(check),
        tests=collect_tests(check),
        reached=None if check.inconclusive else verdict.reached,
        way=None if check.inconclusive else verdict.way,
        cause=cause.name if cause else None,
        cause_summary=cause.summary if cause else None,
        blame=cause.blame if cause else None,
        hint=(cause.hint or None) if cause else None,
        attempts=tuple(_build_attempt(attempt) for attempt in check.attempts),
        seconds=check.seconds,
        inconclusive=check.inconclusive,
        outcome=find_outcome(check, goal),
        ecosystem=check.ecosystem,
        languages=dict(check.languages),
        missing=check.missing,
        facts=_build_facts(check),
        papers=papers,
        checker_version=check.checker_version,
        rules=check.rules,
        checked_at=check.started_at,
    )


def _build_facts(check: Check) -> Facts:
    probe, checkout, repository = check.probe, check.checkout, check.target.repository
    of_checkout = set(Facts.model_fields) & set(Checkout.model_fields)
    of_probe = ("detail", "default_branch", "licence", "archived", "fork", "last_push")
    known: dict[str, object] = {name: getattr(probe, name) for name in of_probe}
    if checkout is not None:
        known |= {name: getattr(checkout, name) for name in of_checkout}
    if not check.languages:
        known["code_date"] = None
    if check.target.folder is None:
        known["url"] = f"https://{repository.host}/{repository.slug}"
    known |= {"contents": check.contents, "note": describe_contents(check.contents)}
    known["moved_to"] = str(probe.moved_to) if probe.moved_to else None
    return Facts.model_validate(known)


def _build_attempt(attempt: Attempt) -> AttemptEntry:
    return AttemptEntry(
        way=attempt.plan.way,
        python=attempt.plan.interpreter,
        repairs=attempt.plan.repairs,
        steps=tuple(_build_step(result) for result in attempt.results),
        ecosystem=attempt.plan.ecosystem,
        project=attempt.plan.project,
        index_date=attempt.plan.cutoff,
        rungs={r.rung: r.holds for r in attempt.rungs},
        reached=attempt.reached,
        cause=attempt.cause.name if attempt.cause else None,
        inconclusive=attempt.inconclusive,
        seconds=attempt.seconds,
    )


def _build_step(result: StepResult) -> StepEntry:
    quiet = result.status in (StepStatus.PASSED, StepStatus.SKIPPED)
    return StepEntry(
        name=result.step.name,
        phase=result.step.phase,
        command=shlex.join(result.step.argv),
        status=result.status,
        exit_code=result.exit_code,
        seconds=result.seconds,
        peak_memory=result.peak_memory,
        required=result.step.required,
        cause=result.cause.name if result.cause else None,
        excerpt="" if quiet else cut_telling_excerpt(result),
    )


def find_quote(cause: Cause | None) -> str:
    """Return the words of the log that a cause rests on."""
    return next((e.text for e in cause.evidence if e.text), "") if cause else ""


#: A frame of ours in a traceback, with its line of source and the marks below it.
_WATCHING = re.compile(rf'^(?P<indent> *)File "{PROBES}/[^\n]*\n(?:(?P=indent)  [^\n]*\n)*', re.MULTILINE)


def cut_telling_excerpt(result: StepResult, lines: int = EXCERPT_LINES) -> str:
    """Return the lines that end with the one that says why a step failed, and a few behind it.

    Frames of the program that watches are left out: they are not the author's. Of an import step it is what
    Python says of the modules that it could not import.
    """
    errors = "" if result.passed else "\n".join(read_import_errors(result))
    log = _WATCHING.sub("", clean(errors or result.log)).splitlines()
    at = find_telling_line(log, find_quote(result.cause))
    if at is None:
        return ""
    start = max(0, at - lines + 3)
    return "\n".join(line[:500] for line in log[start : start + lines])
