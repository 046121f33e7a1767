"""Turns a check into remarks on lines: what stopped it, and what already needs the past or repairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.core.text import join_lines
from checker.core.tree import Tree
from checker.core.values.plans import Way
from checker.core.values.results import Blame, StepStatus, Tone
from checker.judging.causes import CAUSES
from checker.reports.ci.locate_lines import PYTHON, Place, locate_step, quote_telling_lines
from checker.reports.ci.locate_repairs import locate_repair
from checker.reports.ci.values import Annotation, Level, Result
from checker.reports.document import AttemptEntry, RepositoryEntry, StepEntry

_QUIET = frozenset({StepStatus.PASSED, StepStatus.SKIPPED})
_LINE = 400
_AVAILABILITY = frozenset({Tone.GONE, Tone.UNCHECKED})


def annotate(
    entry: RepositoryEntry, result: Result, tree: Tree | None, folder: str = ""
) -> tuple[Annotation, ...]:
    """Return the remarks on a check, the weightiest first.

    `tree` holds the files that were checked (None: no line can be named), `folder` is where they lie in the
    repository. Where the rung was not reached, the cause is an error; a failure as published that the past or
    repairs get over is a warning; what keeps it from a rung above the required one is a notice; what could not be
    told is a warning on the job. Each repair is a remark of its own, on the line of the package that it is about.
    """
    if not result.told:
        return (_remark_untold(entry),)
    found: dict[tuple[str | None, int | None, str], Annotation] = {}
    for level, step, attempt in _find_failures(entry, result):
        places: tuple[Place | None, ...] = (None,)
        if tree is not None:
            places = locate_step(step, attempt, entry, tree) or (None,)
        for place in places:
            remark = _make_remark(level, step, attempt, entry, _place_below(folder, place))
            found.setdefault((remark.path, remark.line, remark.name), remark)
    failures = tuple(found.values())
    if not failures and not result.reached:
        failures = (_remark_on_job(entry),)
    return (*failures, *_remark_repairs(entry, result, tree, folder))


def _remark_repairs(
    entry: RepositoryEntry, result: Result, tree: Tree | None, folder: str
) -> Iterator[Annotation]:
    """Yield a remark for each repair that brought the code further than it got without any."""
    attempt = find_repaired(entry)
    if attempt is None:
        return
    level = Level.NOTICE if result.reached and entry.way is not Way.REPAIRED else Level.WARNING
    for repair in attempt.repairs:
        changes: Iterable[tuple[str, Place | None]] = ((repair.changed, None),)
        if tree is not None:
            changes = locate_repair(repair, attempt.python or PYTHON, tree)
        for words, place in changes:
            at = _place_below(folder, place)
            yield Annotation(
                level=level,
                title=REPAIRED,
                message=f"Repaired: {words}" + (f"\nHint: {repair.hint}" if repair.hint else ""),
                name=repair.name,
                path=at[0] if at else None,
                line=at[1] if at else None,
            )


def find_repaired(entry: RepositoryEntry) -> AttemptEntry | None:
    """Return the attempt whose repairs brought the code further than it got without any, None where none did."""
    plain = max((_height(a) for a in entry.attempts if not a.repairs), default=-1)
    best = max((a for a in entry.attempts if a.repairs), key=_height, default=None)
    return best if best is not None and _height(best) > plain else None


def _height(attempt: AttemptEntry) -> int:
    return -1 if attempt.reached is None else attempt.reached.height


def _find_failures(entry: RepositoryEntry, result: Result) -> Iterator[tuple[Level, StepEntry, AttemptEntry]]:
    """Return the steps that failed and matter: the one behind the cause, then the one that failed as published."""
    stopped = _find_by_cause(entry, entry.cause)
    if stopped is not None and not result.reached:
        yield Level.ERROR, *stopped
    for attempt in entry.attempts:
        if attempt.way is Way.AS_PUBLISHED and entry.way is not Way.AS_PUBLISHED and not attempt.inconclusive:
            step = _find_first_failed(attempt)
            if step is not None:
                yield Level.WARNING, step, attempt
            break
    if stopped is not None and result.reached and entry.blame is Blame.REPOSITORY:
        yield Level.NOTICE, *stopped


def _find_by_cause(entry: RepositoryEntry, cause: str | None) -> tuple[StepEntry, AttemptEntry] | None:
    """Return the step that stopped for the verdict's cause, in the attempt that the author can repeat."""
    for attempt in entry.attempts:
        for step in attempt.steps:
            if cause is not None and step.cause == cause and step.status not in _QUIET:
                return step, attempt
    return None


def _find_first_failed(attempt: AttemptEntry) -> StepEntry | None:
    failed = [step for step in attempt.steps if step.status not in _QUIET and step.cause is not None]
    return next((step for step in failed if step.required), failed[0] if failed else None)


def _place_below(folder: str, place: Place | None) -> Place | None:
    return None if place is None else (f"{folder}/{place[0]}" if folder else place[0], place[1])


def _make_remark(
    level: Level, step: StepEntry, attempt: AttemptEntry, entry: RepositoryEntry, place: Place | None
) -> Annotation:
    kind = CAUSES.get(step.cause or "")
    verdicts = step.cause == entry.cause
    summary = entry.cause_summary if verdicts and entry.cause_summary else kind.summary if kind else "It failed."
    hint = entry.hint if verdicts else kind.hint if kind else ""
    said = join_lines(quote_telling_lines(step.excerpt), _LINE)
    return Annotation(
        level=level,
        title=f"reproducibility: {_TITLES[level]}",
        message="\n".join(part for part in (summary, said, f"Hint: {hint}" if hint else "") if part),
        name=step.cause or "",
        path=place[0] if place else None,
        line=place[1] if place else None,
    )


_TITLES = {
    Level.ERROR: "stopped here",
    Level.WARNING: "fails as published",
    Level.NOTICE: "gets no further",
}
REPAIRED = "reproducibility: needs a repair"


def _remark_on_job(entry: RepositoryEntry) -> Annotation:
    """Return a remark on the job, where no step failed: there is no code, or nothing that could be tried."""
    summary = entry.cause_summary
    if summary is None or entry.outcome.tone in _AVAILABILITY:
        summary = entry.outcome.sentence
    parts = (summary, f"Hint: {entry.hint}" if entry.hint else "")
    return Annotation(
        level=Level.ERROR,
        title="reproducibility: not reached",
        message="\n".join(part for part in parts if part),
        name=entry.cause or "",
    )


def _remark_untold(entry: RepositoryEntry) -> Annotation:
    """Return a remark on the job, where the code could not be judged: with the cause, which is not the code's."""
    why = f" {entry.cause_summary}" if entry.cause_summary and entry.blame is not Blame.REPOSITORY else ""
    return Annotation(
        level=Level.WARNING,
        title=f"reproducibility: {entry.outcome.label}",
        message=f"{entry.outcome.sentence}{why}",
        name=entry.cause or "",
    )
