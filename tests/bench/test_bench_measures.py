"""What published benchmarks count as success, and what an answer of pytest and pyright means."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import check_samples as samples
import pytest

from checker.core.tree import Tree
from checker.core.values.plans import NETWORK_PHASES, Phase
from checker.core.values.results import StepResult, StepStatus
from tools.bench.measures import (
    COLLECTING,
    OUT,
    Benchmark,
    Outcome,
    c0_targets,
    collected,
    last_error,
    missing_imports,
    pyright_files,
    pyright_steps,
)

INSIDE = Path(__file__).parents[2] / "tools/bench/inside/missing_imports.py"


def ended(status: StepStatus, code: int | None, log: str = "") -> StepResult:
    return StepResult(step=COLLECTING, status=status, exit_code=code, log=log)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (StepStatus.PASSED, 0, Outcome.HOLDS),
        (StepStatus.FAILED, 5, Outcome.NO_TESTS),
        (StepStatus.FAILED, 2, Outcome.FAILS),
        (StepStatus.FAILED, 127, Outcome.FAILS),
        (StepStatus.TIMED_OUT, None, Outcome.FAILS),
        (StepStatus.ENGINE_ERROR, None, Outcome.UNTOLD),
    ],
)
def test_collecting_is_judged_by_its_exit_code(status: StepStatus, code: int | None, outcome: Outcome) -> None:
    assert collected(ended(status, code, "12 tests collected in 0.10s")).outcome is outcome


def test_a_failure_to_collect_names_its_reason() -> None:
    log = (
        "ImportError while importing test module\nE   ModuleNotFoundError: No module named 'x'\n1 error in 0.10s\n"
    )
    assert collected(ended(StepStatus.FAILED, 2, log)).detail.startswith("exit code 2: E   ModuleNotFoundError")
    assert last_error("") == ""


def test_measures_run_without_network() -> None:
    steps = (COLLECTING, *pyright_steps("3.11"))
    assert not any(step.network for step in steps)
    assert steps[0].phase not in NETWORK_PHASES
    assert steps[-1].phase not in NETWORK_PHASES


# ---------------------------------------------------------------- what C0 looks at


def tree(tmp_path: Path, *files: str, text: str = "") -> Tree:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Tree(tmp_path)


@pytest.mark.parametrize(
    ("files", "targets"),
    [
        (("pyrightconfig.json", "src/a.py"), ("--project", "pyrightconfig.json")),
        (("src/a.py", "tests/test_a.py", "lab/__init__.py"), ("src", "tests")),
        (("src/a.py",), ("src",)),
        (("lab/__init__.py", "lab/deep/__init__.py", "main.py"), ("lab", "lab/deep")),
        (("build/x/__init__.py", ".venv/y/__init__.py", "lab/__init__.py"), ("lab",)),
        (("__init__.py",), (".",)),
        (("main.py",), ()),
    ],
)
def test_c0_targets(tmp_path: Path, files: tuple[str, ...], targets: tuple[str, ...]) -> None:
    assert c0_targets(tree(tmp_path, *files)) == targets


def test_a_table_of_pyright_in_pyproject_is_its_configuration(tmp_path: Path) -> None:
    found = tree(tmp_path, "pyproject.toml", text="[project]\nname = 'x'\n[tool.pyright]\ninclude = ['lab']\n")
    assert c0_targets(found) == ("--project", "pyproject.toml")


# ---------------------------------------------------------------- pyright's answer


def answered(report: object, status: StepStatus = StepStatus.PASSED) -> tuple[StepResult, ...]:
    text = report if isinstance(report, str) else json.dumps(report)
    return (StepResult(step=pyright_steps("3.11")[-1], status=status, exit_code=0, collected=((OUT, text),)),)


def test_no_missing_import_holds() -> None:
    found = missing_imports(Benchmark.ENVBENCH, answered({"count": 0, "missing": [], "error": ""}), 7)
    assert (found.outcome, found.imported, found.missing) == (Outcome.HOLDS, 7, ())


def test_missing_imports_are_counted_and_named_by_their_top() -> None:
    rows = [["a.py", "torch.nn"], ["b.py", "torch"], ["b.py", "yaml"]]
    found = missing_imports(Benchmark.ENVBENCH, answered({"count": 3, "missing": rows, "error": ""}))
    assert (found.outcome, found.missing, found.detail) == (Outcome.FAILS, ("torch", "yaml"), "3 missing imports")


@pytest.mark.parametrize("report", ["", "{", "[]", {"count": "x", "missing": []}, {"count": 1, "missing": [1]}])
def test_a_broken_answer_is_a_failure_and_no_success(report: object) -> None:
    assert missing_imports(Benchmark.ENVBENCH, answered(report)).outcome is Outcome.FAILS


def test_a_failure_of_ours_is_no_failure_of_theirs() -> None:
    found = missing_imports(Benchmark.ENVBENCH, answered({}, StepStatus.ENGINE_ERROR))
    assert found.outcome is Outcome.UNTOLD
    install = samples.result("install pyright", Phase.TOOLS, StepStatus.FAILED, log="no wheel")
    assert missing_imports(Benchmark.ENVBENCH, (install,)).outcome is Outcome.UNTOLD


@pytest.mark.parametrize(
    ("answer", "code", "names"),
    [
        (
            {
                "summary": {"filesAnalyzed": 2},
                "generalDiagnostics": [
                    {"rule": "reportMissingImports", "file": "a.py", "message": 'Import "torch.nn" could not be'},
                    {"rule": "reportMissingModuleSource", "file": "a.py", "message": 'Import "yaml" could not be'},
                    {"rule": "reportMissingImports", "file": "b.py", "message": "another wording"},
                ],
            },
            0,
            ["torch.nn", "?"],
        ),
        ({"summary": {"filesAnalyzed": 1}, "generalDiagnostics": []}, 0, []),
    ],
)
def test_the_program_inside_keeps_missing_imports_only(
    tmp_path: Path, answer: object, code: int, names: list[str]
) -> None:
    report = run_inside(tmp_path, json.dumps(answer), code)
    assert [row[1] for row in report["missing"]] == names
    assert (report["count"], report["error"]) == (len(names), "")


def test_the_program_inside_says_what_went_wrong(tmp_path: Path) -> None:
    assert run_inside(tmp_path, "no json", 1)["error"]


def run_inside(tmp_path: Path, answer: str, code: int) -> dict[str, object]:
    """Run the program with a command of ours in pyright's place."""
    (tmp_path / "answer").write_text(answer)
    stand_in = tmp_path / "pyright"
    stand_in.write_text(f"#!/bin/sh\ncat {tmp_path / 'answer'}\n")
    stand_in.chmod(0o755)
    order, out = tmp_path / "order.json", tmp_path / "out.json"
    order.write_text(dict(pyright_files(["."]))["pyright.json"])
    done = subprocess.run([sys.executable, INSIDE, stand_in, sys.executable, order, out], check=False)
    assert done.returncode == code
    return json.loads(out.read_text())
