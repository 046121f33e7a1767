"""Same result twice: compares the verdicts of two runs over the same repositories; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker.core.shares import Share
from checker.core.values.base import Value
from checker.core.values.results import Attempt, Check, StepStatus
from tools.bench.page import cell, table, together


class Said(Value):
    """What a check came to: its rung, the way that reached it, and what stopped it there, as words."""

    reached: str
    way: str
    cause: str


class Differing(Value):
    """A repository of which two runs say different things; `where` names the first step that went another way."""

    repository: str
    first: Said
    second: Said
    where: str


class Compared(Value):
    """Two runs beside each other: `same` counts repositories that both told of and judged alike.

    `untold` were inconclusive in one run or both: what failed there is ours, and nothing is to be compared.
    """

    same: Share
    differing: tuple[Differing, ...]
    untold: tuple[str, ...]


def compare_runs(first: Mapping[str, Check], second: Mapping[str, Check]) -> Compared:
    """Compare the checks that two runs have in common, in the order of the first."""
    pairs = [(check, second[key]) for key, check in first.items() if key in second]
    untold = [str(a.target.repository) for a, b in pairs if a.inconclusive or b.inconclusive]
    told = [(a, b) for a, b in pairs if not (a.inconclusive or b.inconclusive)]
    differing = tuple(
        Differing(
            repository=str(a.target.repository), first=say(a), second=say(b), where=find_first_difference(a, b)
        )
        for a, b in told
        if say(a) != say(b)
    )
    same = Share(count=len(told) - len(differing), of=len(told))
    return Compared(same=same, differing=differing, untold=tuple(untold))


def say(check: Check) -> Said:
    """Return what is compared of a check."""
    cause = check.cause or check.verdict.cause
    reached, way = check.verdict.reached, check.verdict.way
    return Said(
        reached=reached.value if reached else check.availability.value,
        way=way.value if way else "–",
        cause=cause.name if cause else "–",
    )


def find_first_difference(first: Check, second: Check) -> str:
    """Name the first attempt, plan or step in which two checks of the same code part."""
    for number, (one, other) in enumerate(zip(first.attempts, second.attempts, strict=False), 1):
        here = f"attempt {number} ({one.plan.way.value})"
        if one.plan.way is not other.plan.way:
            return f"{here}: the other run tried {other.plan.way.value}"
        if _repairs(one) != _repairs(other):
            return f"{here}: repairs {', '.join(sorted(_repairs(one) ^ _repairs(other)))}"
        for a, b in zip(_steps(one), _steps(other), strict=False):
            if a != b:
                return f"{here}: {' '.join(a)}, then {' '.join(b)}"
    if len(first.attempts) != len(second.attempts):
        return f"{len(first.attempts)} attempts, then {len(second.attempts)}"
    return "the same steps were judged in another way"


def _repairs(attempt: Attempt) -> set[str]:
    return {f"{repair.name} ({repair.changed})" for repair in attempt.plan.repairs}


def _steps(attempt: Attempt) -> Sequence[tuple[str, ...]]:
    return [
        (result.step.name, result.status.value, result.cause.name if result.cause else "–")
        for result in attempt.results
        if result.status is not StepStatus.SKIPPED
    ]


def twice_page(found: Compared, title: str) -> str:
    """Return the comparison as Markdown."""
    untold = f"Inconclusive at least once: {', '.join(map(cell, found.untold))}." if found.untold else ""
    rows = [(each.repository, _join(each.first), _join(each.second), each.where) for each in found.differing]
    return together(
        (
            title,
            f"Same rung, way and cause: {cell(found.same)}.",
            untold,
            table(("repository", "first", "second", "where they part"), rows),
        )
    )


def _join(said: Said) -> str:
    return f"{said.reached}, {said.way}, {said.cause}"
