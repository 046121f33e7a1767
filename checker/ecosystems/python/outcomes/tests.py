"""Tells tests that fail for what a check does not have from tests that fail, by pytest's own summary of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from checker.core.plans import Evidence
from checker.core.results import StepResult, StepStatus
from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.rules import message_cause
from checker.ecosystems.python.outcomes.starts import LIMITS, file_cause, is_built_by_gpu_tools
from checker.judging.causes import cause

TESTS_FAILED = 1
"""pytest's exit code where tests ran and some failed (docs.pytest.org, "Exit codes")."""

_TELLING = LIMITS | {"needs_gpu_toolchain"}
"""What a failed test may stop for; without what was to be compiled, nothing of the code has run, and no limit is
reached: the tests have failed, for a reason that is not the repository's."""

_SUMMARY = "short test summary info"
_LINE = re.compile(r"(?:FAILED|ERROR) (?P<test>\S.*?) - (?P<kind>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?")
_TOTAL = re.compile(r"^=*[ ]?(?=.*\d+ (?:failed|error))(?P<counts>[\w ,]+) in [\d.]+s", re.MULTILINE)
_COUNT = re.compile(r"(\d+) (?:failed|errors?)\b")
_FILE_ERRORS = frozenset({"FileNotFoundError", "NotADirectoryError", "IsADirectoryError"})
_QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")


def judge_tests(result: StepResult, tree: Tree) -> StepResult:
    """Say that tests stopped at a limit, where that holds of every test that failed; else the result as it is.

    What a test prints may imitate that: it can make a failure unknown, and never a success.
    """
    if result.status is not StepStatus.FAILED or result.exit_code != TESTS_FAILED:
        return result
    causes = list(_causes(result.log, tree))
    totals = _TOTAL.findall(result.log)
    failed = sum(map(int, _COUNT.findall(totals[-1]))) if totals else 0
    if not causes or failed != len(causes) or any(name not in _TELLING for name, _ in causes):
        return result
    name, _ = Counter(name for name, _ in causes).most_common(1)[0]
    said = next(text for known, text in causes if known == name)
    evidence = Evidence(claim=f"all {failed} tests that failed stop at a limit", source="log", text=said[:300])
    status = StepStatus.LIMIT if all(known in LIMITS for known, _ in causes) else StepStatus.FAILED
    return result.model_copy(update={"status": status, "cause": cause(name, evidence)})


def _causes(log: str, tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield what each failed test stopped for ('' where nobody can tell), and its line."""
    for line in log.rpartition(_SUMMARY)[2].splitlines():
        if not line.startswith(("FAILED ", "ERROR ")):
            continue
        found = _LINE.fullmatch(line)
        yield _cause(found["kind"], found["message"] or "", tree) if found else "", line


def _cause(kind: str, message: str, tree: Tree) -> str:
    kind = kind.rpartition(".")[2]
    if is_built_by_gpu_tools(message, tree):
        return "needs_gpu_toolchain"
    name = message_cause(kind, message)
    if name is None and kind in _FILE_ERRORS:
        path = _QUOTED.search(message)
        name = file_cause(path[1] if path else message, tree)
    return name or ""
