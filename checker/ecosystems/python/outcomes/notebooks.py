"""Judges a notebook by what `sandbox/probes/notebook.py` wrote down about its cells."""

from __future__ import annotations

from pydantic import ConfigDict, ValidationError

from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import Evidence, Phase
from checker.ecosystems.python.outcomes.lfs_pointers import explain_pointer, may_follow_from_content
from checker.ecosystems.python.outcomes.reasons import explain, make_reason
from checker.ecosystems.python.outcomes.starts import StartOutcome, StartStatus
from checker.judging.judge import FailureText

#: Exceptions that our own time limit raises in a cell.
_TIME_IS_UP = frozenset({"OutOfTime", "CellTimeoutError"})


class Cell(Value):
    """How one cell ended."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int
    status: str
    type: str | None = None
    message: str | None = None


class NotebookReport(Value):
    """What `checker/sandbox/probes/notebook.py` wrote down; `pointers` are those of Git LFS that cells name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    runner: str
    ok: bool
    timed_out: bool = False
    cells: tuple[Cell, ...] = ()
    pointers: tuple[str, ...] = ()
    ended: tuple[str, str] = ("", "")


def read_notebook_report(text: str) -> NotebookReport | None:
    """Read the report of a notebook; None where there is none or it is broken."""
    try:
        return NotebookReport.model_validate_json(text)
    except ValidationError:
        return None


def judge_notebook(report: NotebookReport, tree: Tree) -> StartOutcome:
    """Judge a notebook by its first cell that failed; one that works until the time limit has started."""
    if report.ok and not report.pointers:
        return StartOutcome(status=StartStatus.PASSED)
    failed = next((cell for cell in report.cells if cell.status == "error"), None)
    if report.timed_out and (failed is None or failed.type in _TIME_IS_UP):
        evidence = Evidence(claim="still at work at the time limit", source="log")
        why = make_reason("time_out").make_cause(evidence)
        return StartOutcome(status=StartStatus.LIMIT, why=why, evidence=(evidence,))
    place = "no cell" if failed is None else f"cell {failed.index}"
    kind, message = report.ended if failed is None else (failed.type or "", failed.message or "")
    reason = explain([FailureText(f"{kind}: {message}\n")], tree, Phase.RUN) or make_reason("crash")
    if report.pointers and (report.ok or may_follow_from_content(kind, reason)):
        reason = explain_pointer(report.pointers[-1])
    evidence = Evidence(claim=f"{place}: {kind}", source="log", text=message[:300])
    status = StartStatus.LIMIT if reason.is_limit else StartStatus.FAILED
    return StartOutcome(status=status, why=reason.make_cause(evidence), evidence=(evidence,))
