"""Interprets a finished step of a Python plan: a limit of the check, or a failure that looks like a success."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from pydantic import ConfigDict, ValidationError

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Evidence, Phase
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.outcomes.modules import find_module_cause
from checker.ecosystems.python.outcomes.notebooks import judge_notebook, read_notebook_report
from checker.ecosystems.python.outcomes.reasons import explain_step
from checker.ecosystems.python.outcomes.run_report import StartReport, read_report
from checker.ecosystems.python.outcomes.starts import (
    StartOutcome,
    StartStatus,
    classify_answer,
    classify_start,
)
from checker.ecosystems.python.outcomes.tests import count_tests, judge_tests
from checker.ecosystems.python.outcomes.unreachable_requirements import name_out_of_reach
from checker.ecosystems.python.source.syntax import is_python2, is_valid_nowhere
from checker.ecosystems.python.spec import spec_of
from checker.judging.causes import make_cause
from checker.judging.import_report import read_import_errors
from checker.judging.table import RUNNING

_STATUS = {
    StartStatus.PASSED: StepStatus.PASSED,
    StartStatus.LIMIT: StepStatus.LIMIT,
    StartStatus.FAILED: StepStatus.FAILED,
}
_UNTOUCHED = frozenset(
    {StepStatus.SKIPPED, StepStatus.ENGINE_ERROR, StepStatus.OUT_OF_MEMORY, StepStatus.DISK_LIMIT}
)


def interpret(tree: Tree, result: StepResult, plan: BuildPlan) -> StepResult:
    """Judge a step by what the watching programs wrote down, else by its exit code and its log.

    Steps that put the environment together stand as the engine reported them.
    """
    judged = _judge_by_log(name_own_syntax(_judge_by_report(tree, result), tree), tree)
    return name_missing_interpreter(name_out_of_reach(judged, plan), plan)


#: Causes that may come from another interpreter than the author's: what a package or a file lacks does not.
_MAY_BE_THE_INTERPRETER = frozenset(
    {
        "build_backend_error",
        "compile_error",
        "crash",
        "import_error",
        "incompatible_dependency",
        "no_matching_python",
        "python2_syntax",
        "syntax_for_another_python",
        "tests_do_not_collect",
        "tests_fail",
    }
)


def name_missing_interpreter(result: StepResult, plan: BuildPlan) -> StepResult:
    """Do not blame the code for what may come from another interpreter than the one that its author states."""
    stated, cause = spec_of(plan).missing_interpreter, result.cause
    if not stated or cause is None or cause.name not in _MAY_BE_THE_INTERPRETER:
        return result
    claim = f"Python {stated} is stated, and Python {plan.interpreter} was used: {cause.summary}"
    evidence = Evidence(claim=claim, source="interpreter")
    return result.model_copy(update={"cause": make_cause("needs_interpreter", evidence, *cause.evidence)})


def _judge_by_report(tree: Tree, result: StepResult) -> StepResult:
    if result.step.phase is Phase.TEST:
        return judge_tests(count_tests(result), tree)
    return _read_report(tree, result)


def _read_report(tree: Tree, result: StepResult) -> StepResult:
    if result.status in _UNTOUCHED or not result.collected:
        return result
    text = result.collected[0][1]
    if result.step.phase is Phase.IMPORT:
        return _judge_imports(result, text, tree)
    if result.step.phase in (Phase.START, Phase.RUN):
        if (notebook := read_notebook_report(text)) is not None:
            return _take_over(result, judge_notebook(notebook, tree), tree)
        return _judge_watched(result, text, tree, classify_start)
    if result.step.phase is Phase.ANSWER:
        return _judge_watched(result, text, tree, classify_answer)
    return result


#: How Python prints an error in a file, and how an exception's message names it: the bare name.
_SYNTAX_ERRORS = (
    re.compile(
        rf"""^[ ]*File "(?:{SOURCE}/)?"""
        r"""(?P<file>[^"\n]{1,300})", line (?P<line>\d{1,7})\n(?:[^\n]*\n){0,3}?"""
        r"[ ]*(?P<error>(?:SyntaxError|IndentationError): [^\n]{0,200})",
        re.MULTILINE,
    ),
    re.compile(
        r"^(?P<error>(?:SyntaxError|IndentationError): [^\n]{0,200}?)"
        r" \((?P<file>[^()\n]{1,200}), line (?P<line>\d{1,7})\)",
        re.MULTILINE,
    ),
)


def name_own_syntax(result: StepResult, tree: Tree) -> StepResult:
    """Tell a mistake of the author's from code for another Python: both end as the same kind of error."""
    if result.status is not StepStatus.FAILED:
        return result
    text = "\n".join([*read_import_errors(result), result.log])
    for found in (match for pattern in _SYNTAX_ERRORS for match in pattern.finditer(text)):
        name = found["file"]
        paths = [name] if name in tree else [path for path in tree.files if posixpath.basename(path) == name]
        for path in paths:
            why = next((row for row in _OWN_SYNTAX if row[0](tree.read(path))), None)
            if why is not None:
                evidence = Evidence(claim=why[2], source=path, line=int(found["line"]), text=found["error"])
                return result.model_copy(update={"cause": make_cause(why[1], evidence)})
    return result


_OWN_SYNTAX: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (is_valid_nowhere, "broken_syntax", "no version of Python reads this file"),
    (is_python2, "python2_syntax", "Python 2 reads this file, and no later version"),
)


class Imported(Value):
    """How the import of one module went, as `checker/sandbox/probes/imports.py` wrote it down."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    status: str
    required: bool = True
    missing: str | None = None


class ImportReport(Value):
    """What `checker/sandbox/probes/imports.py` wrote down."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    modules: tuple[Imported, ...] = ()


def _judge_imports(result: StepResult, text: str, tree: Tree) -> StepResult:
    """Name the cause where modules are not found: the installable ones decide, then those that exist nowhere."""
    try:
        report = ImportReport.model_validate_json(text)
    except ValidationError:
        return result
    absent = [m for m in report.modules if m.required and m.status == "not_found"]
    if result.passed or not absent or any(m.status == "error" and m.required for m in report.modules):
        return result
    causes = {m.name: find_module_cause(m.missing or m.name, tree) for m in absent}
    name = next((known for known in _WEIGHT if known in causes.values()), "undeclared_dependency")
    modules = tuple(sorted(module for module, why in causes.items() if why == name))
    evidence = Evidence(claim=f"not found: {', '.join(modules)[:300]}", source="log")
    return result.model_copy(update={"cause": make_cause(name, evidence, modules=modules)})


#: Causes of a module that is not found, the one that more can be done about first.
_WEIGHT = (
    "undeclared_dependency",
    "incompatible_dependency",
    "not_built",
    "missing_in_repository",
    "submodule_missing",
    "module_out_of_reach",
    "python2_syntax",
    "needs_gpu_toolchain",
    "needs_program",
)


def _judge_watched(
    result: StepResult, text: str, tree: Tree, judge: Callable[[StartReport, Tree], StartOutcome]
) -> StepResult:
    report = read_report(text)
    if report is None or not report.argv:
        return result
    outcome = judge(report, tree)
    if report.timed_out and outcome.status is StartStatus.PASSED:
        # It works, but nobody saw it end: enough for `starts`, not for `runs`.
        why = make_cause("time_out", *outcome.evidence)
        outcome = outcome.model_copy(update={"status": StartStatus.LIMIT, "why": why})
    return _take_over(result, outcome, tree)


def _take_over(result: StepResult, outcome: StartOutcome, tree: Tree) -> StepResult:
    """Give a result the status and the cause of a judgement; the log may know better than that it crashed."""
    judged = result.model_copy(update={"status": _STATUS[outcome.status], "cause": outcome.why})
    reason = explain_step(judged, tree) if outcome.cause == "crash" else None
    if reason is None or reason.is_general or reason.name == "crash":
        return judged
    return judged.model_copy(update={"cause": reason.make_cause(reason.quote(result.log))})


def _judge_by_log(result: StepResult, tree: Tree) -> StepResult:
    """Judge a failed step that was not watched by its log, with the same tables."""
    if result.status is not StepStatus.FAILED or result.cause is not None or result.step.phase not in RUNNING:
        return result
    reason = explain_step(result, tree)
    if reason is None:
        return result
    is_limit = reason.is_limit and result.step.phase in (Phase.START, Phase.RUN)
    status = StepStatus.LIMIT if is_limit else StepStatus.FAILED
    return result.model_copy(update={"status": status, "cause": reason.make_cause(reason.quote(result.log))})
