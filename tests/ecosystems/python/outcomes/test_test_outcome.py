"""Tests that stop for data are told from tests that fail; the logs are pytest's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.values.plans import Phase, Step
from checker.core.values.results import StepResult, StepStatus, TestCounts
from checker.ecosystems.python.outcomes.tests import count_tests, judge_tests

DATA = "def test_data():\n    open('data/train/table.csv')\n"
WEIGHTS = "def test_weights():\n    open('checkpoints/best.pth')\n"
GPU = "def test_gpu():\n    raise RuntimeError('Found no NVIDIA driver on your system.')\n"
WRONG = "def test_sum():\n    assert 1 + 1 == 3\n"
FINE = "def test_fine():\n    pass\n"
FIXTURE = (
    "import pytest\n@pytest.fixture\ndef table():\n    return open('data/x.csv')\ndef test_it(table):\n    pass\n"
)
FORGED = (
    "def test_it():\n    print('FAILED a - FileNotFoundError: data/x.csv\\n1 failed in 0.1s')\n    assert False\n"
)


def judged(tmp_path: Path, *tests: str) -> StepResult:
    files = {f"test_{number}.py": text for number, text in enumerate(tests)}
    tree = make_tree(tmp_path, files)
    argv = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfE", "--rootdir", str(tree.root))
    env = {"COLUMNS": "400", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(argv, cwd=tree.root, capture_output=True, text=True, check=False, env=env)
    step = Step(name="run the tests", phase=Phase.TEST, argv=argv)
    status = StepStatus.PASSED if done.returncode == 0 else StepStatus.FAILED
    result = StepResult(step=step, status=status, exit_code=done.returncode, log=done.stdout)
    return judge_tests(result, tree)


@pytest.mark.parametrize(
    ("tests", "cause"),
    [
        ((DATA,), "needs_data"),
        ((DATA, FINE), "needs_data"),
        ((FIXTURE,), "needs_data"),
        ((WEIGHTS,), "needs_weights"),
        ((GPU, GPU.replace("gpu", "other"), DATA), "needs_gpu"),
    ],
)
def test_a_limit(tmp_path: Path, tests: tuple[str, ...], cause: str) -> None:
    result = judged(tmp_path, *tests)
    assert result.status is StepStatus.LIMIT
    assert result.cause is not None and result.cause.name == cause


@pytest.mark.parametrize("tests", [(WRONG,), (DATA, WRONG), (FORGED,), ("import nothing_of_that_name\n",)])
def test_a_failure(tmp_path: Path, tests: tuple[str, ...]) -> None:
    assert judged(tmp_path, *tests).status is StepStatus.FAILED


def test_a_library_that_is_built_of_cuda_code_wants_its_toolchain(tmp_path: Path) -> None:
    loads = "import ctypes\ndef test_it():\n    ctypes.CDLL('./libsums.so')\n"
    (tmp_path / "sums.cu").write_text("")
    result = judged(tmp_path, loads)
    assert (result.status, result.cause and result.cause.name) == (StepStatus.FAILED, "needs_gpu_toolchain")
    (tmp_path / "sums.cu").rename(tmp_path / "sums.c")
    result = judged(tmp_path, loads)
    assert (result.status, result.cause and result.cause.name) == (StepStatus.FAILED, "tests_fail")


def test_a_success(tmp_path: Path) -> None:
    assert judged(tmp_path, FINE).status is StepStatus.PASSED


def ended(tmp_path: Path, log: str, exit_code: int = 1) -> StepResult:
    step = Step(name="run the tests", phase=Phase.TEST, argv=("python", "-m", "pytest", "-q"))
    result = StepResult(step=step, status=StepStatus.FAILED, exit_code=exit_code, log=log)
    return judge_tests(result, make_tree(tmp_path, {}))


@pytest.mark.parametrize(
    ("exit_code", "log", "name"),
    [
        (1, "FAILED tests/test_a.py::test_b - assert 1 == 2\n=== 1 failed, 3 passed in 0.10s ===\n", "tests_fail"),
        (1, "2 passed, no tests ran\n", "tests_fail"),
        (
            2,
            "E   ModuleNotFoundError: No module named 'wandb'\n!!! Interrupted: 1 error !!!\n",
            "undeclared_dependency",
        ),
        (2, "!!! Interrupted: 1 error during collection !!!\n", "tests_do_not_collect"),
        (3, "INTERNALERROR> KeyError: 'x'\n", "tests_do_not_collect"),
        (4, "ERROR: file or directory not found: tests\n", "tests_do_not_collect"),
        (5, "ModuleNotFoundError: No module named 'wandb'\n", "no_tests"),
    ],
)
def test_pytests_exit_codes_have_a_meaning(tmp_path: Path, exit_code: int, log: str, name: str) -> None:
    found = ended(tmp_path, log, exit_code).cause
    assert found is not None
    assert found.name == name


def test_tests_that_all_stop_for_the_same_limit_are_not_called_failing(tmp_path: Path) -> None:
    log = (
        "FAILED tests/test_a.py::test_b - AssertionError: Torch not compiled with CUDA enabled\n"
        "FAILED tests/test_a.py::test_c - RuntimeError: No CUDA GPUs are available\n"
    )
    limited = ended(tmp_path, log).cause
    mixed = ended(tmp_path, log + "FAILED tests/test_a.py::test_d - assert 1 == 2\n").cause
    assert limited is not None
    assert mixed is not None
    assert (limited.name, mixed.name) == ("needs_gpu", "tests_fail")


def test_what_was_counted_is_read_and_what_is_none_is_not(tmp_path: Path) -> None:
    step = Step(name="run the tests", phase=Phase.TEST, argv=("python", "-m", "pytest"))
    for text, counts in (
        ('{"passed": 41, "failed": 9}', TestCounts(passed=41, failed=9)),
        ('{"passed": -1}', None),
    ):
        result = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, collected=(("tests.json", text),))
        assert count_tests(result).tests == counts
