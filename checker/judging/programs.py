"""Judges the commands of a project's pages as one set: what became of each program, and of the whole. Pure.

The main program decides: what the pages call most, of equals first. Beside it most of the distinct programs may.
A helper counts only where there is nothing else. What a check did not really try says nothing: limits, our own
failures, commands that turned out to be incomplete.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from checker.core.container import PROBES
from checker.core.values.plans import Phase, Program, Standing, Step, Way
from checker.core.values.results import (
    Attempt,
    Check,
    ProgramOutcome,
    ProgramResult,
    StepResult,
    StepStatus,
    TestCounts,
)
from checker.judging.causes import is_limit, is_ours
from checker.judging.diagnose import diagnose

#: Causes of a step that found nothing to do: it says nothing of the code.
IDLE = frozenset({"no_entry_point", "no_tests"})

#: Causes that stop a program before it looks at its arguments.
ABOUT_MODULES = frozenset(
    {
        "undeclared_dependency", "missing_in_repository", "module_out_of_reach", "incompatible_dependency",
        "import_error", "not_built", "submodule_missing", "python2_syntax", "broken_syntax",
        "syntax_for_another_python",
    }
)  # fmt: skip

#: Phases whose steps start a program for real.
STARTING = frozenset({Phase.START, Phase.RUN})

_UNTOLD = frozenset({StepStatus.ENGINE_ERROR, StepStatus.SKIPPED})
_UNNAMED = Program(name="")


def has_failed(result: StepResult) -> bool:
    """Whether a step was tried and failed, not because of the checker."""
    return not result.passed and result.status not in _UNTOLD and not is_ours(diagnose(result))


def is_fault(result: StepResult) -> bool:
    """Whether a step failed by the repository's own fault, and not at a limit or for want of something to do.

    A command that is refused as incomplete is the author's only where it was called as a page has it.
    """
    if not has_failed(result) or result.status is StepStatus.LIMIT:
        return False
    found = diagnose(result)
    if is_limit(found) or (found is not None and found.name in IDLE):
        return False
    return result.step.phase is Phase.RUN or found is None or found.name != "usage_only"


def has_started(result: StepResult) -> bool:
    """Whether a program worked until it ended, or until it needed what a check cannot provide."""
    return result.passed or result.status is StepStatus.LIMIT


def has_run(result: StepResult) -> bool:
    """Whether a program ran to its end as its page calls it: with arguments filled in, it has only started."""
    return result.passed and result.step.phase is Phase.RUN


def group_by_program(results: Iterable[StepResult]) -> dict[Program, list[StepResult]]:
    """Return the results of each program; those of no named program count as one, of which any may do."""
    groups: dict[Program, list[StepResult]] = {}
    for result in results:
        groups.setdefault(result.step.program or _UNNAMED, []).append(result)
    return groups


def leave_out_helpers(groups: dict[Program, list[StepResult]]) -> dict[Program, list[StepResult]]:
    """Return the groups without helpers, unless there is nothing else."""
    kept = {program: own for program, own in groups.items() if program.standing is not Standing.HELPER}
    return kept or groups


def judge_programs(results: Sequence[StepResult], is_good: Callable[[StepResult], bool]) -> bool | None:
    """Return whether a rung is reached by the main program, or by most of the distinct ones; None if untold."""
    told = {program: _tell(own, is_good) for program, own in leave_out_helpers(group_by_program(results)).items()}
    every = [good for good in told.values() if good is not None]
    main = [good for program, good in told.items() if good is not None and program.standing is Standing.MAIN]
    return _is_most(main) or _is_most(every) if every else None


def has_main_crashed(results: Sequence[StepResult]) -> bool:
    """Whether the main program failed by its own fault with every command, whatever arguments were filled in."""
    main = [r for r in results if r.step.phase in STARTING and _is_main(r.step)]
    faults = [r for r in main if is_fault(r) and (r.step.phase is Phase.RUN or is_about_modules(r))]
    return bool(faults) and not any(map(has_started, main))


def is_about_modules(result: StepResult) -> bool:
    """Whether a step failed for want of a module, or of one that can be read."""
    found = diagnose(result)
    return found is not None and found.name in ABOUT_MODULES


def is_answered(step: Step, results: Sequence[StepResult]) -> bool:
    """Whether results tell already what a step would: another command of the same program ran, or is at work.

    Usage is asked for until the main program, or the first of equals, has printed it.
    """
    if step.phase is Phase.ANSWER:
        return judge_programs([r for r in results if r.step.phase is Phase.ANSWER], lambda r: r.passed) is True
    if step.phase not in STARTING:
        return False
    mine = [r for r in results if r.step.phase in STARTING and r.step.program == step.program]
    return any(r.passed or _is_at_work(r) for r in mine)


def _is_at_work(result: StepResult) -> bool:
    """Whether a program was still at work at its time limit: its other commands would be as well."""
    return result.status is StepStatus.LIMIT and result.cause is not None and result.cause.name == "time_out"


def choose_telling(results: Sequence[StepResult]) -> list[StepResult]:
    """Return the results that may explain where an attempt stopped: of programs the main one's, where it crashed.

    Helpers explain nothing where there are other programs.
    """
    idle = [r for r in results if r.step.phase in STARTING and r.cause is not None and r.cause.name in IDLE]
    if any(r.step.phase in STARTING and (is_fault(r) or has_started(r)) for r in results):
        results = [r for r in results if r not in idle]
    groups = group_by_program(r for r in results if r.step.program is not None)
    telling = set(leave_out_helpers(groups))
    main = {program for program in telling if program.standing is Standing.MAIN}
    starts = [r for program in main for r in groups[program] if r.step.phase in STARTING]
    if any(map(is_fault, starts)) and not any(map(has_started, starts)):
        telling = main
    return [r for r in results if r.step.program is None or r.step.program in telling]


def count_faults(attempt: Attempt) -> int:
    """Return how many programs crashed, helpers aside."""
    crashed = (p for p in attempt.programs if p.outcome is ProgramOutcome.CRASHED)
    return sum(p.program.standing is not Standing.HELPER for p in crashed)


def _is_main(step: Step) -> bool:
    return step.program is not None and step.program.standing is Standing.MAIN


def _tell(results: Sequence[StepResult], is_good: Callable[[StepResult], bool]) -> bool | None:
    if any(map(is_good, results)):
        return True
    return False if any(map(is_fault, results)) and not any(map(has_started, results)) else None


def _is_most(told: Sequence[bool]) -> bool:
    return sum(told) * 2 > len(told)


# ---------------------------------------------------------------- what became of each


def list_programs(steps: Sequence[Step], results: Sequence[StepResult]) -> tuple[ProgramResult, ...]:
    """Return what became of every program that a plan starts, in the order of the plan."""
    done = group_by_program(r for r in results if r.step.phase in STARTING and r.step.program is not None)
    planned = {
        step.program: step for step in reversed(steps) if step.phase in STARTING and step.program is not None
    }
    first = {program: own[0].step for program, own in done.items()} | dict(reversed(planned.items()))
    return tuple(_sum_up(program, step, done.get(program, ())) for program, step in first.items())


def _sum_up(program: Program, step: Step, results: Sequence[StepResult]) -> ProgramResult:
    for outcome, holds in _OUTCOMES:
        found = next((r for r in results if holds(r)), None)
        if found is not None:
            why = None if outcome is ProgramOutcome.RAN else diagnose(found)
            return ProgramResult(
                program=program, command=describe_command(found.step), outcome=outcome, cause=why and why.name
            )
    why = next((known for r in results if (known := diagnose(r)) is not None), None)
    return ProgramResult(
        program=program,
        command=describe_command(step),
        outcome=ProgramOutcome.NOT_TRIED,
        cause=why.name if why is not None else None,
    )


_OUTCOMES: tuple[tuple[ProgramOutcome, Callable[[StepResult], bool]], ...] = (
    (ProgramOutcome.RAN, has_run),
    (ProgramOutcome.STARTED, has_started),
    (ProgramOutcome.CRASHED, is_fault),
)


def describe_command(step: Step) -> str:
    """Return the command that the author would type, without the checker's program that watches it."""
    argv = step.argv
    if len(argv) > 1 and argv[1].startswith(f"{PROBES}/"):
        return shlex.join(argv[argv.index("--") + 1 :]) if "--" in argv else step.name
    return shlex.join(argv)


# ---------------------------------------------------------------- how much of the whole

#: How an attempt treats time, as it stands in a sentence.
WAY_WORDS = {Way.AS_PUBLISHED: "as published", Way.PERIOD: "at its date", Way.REPAIRED: "repaired"}


def find_fullest(attempts: Sequence[Attempt], way: Way) -> Attempt | None:
    """Return the attempt of a way in which most programs ran, of equals the one with most tests passing."""
    mine = [attempt for attempt in attempts if attempt.plan.way is way and not attempt.inconclusive]
    return max(mine, key=_measure_extent, default=None)


def _measure_extent(attempt: Attempt) -> tuple[int, int, int]:
    outcomes = [each.outcome for each in attempt.programs]
    passed = attempt.tests.passed if attempt.tests else 0
    return outcomes.count(ProgramOutcome.RAN), outcomes.count(ProgramOutcome.STARTED), passed


class _Share(NamedTuple):
    """So many of so many, in one way; `more` is what a reader should know of the rest."""

    good: int
    of: int
    way: Way
    more: str


def describe_extent(check: Check) -> str:
    """Return how much of the code works in each way: `1 of 5 commands ran as published, 5 of 5 repaired`."""
    fullest = [(way, best) for way in Way if (best := find_fullest(check.attempts, way)) is not None]
    commands = [_share_programs(way, best) for way, best in fullest if _was_tried(best)]
    tests = [_share_tests(way, best.tests) for way, best in fullest if best.tests and best.tests.told]
    parts = (_write_shares(commands, "command", "ran"), _write_shares(tests, "test", "pass"))
    return "; ".join(part for part in parts if part)


def _was_tried(attempt: Attempt) -> bool:
    return any(each.outcome is not ProgramOutcome.NOT_TRIED for each in attempt.programs)


def _share_programs(way: Way, attempt: Attempt) -> _Share:
    outcomes = [each.outcome for each in attempt.programs if each.cause not in IDLE]
    started = outcomes.count(ProgramOutcome.STARTED)
    more = f" ({started} started)" if started else ""
    return _Share(outcomes.count(ProgramOutcome.RAN), len(outcomes), way, more)


def _share_tests(way: Way, counts: TestCounts) -> _Share:
    more = f" ({counts.uncollected} test files cannot be collected)" if counts.uncollected else ""
    return _Share(counts.passed, counts.told, way, more)


def _keep_telling(shares: Sequence[_Share]) -> list[_Share]:
    """Leave out ways that did no better than one before: where all works by then, or where a later one does."""
    kept: list[_Share] = []
    for number, share in enumerate(shares):
        is_known = any(share[:2] == each[:2] and share.more == each.more for each in kept)
        later = any(share[:2] != each[:2] or share.more != each.more for each in shares[number + 1 :])
        if not is_known or not (later or share.good == share.of):
            kept.append(share)
    return kept


def _write_shares(shares: Sequence[_Share], noun: str, verb: str) -> str:
    """Name in the first share what is counted, and only the numbers in those that follow."""
    words = []
    for number, (good, of, way, more) in enumerate(_keep_telling(shares)):
        what = "" if number else f" {noun}{'' if of == 1 else 's'} {verb}"
        words.append(f"{good} of {of}{what} {WAY_WORDS[way]}{more}")
    return ", ".join(words)


def has_main_left_behind(attempt: Attempt) -> bool:
    """Whether an attempt owes its rung to other programs, while the main one crashed."""
    main = [each.outcome for each in attempt.programs if each.program.standing is Standing.MAIN]
    return bool(main) and all(outcome is ProgramOutcome.CRASHED for outcome in main)
