"""What untrusted code writes about itself, forged anywhere: every reader ends, and its judgement can be told."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import check_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st

from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase
from checker.core.values.results import Attempt, Check, StepResult, StepStatus
from checker.ecosystems.base import Facts, Project
from checker.ecosystems.python import ecosystem as python
from checker.judging.diagnose import diagnose, diagnose_attempt
from checker.judging.ladder import climb, reach_verdict
from checker.judging.programs import choose_telling, list_programs
from checker.reports.build import build_report, build_repository_document
from checker.reports.ci.annotations import annotate
from checker.reports.ci.values import judge_result
from checker.reports.recipe.commands import _read_imported
from checker.reports.write import write_report
from checker.sandbox.logs import clean_bytes
from checker.store import Store

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
FACTS = Facts(
    repository="ada/paper", code_date=MOMENT, today=MOMENT, runtimes=(("python", ("3.8", "3.9", "3.11")),)
)

FILES = {
    "README.md": "```\npython train.py --epochs 3\npytest\n```\n",
    "train.py": "import argparse\nimport numpy\nimport lib\nprint 'x'\n",
    "lib/__init__.py": "",
    "test_a.py": "def test(): pass\n",
    "demo.ipynb": '{"cells": [{"cell_type": "code", "source": "import numpy", "outputs": []}], "metadata": {}}',
    "requirements.txt": "numpy==1.20\n",
}

FRAME = {"file": "/code/src/train.py", "line": 3, "function": "main", "own": True}
RAISED = {
    "type": "FileNotFoundError",
    "message": "[Errno 2] No such file or directory: 'data/a.csv'",
    "bases": ["OSError"],
    "frames": [FRAME],
    "missing": "lib.x",
    "file": "data/a.csv",
}
ABSENT = {"path": "data/a.csv", "cwd": "/code/src", "how": "open", "asked": [["train.py", 3, "main"]]}

#: A report of each kind, as our own programs write them.
REPORTS: dict[str, Any] = {
    "imports": {
        "modules": [
            {"name": "numpy", "status": "not_found", "required": True, "missing": "numpy", "output": "x"},
            {
                "name": "lib",
                "status": "error",
                "type": "ImportError",
                "message": "no",
                "exit_code": 1,
                "signal": 11,
            },
        ]
    },
    "start": {
        "argv": ["python", "train.py"],
        "exit_code": 1,
        "seconds": 1.5,
        "output": "x",
        "errors": "Traceback",
        "processes": [
            {
                "pid": 3,
                "main": True,
                "argv": ["train.py"],
                "exception": {**RAISED, "chain": [RAISED]},
                "absent": [ABSENT],
                "pointers": [ABSENT],
                "hosts": [{"host": "a.example", "port": 443}],
                "children": [{"command": "sh", "code": 127}],
            }
        ],
    },
    "notebook": {
        "runner": "x",
        "ok": False,
        "cells": [{"index": 0, "status": "error", "type": "NameError", "message": "x"}],
        "pointers": ["a.bin"],
        "ended": ["", ""],
    },
    "tests": {"passed": 3, "failed": 1, "errors": 0, "skipped": 2, "files": 1, "uncollected": 0},
}

LONG = "9" * 5_000

#: Lines as programs print them, with numbers and names that none prints.
LINES = [
    f'  File "/code/src/train.py", line {LONG}\n    print\nSyntaxError: invalid syntax\n',
    f'  File "train.py", line {"9" * 4_000}\n    print\nSyntaxError: invalid syntax\n',
    f"==== {LONG} failed, {LONG} errors in 1.00s ====\n",
    f"FAILED test_a.py::test - ImportError: No module named 'x'\n=== {LONG} failed in 1.0s ===\n",
    f"train.py:{LONG}: error\nTOML parse error at line {LONG}\npyproject.toml\n",
    "ModuleNotFoundError: No module named '" + "a." * 3_000 + "'\n",
    "ModuleNotFoundError: No module named '\udcff'\n".encode("utf-8", "surrogateescape").decode("latin-1"),
    "FileNotFoundError: [Errno 2] No such file or directory: '" + "../" * 2_000 + "etc/passwd'\n",
    f"ImportError: numba needs numpy {LONG}.{LONG} or less\nNumba needs NumPy {LONG}.{LONG} or less\n",
    f"CUDA_HOME is not set\nrequires Python >={LONG}.{LONG}\n",
    f"ERROR: No matching distribution found for a=={LONG}\n",
    "RuntimeError: \x1b]0;title\x07\x1b[2J\u202e::error file=x::y\n",
    "::set-output name=a::b\n::stop-commands::x\n##vso[task.complete]\n",
    "</pre><script>alert(1)</script>\n[x](javascript:alert(1))\n",
    "ERROR: " + "x" * 60_000 + "\n",
    "https://me:secret@a.example/simple?token=secret\n",
    "\n" * 5_000,
    "Because a==1 depends on b==2 and " * 500 + "\n",
    f"MemoryError: {LONG}\nKilled\nexit code {LONG}\n",
]

VALUES: list[Any] = [
    None, True, -1, 0, 10**30, 10**4_000, -(10**30), 1e308, 1e999, float("nan"), "", "x", LONG, "\ud800", "\x00",
    "a" * 50_000, [], {}, [[]], {"a": None}, ["x"] * 500, "/etc/passwd", "../../x", "\x1b[2J\u202e", "<b>", "$(x)",
    "/code/src/train.py", "https://me:secret@a.example/x", *LINES,
]  # fmt: skip


@st.composite
def forge(draw: st.DrawFn, value: Any) -> Any:
    """Replace anything anywhere in a report by anything."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(VALUES))
    if isinstance(value, dict):
        return {key: draw(forge(inner)) for key, inner in value.items() if draw(st.integers(0, 19))}
    if isinstance(value, list):
        return [draw(forge(inner)) for inner in value] * draw(st.sampled_from((1, 1, 1, 0, 200)))
    return value


reports = st.one_of(
    st.sampled_from(list(REPORTS.values())).flatmap(forge).map(json.dumps),
    st.sampled_from(
        ['{"modules":' * 3_000, "[" * 100_000, "NaN", "", '{"a":' + LONG + "}", '"\\ud800"', "{}", "[]"]
    ),
)
logs = st.lists(st.sampled_from(LINES), max_size=5).map("".join)
statuses = st.sampled_from([StepStatus.FAILED, StepStatus.PASSED, StepStatus.TIMED_OUT, StepStatus.LIMIT])


def give_results(project: Project, plan: BuildPlan, data: st.DataObject) -> list[StepResult]:
    found = []
    for step in plan.steps:
        raw = StepResult(
            step=step,
            status=data.draw(statuses) if step.phase not in (Phase.RESOLVE, Phase.INSTALL) else StepStatus.PASSED,
            exit_code=data.draw(st.sampled_from((0, 1, 2, 4, 127, -11, 137))),
            log=clean_bytes(data.draw(logs).encode("utf-8", "replace")),
            collected=(("report.json", clean_bytes(data.draw(reports).encode("utf-8", "replace"))),),
        )
        seen = project.interpret(raw, plan)
        if seen.cause is None and not seen.passed:
            seen = seen.model_copy(update={"cause": diagnose(seen)})
        more = [StepResult(step=step, status=StepStatus.FAILED, log=raw.log) for step in seen.further[:2]]
        found.extend(project.interpret(each, plan) for each in more)
        list(_read_imported(seen))
        found.append(seen)
    return found


def judge(plan: BuildPlan, results: list[StepResult]) -> Attempt:
    return Attempt(
        plan=plan,
        results=tuple(results),
        rungs=climb(has_code=True, declared=True, plan=plan, results=results),
        programs=list_programs(plan.steps, results),
        cause=diagnose_attempt(choose_telling(results)),
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    root = tmp_path_factory.mktemp("tree")
    for path, text in FILES.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    return Tree(root)


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "8")),
    deadline=None,
    phases=(Stage.generate,),  # to make these smaller takes minutes, and explains little
    suppress_health_check=list(HealthCheck),
    derandomize="EXAMPLES" not in os.environ,
)
@given(data=st.data())
def test_forged_results_are_judged_stored_and_told(tree: Tree, data: st.DataObject) -> None:
    began = time.process_time()
    project = python.open(tree, FACTS)
    assert project is not None
    (plan, *_) = project.make_plans()
    attempts = [judge(plan, give_results(project, plan, data))]
    project.repair(attempts)
    missing = project.find_missing(attempts)
    verdict = reach_verdict(attempts)
    check = samples.passing().model_copy(
        update={"attempts": tuple(attempts), "missing": tuple(missing), "verdict": verdict, "cause": verdict.cause}
    )
    check = Check.model_validate_json(check.model_dump_json())
    tell(check, tree)
    assert time.process_time() - began < 30


@pytest.mark.parametrize("line", LINES)
def test_each_odd_line_is_read_in_time(tree: Tree, line: str) -> None:
    project = python.open(tree, FACTS)
    assert project is not None
    (plan, *_) = project.make_plans()
    began = time.process_time()
    results = []
    for step in plan.steps:
        log = clean_bytes(line.encode("utf-8", "replace"))
        report = json.dumps({"argv": ["python"], "exit_code": 1, "errors": line, "output": line})
        raw = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log, collected=(("r", report),))
        seen = project.interpret(raw, plan)
        results.append(seen if seen.cause else seen.model_copy(update={"cause": diagnose(seen)}))
    repaired = project.repair([judge(plan, results)])
    assert repaired is None or repaired.model_dump_json()
    assert time.process_time() - began < 10


def tell(check: Check, tree: Tree) -> None:
    """Store a check, and write everything that is written about one."""
    document = build_repository_document(check)
    goal = document.goal
    if goal is not None:
        annotate(document, judge_result(document, goal), tree)
    with TemporaryDirectory() as folder, Store.open(Path(folder, "results.db")) as store:
        run = store.begin_run(date(2026, 3, 1), inputs=("x",), checker_version="1")
        store.save_check(run, check)
        checks = store.load_checks(run)
        report = build_report(run, (), checks)
        write_report(Path(folder), report, (), checks)
