"""Judges pytest by its exit code, and separates tests that stop at a limit of the check from tests that fail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from checker.core.tree import Tree
from checker.core.values.plans import Evidence, Phase
from checker.core.values.results import Blame, Cause, StepResult, StepStatus, TestCounts
from checker.ecosystems.python.outcomes.reasons import Reason, explain
from checker.judging.causes import CAUSES, make_cause
from checker.judging.failure_text import QUOTE, RUNTIME_TEXT
from checker.judging.judge import FailureText

#: pytest's exit codes (docs.pytest.org, "Exit codes"): some tests failed; the session stopped; nothing collected.
TESTS_FAILED, STOPPED, NO_TESTS = 1, (2, 3, 4), 5

_SUMMARY = "short test summary info"
_LINE = re.compile(r"(?:FAILED|ERROR) (?P<test>\S.*?) - (?P<kind>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?")
_TOTAL = re.compile(r"^=*+[ ]?(?=.*\d (?:failed|error))(?P<counts>[\w ,]+) in [\d.]+s", re.MULTILINE)
_COUNT = re.compile(r"(?<!\d)(\d{1,9}) (?:failed|errors?)\b")
_MARKED = re.compile(r"^(?:E  +|ERROR:? |\w*Error: )[^\n]{0,400}", re.MULTILINE)
_LAST = re.compile(r"^(?:=+ .*(?:passed|failed|errors?).* =+|(?:FAILED|ERROR) .*)$", re.MULTILINE)


def is_pytest(result: StepResult) -> bool:
    """Whether a step runs pytest, whose exit codes have a meaning of their own."""
    names = [word.rsplit("/", 1)[-1] for word in result.step.argv]
    return any(name in ("pytest", "py.test") for name in names)


def count_tests(result: StepResult) -> StepResult:
    """Return the result with what `sandbox/probes/tests.py` counted, where it did."""
    try:
        counts = TestCounts.model_validate_json(result.collected[0][1] if result.collected else "")
    except ValidationError:
        return result
    return result.model_copy(update={"tests": counts})


def judge_tests(result: StepResult, tree: Tree) -> StepResult:
    """Name the cause of tests that failed; they stopped at a limit where that holds of every one of them.

    What a test prints may imitate that: it can make a failure unknown, and never a success.
    """
    if result.status is not StepStatus.FAILED or not is_pytest(result):
        return result
    code = f"pytest exit code {result.exit_code}"
    if result.exit_code == NO_TESTS:
        why = make_cause("no_tests", Evidence(claim=f"{code}: no tests were collected", source="engine"))
        return result.model_copy(update={"cause": why})
    if result.exit_code in STOPPED:
        why = _explain_stop(result.log, tree) or make_cause(
            "tests_do_not_collect", _quote_summary(result.log, code)
        )
        return result.model_copy(update={"cause": why})
    if result.exit_code != TESTS_FAILED:
        return result
    return _judge_failed(result, tree) or result.model_copy(
        update={"cause": make_cause("tests_fail", _quote_summary(result.log, code))}
    )


def _judge_failed(result: StepResult, tree: Tree) -> StepResult | None:
    """Return the result as a limit of the check, where every test that failed stopped for one; else None."""
    reasons = list(_read_reasons(result.log, tree))
    known = [(reason, line) for reason, line in reasons if reason is not None and _is_excuse(reason)]
    totals = _TOTAL.findall(result.log)
    failed = sum(map(int, _COUNT.findall(totals[-1]))) if totals else len(reasons)
    if not known or failed != len(known) or len(known) != len(reasons):
        return None
    name, _ = Counter(reason.name for reason, _ in known).most_common(1)[0]
    reason, line = next((reason, line) for reason, line in known if reason.name == name)
    evidence = Evidence(claim=f"all {failed} tests that failed stop at a limit", source="log", text=line[:QUOTE])
    status = StepStatus.LIMIT if all(reason.is_limit for reason, _ in known) else StepStatus.FAILED
    return result.model_copy(update={"status": status, "cause": reason.make_cause(evidence)})


def _is_excuse(reason: Reason) -> bool:
    return CAUSES[reason.name].blame is Blame.LIMIT


def _read_reasons(log: str, tree: Tree) -> Iterator[tuple[Reason | None, str]]:
    """Yield what each failed test stopped for, None where that is unknown, and its line."""
    for line in log.rpartition(_SUMMARY)[2].splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            found = _LINE.fullmatch(line)
            said = (
                FailureText(f"{found['kind'].rpartition('.')[2]}: {found['message'] or ''}\n") if found else None
            )
            yield (explain([said], tree, Phase.TEST) if said is not None else None), line


def _explain_stop(log: str, tree: Tree) -> Cause | None:
    """Explain a session that stopped by the lines that pytest marks as errors, None where they do not tell."""
    marked = "\n".join(re.sub(r"^E +", "", line) for line in _MARKED.findall(log[-RUNTIME_TEXT:]))
    found = explain([FailureText(marked)], tree, Phase.TEST)
    return None if found is None or found.name == "crash" else found.make_cause(found.quote(log))


def _quote_summary(log: str, claim: str) -> Evidence:
    lines = _LAST.findall(log[-RUNTIME_TEXT:])
    return Evidence(claim=claim, source="engine", text=lines[-1][:QUOTE] if lines else "")
