"""Climbs the ladder over stored results: which rungs hold, and the verdict on a repository. Pure.

Invariants: a rung holds only by a step's status as the engine reported it; what was not tried, or failed through
us, is None and never False; every rung stands on its own; our failure never lowers a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from checker.core.values.edits import SetAside, SkipInstallation
from checker.core.values.plans import BuildPlan, Evidence, Phase, Rung, Way
from checker.core.values.results import Attempt, Cause, Check, RungResult, StepResult, StepStatus, Verdict
from checker.judging.causes import is_limit, is_ours
from checker.judging.diagnose import diagnose
from checker.judging.programs import (
    describe_command,
    has_failed,
    has_main_crashed,
    has_main_left_behind,
    has_run,
    has_started,
    is_about_modules,
    is_fault,
    judge_programs,
)

#: The ways in the order of how much they had to do: the earliest that reaches a rung is the one reported.
WAYS = tuple(Way)

#: How a test run ended of which all tests are counted: not at the time limit.
_ENDED = frozenset({StepStatus.PASSED, StepStatus.FAILED, StepStatus.LIMIT})

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
        _judge_built(of[Phase.INSTALL], results, plan),
        _judge_every(Rung.IMPORTABLE, of[Phase.IMPORT], ()),
        _judge_answers(of[Phase.ANSWER], of[Phase.TEST]),
        _judge_starts([*of[Phase.START], *of[Phase.RUN]]),
        _judge_runs([*of[Phase.START], *of[Phase.RUN]], of[Phase.TEST]),
    )


def reach_verdict(attempts: Sequence[Attempt]) -> Verdict:
    """Return the verdict on a repository from all its attempts.

    The highest rung of any attempt counts, by the earliest way in which the main program reached it, else by the
    earliest at all; of the attempts of that way the one with most rungs gives them, the first of equals. The cause
    is a limit that stopped it, else that of the last attempt that got as high: what stopped earlier ones has been
    fixed by then. A failure of the checker is outweighed by an attempt that got to `built` and higher than the one
    that failed, or that came after it on the same way and was conclusive (an earlier one lacks the repairs that
    were to be tried). Otherwise the verdict is inconclusive with that failure as its cause, unless the top is
    reached already. The same holds where a failure of the engine or of the machine came before any repair, since
    none is tried then.
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


def _place(attempt: Attempt) -> tuple[int, bool, bool, int, int]:
    held = sum(result.holds is True for result in attempt.rungs)
    way = WAYS.index(attempt.plan.way)
    return -_measure_height(attempt), is_inconclusive(attempt), has_main_left_behind(attempt), way, -held


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
    if any(map(has_failed, counted)):
        told = False
    elif not counted or missing or not all(r.passed for r in counted):
        told = None
    else:
        told = True
    return RungResult(rung=rung, holds=told, evidence=_quote_results(results, lambda r: not r.passed))


def _judge_built(results: Sequence[StepResult], every: Sequence[StepResult], plan: BuildPlan) -> RungResult:
    """Hold when every installation step passed, and nothing was set aside that the code then lacks.

    A part of its own that did not compile (a step that may fail), or a package without which an import fails, also
    that of a program that is started, makes it `all but` that part: the environment is not the one that the author
    describes.
    """
    whole = _judge_every(Rung.BUILT, results, _list_planned(plan, Phase.INSTALL))
    lacking = [r.step.name for r in results if has_failed(r) and not r.step.required]
    if any(map(_lacks_module, every)):
        lacking += _list_set_aside(plan)
    if not whole.holds or not lacking:
        return whole
    partly = Evidence(claim=f"all but {', '.join(dict.fromkeys(lacking))}"[:300], source="engine")
    return whole.model_copy(update={"holds": False, "evidence": (partly, *whole.evidence)})


def _lacks_module(result: StepResult) -> bool:
    """Whether imports failed, or a program for want of a module."""
    return has_failed(result) and (result.step.phase is Phase.IMPORT or is_about_modules(result))


def _list_set_aside(plan: BuildPlan) -> list[str]:
    """Return what repairs left out of an installation: requirements, and the project itself."""
    edits = [edit for repair in plan.repairs for edit in repair.edits]
    aside = [edit.requirement for edit in edits if isinstance(edit, SetAside)]
    return [*aside, *("the project itself" for edit in edits if isinstance(edit, SkipInstallation))]


def _judge_answers(answers: Sequence[StepResult], tests: Sequence[StepResult]) -> RungResult:
    """Hold when programs printed their usage, or the tests collected: passing tests did."""
    collecting = [r for r in answers if r.step.program is None]
    asked = [r for r in answers if r.step.program is not None]
    told = judge_programs(asked, _has_passed)
    if any(r.passed for r in (*collecting, *tests)):
        told = True
    elif told is None and any(map(is_fault, collecting)):
        told = False
    return RungResult(
        rung=Rung.ANSWERS,
        holds=told,
        evidence=_quote_results([*answers, *(t for t in tests if t.passed)], _has_passed),
    )


def _judge_starts(starts: Sequence[StepResult]) -> RungResult:
    held = judge_programs(starts, has_started)
    return RungResult(rung=Rung.STARTS, holds=held, evidence=_quote_results(starts, has_started))


def _judge_runs(starts: Sequence[StepResult], tests: Sequence[StepResult]) -> RungResult:
    """Hold when programs ran as their pages call them, or most tests pass and the main program does not crash."""
    held = judge_programs(starts, has_run)
    if held is not True and any(map(_do_most_pass, tests)):
        held = not has_main_crashed(starts)
    elif held is None and any(map(is_fault, tests)):
        held = False
    shown = [r for r in starts if r.step.phase is Phase.RUN]
    return RungResult(rung=Rung.RUNS, holds=held, evidence=_quote_results([*tests, *shown], _has_worked))


def _do_most_pass(result: StepResult) -> bool:
    """Whether tests passed, or most of those that were counted; where all were skipped, they tell nothing."""
    counts = result.tests
    if counts is None:
        return result.passed
    return counts.mostly_pass and result.status in _ENDED


def _has_worked(result: StepResult) -> bool:
    return _do_most_pass(result) if result.step.phase is Phase.TEST else result.passed


def _has_passed(result: StepResult) -> bool:
    return result.passed


def _quote_results(results: Sequence[StepResult], first: Callable[[StepResult], bool]) -> tuple[Evidence, ...]:
    """Return a line for each step, at most four, those that decide first."""
    ordered = sorted(results, key=lambda r: not first(r))
    return tuple(_quote_result(r) for r in ordered[:4])


def _quote_result(result: StepResult) -> Evidence:
    ended = result.status.value.replace("_", " ")
    code = "" if result.exit_code is None else f", exit code {result.exit_code}"
    found: Cause | None = diagnose(result)
    because = "" if found is None else f" ({found.name})"
    counts = result.tests
    share = f", {counts.passed} of {counts.told} tests pass" if counts is not None and counts.told else ""
    return Evidence(
        claim=f"{result.step.name}: {ended}{code}{share}, {result.seconds:.1f} s{because}",
        source="engine",
        text=describe_command(result.step)[:COMMAND],
    )
