"""The same exception means the same, and counts the same, whether a start was watched or only its log is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.values.plans import BuildPlan, Phase, Rung, Step, Way
from checker.core.values.results import Cause, StepResult, StepStatus
from checker.ecosystems.python.outcomes.interpret import interpret
from checker.judging.ladder import climb, holds
from checker.judging.table import Row, read_table

ABSENT = "FileNotFoundError: [Errno 2] No such file or directory: "
PLAN = BuildPlan(ecosystem="python", way=Way.PERIOD)
FILES = {"run.py": "", "configs/a.yaml": "", "data/.gitkeep": ""}


def judge(tmp_path: Path, last: str, phase: Phase, *, watched: bool) -> StepResult:
    """Return what is made of a program that ends with an exception, from the watcher's report or from its log."""
    kind, _, message = last.partition(": ")
    kind = kind.rpartition(".")[2]
    frame = {"file": "/code/src/run.py", "line": 3, "function": "<module>", "own": True}
    raised = {"type": kind, "message": message, "frames": [frame]}
    process = {"main": True, "argv": ["python", "run.py"], "exception": raised}
    report = {"argv": ["python", "run.py"], "exit_code": 1, "processes": [process]}
    log = (
        f'Traceback (most recent call last):\n  File "/code/src/run.py", line 3, in <module>\n    main()\n{last}\n'
    )
    result = StepResult(
        step=Step(name="start", phase=phase, argv=("python", "run.py"), required=False),
        status=StepStatus.FAILED,
        exit_code=1,
        log="" if watched else log,
        collected=(("report.json", json.dumps(report)),) if watched else (),
    )
    return interpret(make_tree(tmp_path, FILES), result, PLAN)


def judge_twice(tmp_path: Path, last: str) -> tuple[Cause, StepStatus, bool | None]:
    """Return cause, status and `starts` of a program that ends so: both ends have to agree."""
    ends = []
    for watched in (True, False):
        result = judge(tmp_path / str(watched), last, Phase.START, watched=watched)
        rungs = climb(has_code=True, declared=True, plan=PLAN, results=[result])
        assert result.cause is not None
        ends.append((result.cause, result.status, holds(rungs, Rung.STARTS)))
    (one, *effect), (other, *other_effect) = ends
    assert (one.name, one.rule, one.hint, effect) == (other.name, other.rule, other.hint, other_effect)
    return ends[0]


@pytest.mark.parametrize(
    ("last", "cause", "starts"),
    [
        ("OSError: CUDA_HOME environment variable is not set. Please set it", "needs_gpu_toolchain", None),
        ("ImportError: libcudart.so.11.0: cannot open shared object file: No such", "needs_gpu_toolchain", None),
        ("ImportError: libcuda.so.1: cannot open shared object file: No such file", "needs_gpu", None),
        ("RuntimeError: Found no NVIDIA driver on your system", "needs_gpu", True),
        ("RuntimeError: EGL not found", "crash", False),
        ("ImportError: Cannot initialize a EGL device display", "needs_display", True),
        ("_tkinter.TclError: no display name and no $DISPLAY environment variable", "needs_display", True),
        ("ValueError: authentication failed for user", "needs_credentials", True),
        ("xml.etree.ElementTree.ParseError: not well-formed (invalid token): line 1", "crash", False),
        ("ValueError: expected 401 columns", "crash", False),
        (f"{ABSENT}'checkpoints/config.yaml'", "missing_in_repository", False),
        (f"{ABSENT}'dataset/split.yaml'", "missing_in_repository", False),
        (f"{ABSENT}'checkpoints/best.pth'", "needs_weights", True),
        (f"{ABSENT}'data/train.csv'", "needs_data", True),
        (f"{ABSENT}'configs/labels.txt'", "missing_in_repository", False),
        ("KeyError: 'LOCAL_RANK'", "usage_only", None),
        ("FileExistsError: [Errno 17] File exists: 'out/a'", "crash", False),
        ("ModuleNotFoundError: No module named 'einops'", "undeclared_dependency", False),
        ("ModuleNotFoundError: No module named 'run'", "module_out_of_reach", False),
        ("ModuleNotFoundError: No module named 'helpers_of_2019'", "missing_in_repository", False),
        ("ModuleNotFoundError: No module named 'ConfigParser'", "python2_syntax", None),
        ("ImportError: /env/x.so: undefined symbol: _ZN2at", "incompatible_dependency", False),
        ("MemoryError: ", "out_of_memory", None),
        ("RuntimeError: the sum does not converge", "crash", False),
    ],
)  # fmt: skip
def test_the_same_exception_means_the_same(tmp_path: Path, last: str, cause: str, starts: bool | None) -> None:
    found, _, started = judge_twice(tmp_path, last)
    assert (found.name, started) == (cause, starts)


ONE_LINE = [
    pytest.param(row, text, id=row.name)
    for table in ("limits", "drift", "crashes")
    for row in read_table(table).rule
    for text in row.excerpt
    if "\n" not in text and ": " in text and not row.frames and text.partition(":")[0].isidentifier()
]


@pytest.mark.parametrize(("row", "text"), ONE_LINE)
def test_every_exception_of_the_tables_means_the_same(tmp_path: Path, row: Row, text: str) -> None:
    found, status, starts = judge_twice(tmp_path, text)
    assert found.rule == row.name
    assert (status is StepStatus.LIMIT) is (starts is True) is row.limit


def test_an_import_that_fails_means_what_a_start_means(tmp_path: Path) -> None:
    for last in ("OSError: CUDA_HOME environment variable is not set", "ValueError: authentication failed"):
        starts = judge(tmp_path / "a", last, Phase.START, watched=True).cause
        imports = judge(tmp_path / "b", last, Phase.IMPORT, watched=False)
        assert starts is not None
        assert imports.cause is not None
        assert (imports.cause.name, imports.status) == (starts.name, StepStatus.FAILED)
