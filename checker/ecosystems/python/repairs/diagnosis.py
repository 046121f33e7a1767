"""Diagnoses failures by the tables of repairs: one row serves both repair and diagnosis."""

from __future__ import annotations

import re
from functools import cache

from packaging.requirements import Requirement

from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.repairs.rows import Row, read_rows
from checker.judging.causes import make_cause
from checker.judging.diagnose import diagnose
from checker.judging.repair_engine import find_failure_text
from checker.judging.table import RUNNING

#: The tables of what time changed: in Python, in packages.
TABLES = ("interpreter", "learning", "packages")

#: Rows of the judge that say no more than that an error was raised, a name or a module was not found.
_GENERAL = frozenset({"", "exception", "own_mistake", "import_name", "module_part", "changed_interface"})

_OPEN = frozenset({"crash", "import_error", "undeclared_dependency", "incompatible_dependency"})


def name_drift(result: StepResult) -> StepResult:
    """Give a step whose error says little the cause that a row of the repairs knows it by.

    `RuntimeError: … is now removed. See torch.linalg` is a crash by its words; the row that narrows torch knows
    that a version is the reason, and what to state.
    """
    said = diagnose(result) if result.status is StepStatus.FAILED and result.step.phase in RUNNING else None
    if said is None or said.name not in _OPEN or said.rule not in _GENERAL:
        return result
    text = find_failure_text(result)
    row = next((row for row, pattern in _read_changes() if pattern.search(text)), None)
    if row is None:
        return result
    why = make_cause(_name_cause(row), *said.evidence, hint=row.get_advice(), rule=row.name)
    return result.model_copy(update={"cause": why})


@cache
def _read_changes() -> tuple[tuple[Row, re.Pattern[str]], ...]:
    rows = (row for table in TABLES for row in read_rows(table))
    return tuple((row, row.compile()) for row in rows if row.needs and not row.action)


def _name_cause(row: Row) -> str:
    if row.moves_interpreter:
        return "syntax_for_another_python"
    ranges = any(Requirement(line).specifier for line in row.needs)
    return "incompatible_dependency" if ranges else "undeclared_dependency"
