"""Climbs the ladder over stored results: which rungs hold, and the verdict on a repository. Pure.

Invariants: a rung holds only by a step's status as the engine reported it; what was not tried, or failed through
us, is None and never False; every rung stands on its own; our failure never lowers a verdict.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence

from checker.core.container import PROBES
from checker.core.values.plans import BuildPlan, Evidence, Phase, Rung, Way
from checker.core.values.results import Attempt, Cause, Check, RungResult, StepResult, StepStatus, Verdict
from checker.judging.causes import is_limit, is_ours
from checker.judging.diagnose import diagnose

#: The ways in the order of how much they had to do: the earliest that reaches a rung is the one reported.
WAYS = tuple(Way)

_UNTOLD = frozenset({StepStatus.ENGINE_ERROR, StepStatus.SKIPPED})

#: Characters of a command that are shown as evidence.
COMMAND = 200


def climb(
    *, has_code: bool, declared: bool, plan: BuildPlan, results: Sequence[StepResult]
) -> tuple[RungResult, ...]:
    """Return all eight rungs of one attempt, lowest first, each with its evidence."""
    of = {phase: [r for r in results if r.step.phase is phase] for phase in Phase}
    code = Evidence(claim="source files exist" if has_code else "no source files", source="tree")
    return (
        RungResult(rung=Rung.CODE, holds=has_code, evidence=(code,)),
        RungResult(rung=Rung.DECLARED, holds=declared, evidence=_cite_declaration(plan, declared)),
        _judge_every(Rung.RESOLVED, of[Phase.RESOLVE], _list_planned(plan, Phase.RESOLVE)),
        _judge_every(Rung.BUILT, of[Phase.INSTALL], _list_planned(plan, Phase.INSTALL)),
        _judge_every(Rung.IMPORTABLE, of[Phase.IMPORT], ()),
        _judge_answers(of[Phase.ANSWER], of[Phase.TEST]),
        _judge_any(Rung.STARTS, [*of[Phase.START], *of[Phase.RUN]], _has_started),
        _judge_any(Rung.RUNS, [*of[Phase.TEST], *of[Phase.RUN]], _has_passed),
    )


def reach_verdict(attempts: Sequence[Attempt]) -> Verdict:
    """Return the verdict on a repository from all its attempts.

    The highest rung of any attempt counts, by the earliest way that reached it; of the attempts of that way the
    one with most rungs gives them, the first of equals. The cause is a limit that stopped it, else that of the
    last attempt that got as high: what stopped earlier ones has been fixed by then. A failure of the checker
    is outweighed by an attempt that got to `built` and higher than the one that failed, or that came after it on
    the same way and was conclusive (an earlier one lacks the repairs that were to be tried). Otherwise the verdict
    is inconclusive with that failure as its cause, unless the top is reached already. The same holds where a
    failure of the engine or of the machine came before any repair, since none is tried then.
    """
    best = min(attempts, key=_place, default=None)
    if best is None:
        return Verdict()
    runs = best.reached is Rung.RUNS
    ours = [] if runs else [a for a in attempts if _may_hide_better(a, attempts)]
    return Verdict(
        reached=best.reached,
        way=best.plan.way,
        rungs=best.rungs,
        cause=None if runs else (ours[-1].cause if ours else None) or _find_last_cause(best, attempts),
        inconclusive=bool(ours),
    )


def find_decisive_attempt(check: Check) -> Attempt | None:
    """Return the attempt that decides the verdict of a check, or None."""
    said = check.verdict
    wanted = (said.way, said.reached, said.rungs)
    return next((a for a in check.attempts if (a.plan.way, a.reached, a.rungs) == wanted), None)


def _place(attempt: Attempt) -> tuple[int, bool, int, int]:
    held = sum(result.holds is True for result in attempt.rungs)
    return -_measure_height(attempt), is_inconclusive(attempt), WAYS.index(attempt.plan.way), -held


def _find_last_cause(best: Attempt, attempts: Sequence[Attempt]) -> Cause | None:
    if is_inconclusive(best) or is_limit(best.cause):
        return best.cause
    as_high = [a for a in attempts if _measure_height(a) == _measure_height(best) and not is_inconclusive(a)]
    return as_high[-1].cause if as_high else best.cause


def holds(rungs: Iterable[RungResult], rung: Rung) -> bool | None:
    """Return whether a rung holds; None where inconclusive."""
    return next((r.holds for r in rungs if r.rung is rung), None)


def _measure_height(attempt: Attempt) -> int:
    return -1 if attempt.reached is None else attempt.reached.height


def is_inconclusive(attempt: Attempt) -> bool:
    """Whether an attempt ended by a failure of the checker."""
    return attempt.inconclusive or is_ours(attempt.cause)


def _may_hide_better(attempt: Attempt, attempts: Sequence[Attempt]) -> bool:
    """Whether the checker's failure in an attempt may hide that the repository does better than is known."""
    if not is_inconclusive(attempt):
        return False
    if attempt.inconclusive and attempt is attempts[-1] and attempt.plan.way is not Way.REPAIRED:
        return True  # nothing was tried after it: what repairs bring is not known
    told = [a for a in attempts if not is_inconclusive(a)]
    after = attempts[next(i for i, a in enumerate(attempts) if a is attempt) :]
    again = [a for a in after if not is_inconclusive(a) and a.plan.way is attempt.plan.way]
    if any(_measure_height(a) >= _measure_height(attempt) for a in again):
        return False
    known = max((_measure_height(a) for a in told), default=-1)
    return known <= _measure_height(attempt) or known < Rung.BUILT.height


def _cite_declaration(plan: BuildPlan, declared: bool) -> tuple[Evidence, ...]:
    if not declared:
        return (Evidence(claim="no file states the dependencies", source="tree"),)
    named = tuple(e for e in plan.evidence if "/" in e.source or "." in e.source.strip("."))
    return named[:1] or (Evidence(claim="the repository states its dependencies", source="tree"),)


def _list_planned(plan: BuildPlan, phase: Phase) -> tuple[str, ...]:
    return tuple(step.name for step in plan.steps if step.phase is phase and step.required)


def _judge_every(rung: Rung, results: Sequence[StepResult], planned: Sequence[str]) -> RungResult:
    """Hold when every step passed; steps that may fail count only where there are no others."""
    counted = [r for r in results if r.step.required] or list(results)
    missing = set(planned) - {r.step.name for r in counted}
    told: bool | None
    if any(_has_failed(r) for r in counted):
        told = False
    elif not counted or missing or not all(r.passed for r in counted):
        told = None
    else:
        told = True
    return RungResult(rung=rung, holds=told, evidence=_quote_results(results, lambda r: not r.passed))


def _judge_any(rung: Rung, results: Sequence[StepResult], good: Callable[[StepResult], bool]) -> RungResult:
    """Hold when one step was good; fail when one was really tried and none was."""
    told: bool | None = None
    if any(good(r) for r in results):
        told = True
    elif any(_has_failed(r) and not _was_limited(r) for r in results):
        told = False
    return RungResult(rung=rung, holds=told, evidence=_quote_results(results, good))


def _judge_answers(answers: Sequence[StepResult], tests: Sequence[StepResult]) -> RungResult:
    """Hold when an entry point printed its usage, or the tests collected: passing tests did."""
    return _judge_any(Rung.ANSWERS, [*answers, *(r for r in tests if r.passed)], _has_passed)


def _has_passed(result: StepResult) -> bool:
    return result.passed


def _has_started(result: StepResult) -> bool:
    """Whether an entry point worked until it ended, or until it needed what a check cannot provide."""
    return result.passed or result.status is StepStatus.LIMIT


def _has_failed(result: StepResult) -> bool:
    """Whether a step was tried and failed, not because of the checker."""
    return not result.passed and result.status not in _UNTOLD and not is_ours(diagnose(result))


def _was_limited(result: StepResult) -> bool:
    """Whether a limit of the check stopped a step, or it found nothing to do: neither counts against the code."""
    found = diagnose(result)
    return result.status is StepStatus.LIMIT or is_limit(found) or (found is not None and found.name == "no_tests")


def _quote_results(results: Sequence[StepResult], first: Callable[[StepResult], bool]) -> tuple[Evidence, ...]:
    """Return a line for each step, at most four, those that decide first."""
    ordered = sorted(results, key=lambda r: not first(r))
    return tuple(_quote_result(r) for r in ordered[:4])


def _quote_result(result: StepResult) -> Evidence:
    ended = result.status.value.replace("_", " ")
    code = "" if result.exit_code is None else f", exit code {result.exit_code}"
    found: Cause | None = diagnose(result)
    because = "" if found is None else f" ({found.name})"
    return Evidence(
        claim=f"{result.step.name}: {ended}{code}, {result.seconds:.1f} s{because}",
        source="engine",
        text=shlex.join(_find_command(result.step.argv))[:COMMAND],
    )


def _find_command(argv: Sequence[str]) -> Sequence[str]:
    """Return the command that the author would type, without the checker's program that watches it."""
    watched = len(argv) > 1 and argv[1].startswith(f"{PROBES}/") and "--" in argv
    return argv[argv.index("--") + 1 :] if watched else argv
