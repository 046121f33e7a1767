"""A program that only starts others and had none to start bears out nothing."""

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
