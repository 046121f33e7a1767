"""A mistake of the author's is told from code that another Python reads; the messages are Python's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.interpreting import own_syntax
from checker.models import Phase, Step, StepResult, StepStatus

BROKEN = "def f(\n    a=1,\n    freeze: false,\n):\n    pass\n"


def outcome(tmp_path: Path, code: str) -> str | None:
    tree = make_tree(tmp_path, {"run.py": "import settings\n", "settings.py": code})
    done = subprocess.run([sys.executable, "run.py"], cwd=tree.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    log = done.stderr.replace(f"{tree.root}/", "/src/")
    step = Step(name="start", phase=Phase.START, argv=("python", "run.py"))
    judged = own_syntax(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log), tree)
    return judged.cause and judged.cause.name


@pytest.mark.parametrize("code", [BROKEN, "x = (1,\n", "def f():\nreturn 1\n", "return 1\n", "a = 1 2\n"])
def test_nobody_can_read_it(tmp_path: Path, code: str) -> None:
    assert outcome(tmp_path, code) == "broken_syntax"


@pytest.mark.parametrize(
    "code",
    ["print 'old'\n", "except_ = 1\nraise ValueError, 'x'\n", "run(async=True)\n", "type X = int\n", "1 / 0\n"],
    ids=["python2", "raise", "python36", "python312", "no syntax"],
)
def test_another_python_reads_it(tmp_path: Path, code: str) -> None:
    if code.startswith("type") and sys.version_info >= (3, 12):
        pytest.skip("this interpreter reads it")
    assert outcome(tmp_path, code) is None


def test_a_module_that_could_not_be_imported(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"pkg/settings.py": BROKEN})
    entry = {
        "name": "pkg.settings",
        "status": "error",
        "type": "SyntaxError",
        "message": "non-default argument follows default argument (settings.py, line 3)",
    }
    step = Step(name="import", phase=Phase.IMPORT, argv=("python",))
    result = StepResult(
        step=step, status=StepStatus.FAILED, exit_code=1, collected=(("r", json.dumps({"modules": [entry]})),)
    )
    cause = own_syntax(result, tree).cause
    assert cause is not None and cause.name == "broken_syntax"
    assert (cause.evidence[0].source, cause.evidence[0].line) == ("pkg/settings.py", 3)
