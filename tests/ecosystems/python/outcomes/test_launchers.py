"""A program that only starts others, or prints how, bears out what those do."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.outcomes.run_report import StartReport
from checker.ecosystems.python.outcomes.starts import StartStatus, classify_start

RUNS_OTHERS = (
    "import glob\nimport subprocess\nfor d in glob.glob('data/*'):\n    subprocess.call(['python', 'fit.py', d])\n"
)
CHILD = {"pid": 2, "argv": ["python", "fit.py", "a"]}


@pytest.mark.parametrize(
    ("text", "fields", "started"),
    [
        (RUNS_OTHERS, {}, False),
        (
            RUNS_OTHERS.replace("subprocess.call(['python', 'fit.py', d])", "os.system(f'python fit.py {d}')"),
            {},
            False,
        ),
        (RUNS_OTHERS, {"processes": [{"pid": 1, "main": True}, CHILD]}, True),
        (
            RUNS_OTHERS.replace("subprocess.call(['python'", "c = (['python'") + "    subprocess.call(c)\n",
            {},
            False,
        ),
        (RUNS_OTHERS, {"output": "done"}, True),
        (f"import torch\n{RUNS_OTHERS}", {}, True),
        (RUNS_OTHERS.replace("'python'", "'bash'"), {}, True),
        ("import shutil\nshutil.copy('a', 'b')\n", {}, True),
    ],
)
def test_a_program_that_found_nothing_to_start_has_not_started(
    tmp_path: Path, text: str, fields: dict[str, object], started: bool
) -> None:
    """It ends well whatever is installed."""
    report = StartReport.model_validate({"argv": ["python", "run.py"], "exit_code": 0, **fields})
    outcome = classify_start(report, make_tree(tmp_path, {"run.py": text}))
    assert (outcome.status is StartStatus.PASSED) is started
    assert outcome.status is not StartStatus.LIMIT


SOLVE = "import os\nfor n in range(2):\n    os.system('./solve > out/%d.txt' % n)\n"
DASH = "sh: 1: cannot create out/0.txt: Directory nonexistent\n"


def start(tmp_path: Path, text: str, **fields: object) -> StartStatus:
    children = [{"command": command, "code": code} for command, code in fields.pop("children", ())]  # type: ignore[attr-defined]
    process = {"pid": 1, "main": True, "children": children}
    report = {"argv": ["python", "run.py"], "exit_code": 0, "processes": [process], **fields}
    return classify_start(StartReport.model_validate(report), make_tree(tmp_path, {"run.py": text})).status


@pytest.mark.parametrize(
    ("text", "fields", "status"),
    [
        (SOLVE, {"children": [("./solve", 2), ("./solve", 2)], "errors": DASH}, StartStatus.FAILED),
        (SOLVE, {"children": [("./solve", 127)], "output": "experiment 1", "errors": DASH}, StartStatus.FAILED),
        (SOLVE, {"children": [("./solve", 0), ("./solve", 0)]}, StartStatus.PASSED),
        (SOLVE, {"children": [("./solve", 0), ("./solve", 0), ("./solve", 1)]}, StartStatus.PASSED),
        (SOLVE, {"children": [("clear", 1)], "output": "the answer is 3"}, StartStatus.PASSED),
        (SOLVE, {"children": [("./solve &", 0)], "errors": "sh: 1: ./solve: not found"}, StartStatus.PASSED),
        (f"import numpy\n{SOLVE}", {"children": [("dot -V", 127)], "output": "loss 0.1"}, StartStatus.PASSED),
        (
            f"import numpy\n{SOLVE}",
            {"children": [("dot -V", 127)], "errors": "sh: 1: dot: not found"},
            StartStatus.FAILED,
        ),
        (f"import numpy\n{SOLVE}", {"errors": "sh: 1: ./solve: not found"}, StartStatus.FAILED),
        (
            "print('python fit.py --n 1')",
            {"output": "python fit.py --n 1\npython fit.py --n 2\n"},
            StartStatus.FAILED,
        ),
        ("print('x')", {"output": "CUDA_VISIBLE_DEVICES=0 python -m lamps.fit --n 1"}, StartStatus.FAILED),
        ("print('x')", {"output": "loss 0.1\npython fit.py --n 1"}, StartStatus.PASSED),
        ("x", {"output": "Run: python fit.py 1\nRun: python fit.py 2\n2 jobs"}, StartStatus.FAILED),
        ("f.write('python fit.py 1\\n')", {"output": "wrote jobs.sh"}, StartStatus.FAILED),
        ("import numpy\nf.write('python fit.py 1\\n')", {"output": "wrote jobs.sh"}, StartStatus.PASSED),
        ("x", {"output": "[1] python fit.py 1\n[2] python fit.py 2"}, StartStatus.FAILED),
        ("x", {"output": "python fit.py 1\nloss 1\npython fit.py 2\nloss 2"}, StartStatus.PASSED),
        ("print('x')", {"output": "python is here"}, StartStatus.PASSED),
    ],
)
def test_a_program_is_judged_by_what_it_started(
    tmp_path: Path, text: str, fields: dict[str, object], status: StartStatus
) -> None:
    assert start(tmp_path, text, **fields) is status
