"""What the repairs know of a crash is its cause as well; limits and what is missing stay what they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.outcomes.interpret import interpret
from checker.ecosystems.python.repairs.diagnosis import TABLES, name_drift
from checker.ecosystems.python.repairs.rows import Row, read_rows

PLAN = BuildPlan(ecosystem="python", way=Way.PERIOD)
ROWS = [row for table in TABLES for row in read_rows(table) if row.needs and not row.action]


def judge(tmp_path: Path, log: str) -> StepResult:
    step = Step(name="start", phase=Phase.START, argv=("python", "run.py"))
    result = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)
    return name_drift(interpret(make_tree(tmp_path, {"run.py": "", "tools/net.py": ""}), result, PLAN))


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_what_a_repair_knows_is_no_crash(tmp_path: Path, row: Row) -> None:
    found = judge(tmp_path, row.excerpt)
    assert found.cause is not None
    assert found.cause.name not in {"crash", "import_error"}


def test_the_cause_names_the_row_and_its_hint(tmp_path: Path) -> None:
    said = "RuntimeError: This function was deprecated since version 1.9 and is now removed. See `torch.linalg`\n"
    found = judge(tmp_path, said).cause
    assert found is not None
    assert (found.name, found.rule) == ("incompatible_dependency", "torch_linear_algebra")
    assert "torch<1.13" in found.hint


@pytest.mark.parametrize(
    ("last", "cause"),
    [
        ("RuntimeError: the sum does not converge", "crash"),
        ("RuntimeError: Found no NVIDIA driver on your system", "needs_gpu"),
        ("ModuleNotFoundError: No module named 'tools.old'", "missing_in_repository"),
    ],
)
def test_what_no_repair_knows_stays(tmp_path: Path, last: str, cause: str) -> None:
    found = judge(tmp_path, f"{last}\n").cause
    assert found is not None
    assert found.name == cause
