"""Finds the cause of a failed step: the engine's status first, then the text of its log.

Invariants: a status or an exit code is never overruled by printed text; text only explains a failure that the
engine reported. The checker's own failures are looked for first, and only where a step had a network.
A diagnosis never makes a step count more or less: that is the ladder's business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checker.core.tree import Tree
from checker.core.values.plans import Evidence, Phase, Rung
from checker.core.values.results import Cause, StepResult, StepStatus
from checker.judging.causes import make_cause
from checker.judging.failure_text import QUOTE, select_telling_texts, strip_warnings
from checker.judging.import_report import read_import_errors
from checker.judging.judge import FailureText, Judgement, judge, judge_building
from checker.judging.table import BUILDING


def diagnose(result: StepResult, tree: Tree | None = None) -> Cause | None:
    """Return why a step failed, or None for one that passed or was not tried."""
    if result.status in (StepStatus.PASSED, StepStatus.SKIPPED):
        return None
    if result.cause is not None:
        return result.cause
    return _diagnose_status(result) or _diagnose_text(result, tree) or _name_unknown(result)


def diagnose_own(result: StepResult) -> Cause:
    """Return why a step failed that builds an environment, where its claim that the checker failed is refuted."""
    found = judge_building(strip_warnings(result.log), ("building",))
    return _explain(found, result.log) or _name_unknown(result)


def judge_step(result: StepResult, tree: Tree | None = None) -> Judgement | None:
    """Return what the output of a failed step means."""
    if result.step.phase in BUILDING:
        return judge_building(strip_warnings(result.log))
    return judge(
        map(FailureText, (*read_import_errors(result), *select_telling_texts(result.log))), result.step.phase, tree
    )


def _diagnose_text(result: StepResult, tree: Tree | None) -> Cause | None:
    return _explain(judge_step(result, tree), result.log)


def _explain(found: Judgement | None, log: str) -> Cause | None:
    return None if found is None else found.make_cause(found.quote(log))


def diagnose_attempt(results: Sequence[StepResult]) -> Cause | None:
    """Return why an attempt stopped: the first required step that failed decides.

    Where none did, it is what kept it from the next rung: the first failure above the highest rung that was
    reached, else one below it. One script of three that cannot be started is no reason while others start, be it
    as far as a limit; where there is nothing to be started, a question that failed beside one that was answered
    tells. Code that no interpreter of today reads is the reason before a module that is missing as well.
    """
    required = next((r for r in results if r.step.required and _has_failed(r)), None)
    if required is not None:
        return diagnose(required)
    worked = [r for r in results if r.passed or r.status is StepStatus.LIMIT]
    phases = {r.step.phase for r in worked}
    open_ = [r for r in results if _has_failed(r) and _measure_height(r) >= 0 and _may_explain(r, phases)]
    top = max(map(_measure_height, worked), default=-1)
    unreadable = next((r.cause for r in open_ if r.cause is not None and r.cause.name == "python2_syntax"), None)
    if unreadable is not None and top <= Rung.IMPORTABLE.height:
        return unreadable
    stopped = min(open_, key=lambda r: (_measure_height(r) < top, _measure_height(r)), default=None)
    if stopped is None and top < Rung.STARTS.height:
        stopped = next((r for r in results if _has_failed(r) and _measure_height(r) == top), None)
    return None if stopped is None else diagnose(stopped)


def _may_explain(result: StepResult, worked: set[Phase]) -> bool:
    limit = result.status is StepStatus.LIMIT
    return limit or result.step.phase is Phase.IMPORT or result.step.phase not in worked


def _measure_height(result: StepResult) -> int:
    rung = result.step.phase.rung
    return -1 if rung is None else rung.height


def _has_failed(result: StepResult) -> bool:
    return result.status not in (StepStatus.PASSED, StepStatus.SKIPPED)


def _diagnose_status(result: StepResult) -> Cause | None:
    match result.status:
        case StepStatus.TIMED_OUT if result.step.phase is Phase.RESOLVE:
            return make_cause("registry", _cite_engine(f"no answer within {result.seconds:.0f} s"))
        case StepStatus.TIMED_OUT:
            return make_cause("time_out", _cite_engine(f"stopped after {result.seconds:.0f} s"))
        case StepStatus.OUT_OF_MEMORY:
            return make_cause("out_of_memory", _cite_engine("killed by the engine for its use of memory"))
        case StepStatus.DISK_LIMIT:
            return make_cause("disk_limit", _cite_engine("stopped at the limit for files or disk"))
        case StepStatus.ENGINE_ERROR:
            return _diagnose_engine(result.log)
        case _:
            return None


def _diagnose_engine(log: str) -> Cause:
    """Name the part of the checker that failed; for a broken connection the sandbox's final message decides."""
    said = _ENGINE_SAYS.search(log)
    if said is not None:
        return make_cause("storage" if _OUR_DISK in said[1] else "engine", *_cite_last_line(log))
    return _explain(judge_building(log, ("ours",)), log) or make_cause("engine", *_cite_last_line(log))


_ENGINE_SAYS = re.compile(r"^container engine: ([^\n]*)\s*\Z", re.MULTILINE)
_OUR_DISK = "our own disk"


def _name_unknown(result: StepResult) -> Cause:
    name = "build_backend_error" if result.step.phase in BUILDING else "crash"
    return make_cause(name, *_cite_last_line(result.log, f"exit code {result.exit_code}"))


def _cite_last_line(log: str, claim: str = "last line of the log") -> tuple[Evidence, ...]:
    line = next((line for line in reversed(log.splitlines()) if line.strip()), "")
    return (Evidence(claim=claim, source="log", text=line.strip()[:QUOTE]),)


def _cite_engine(claim: str) -> Evidence:
    return Evidence(claim=claim, source="engine")
