"""Compares attempts: whether another could improve on them, whether repairs help, whether two plans are the same.

Pure; what an attempt reached is read from its rungs and from the report of its imports, never from printed text.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.values.plans import BuildPlan, Phase, Rung, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.judging.import_report import read_import_errors
from checker.judging.programs import count_faults, is_fault

#: Repairs in a row that may bring nothing. One may, where it removes the first of two obstacles.
IN_VAIN = 2

#: The same, where each repair leads a program on to another obstacle: it shows one at a time.
OBSTACLES = 5

#: After this long no further repair begins: nearly everything that can be repaired is repaired by then.
REPAIR_SECONDS = 1200

_STARTED = frozenset({Phase.START, Phase.RUN})


def has_nothing_to_improve(attempt: Attempt) -> bool:
    """Whether every conclusive rung holds, and no program and no test fails: another way could only repeat it."""
    told = {r.rung: r.holds for r in attempt.rungs}
    if attempt.inconclusive or told.get(Rung.IMPORTABLE) is not True:
        return False
    if count_faults(attempt) or any(r.tests is not None and is_fault(r) for r in attempt.results):
        return False
    return all(told.get(rung) is not False for rung in (Rung.BUILT, Rung.ANSWERS, Rung.STARTS, Rung.RUNS))


def is_out_of_time(attempts: Sequence[Attempt], scale: float = 1.0, patience: float = 1.0) -> bool:
    """Whether attempts took so long that no further repair is begun.

    `scale` is the operator's for a slow machine, `patience` how many times as long everything takes on one that is
    crowded; what that made a step take beyond its limit does not count either. How many repairs are tried must
    not depend on what else runs there.
    """
    spent = sum(a.seconds - sum(measure_overrun(result, scale) for result in a.results) for a in attempts)
    return spent > REPAIR_SECONDS * max(1.0, scale) * patience


def measure_overrun(result: StepResult, scale: float) -> float:
    """Return the seconds that a step was given beyond its limit, because the machine was crowded."""
    return max(0.0, result.seconds - result.step.seconds * scale)


def has_stalled(attempts: Sequence[Attempt]) -> bool:
    """Whether the last `IN_VAIN` repairs installed everything and gained nothing: no rung, no import.

    Repairs of what cannot be resolved or installed do not count: one mistake hides the next, and they are quick.
    `OBSTACLES` of them may, as long as each has a program give up for a reason that was not there before.
    """
    built = [attempt for attempt in attempts if is_installed(attempt)]
    most = OBSTACLES if _comes_further(attempts) else IN_VAIN
    last = attempts[-most:]
    if len(built) <= most or any(attempt.plan.way is not Way.REPAIRED for attempt in last):
        return False
    before = [attempt for attempt in built if attempt not in last]
    return all(attempt in built for attempt in last) and max(map(_measure_progress, last)) <= max(
        map(_measure_progress, before)
    )


def _comes_further(attempts: Sequence[Attempt]) -> bool:
    """Whether a program gives up for another reason than in every attempt before."""
    reasons = [_list_reasons(attempt) for attempt in attempts]
    return bool(reasons and reasons[-1].difference(*reasons[:-1]))


def _list_reasons(attempt: Attempt) -> frozenset[tuple[str, str]]:
    """Return why programs failed to start: (step, reason)."""
    failed = (r for r in attempt.results if r.step.phase in _STARTED and r.status is StepStatus.FAILED)
    return frozenset((r.step.name, item.claim) for r in failed if r.cause for item in r.cause.evidence)


def is_installed(attempt: Attempt) -> bool:
    """Whether everything was installed but parts that may be missing: `built`, or all but those parts."""
    required = [r for r in attempt.results if r.step.phase is Phase.INSTALL and r.step.required]
    return holds(attempt, Rung.BUILT) or (bool(required) and all(r.passed for r in required))


def holds(attempt: Attempt, rung: Rung) -> bool:
    """Whether an attempt proves a rung."""
    return any(result.rung is rung and result.holds for result in attempt.rungs)


def _measure_progress(attempt: Attempt) -> tuple[int, int, int]:
    """Return how many rungs hold and, negated, how many programs crash and modules fail: higher is better."""
    failed = sum(len(read_import_errors(result)) for result in attempt.results)
    return sum(result.holds is True for result in attempt.rungs), -count_faults(attempt), -failed


def is_same_work(one: BuildPlan, other: BuildPlan) -> bool:
    """Whether two prepared plans do the same: same project, interpreter, files, packages and steps."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("ecosystem", "project", "interpreter", "system_packages", "env", "files", "steps")
    )
