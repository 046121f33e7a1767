"""A mistake of the author's is told from code that another Python reads; the messages are Python's own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.outcomes.interpret import interpret, name_missing_interpreter, name_own_syntax
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import PythonSpec, spec_of
from checker.ecosystems.python.survey import survey
from checker.judging.causes import make_cause

BROKEN = "def f(\n    a=1,\n    freeze: false,\n):\n    pass\n"


def outcome(tmp_path: Path, code: str) -> str | None:
    tree = make_tree(tmp_path, {"run.py": "import settings\n", "settings.py": code})
    done = subprocess.run([sys.executable, "run.py"], cwd=tree.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    log = done.stderr.replace(f"{tree.root}/", "/code/src/")
    step = Step(name="start", phase=Phase.START, argv=("python", "run.py"))
    judged = name_own_syntax(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log), tree)
    return judged.cause.name if judged.cause else None


@pytest.mark.parametrize("code", [BROKEN, "x = (1,\n", "def f():\nreturn 1\n", "return 1\n", "a = 1 2\n"])
def test_nobody_can_read_it(tmp_path: Path, code: str) -> None:
    assert outcome(tmp_path, code) == "broken_syntax"


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("print 'old'\n", "python2_syntax"),
        ("except_ = 1\nraise ValueError, 'x'\n", "python2_syntax"),
        ("run(async=True)\n", None),
        ("type X = int\n", None),
        ("1 / 0\n", None),
    ],
    ids=["python2", "raise", "python36", "python312", "no syntax"],
)
def test_another_python_reads_it(tmp_path: Path, code: str, cause: str | None) -> None:
    if code.startswith("type") and sys.version_info >= (3, 12):
        pytest.skip("this interpreter reads it")
    assert outcome(tmp_path, code) == cause


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
    cause = name_own_syntax(result, tree).cause
    assert cause is not None and cause.name == "broken_syntax"
    assert (cause.evidence[0].source, cause.evidence[0].line) == ("pkg/settings.py", 3)


CIRCLE = (
    "ImportError: cannot import name '{}' from partially initialized module 'lab'"
    " (most likely due to a circular import)"
)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (
            "ImportError: cannot import name 'wrap' from 'common.utils' (/code/src/common/utils.py)",
            "missing_in_repository",
        ),
        (
            "ImportError: cannot import name 'wrap' from 'numpy' (/env/venv/lib/python3.8/numpy/__init__.py)",
            "incompatible_dependency",
        ),
        (
            "ImportError: cannot import name 'a' from partially initialized module 'b' "
            "(most likely due to a circular import) (/code/src/b.py)",
            "import_error",
        ),
        (f"{CIRCLE.format('near')} (/code/src/lab/__init__.py)", "import_error"),
        (f"{CIRCLE.format('lamps')} (/code/src/lab/__init__.py)", "missing_in_repository"),
        (f"{CIRCLE.format('fast')} (/code/src/lab/__init__.py)", "not_built"),
    ],
)
def test_a_name_that_a_module_of_the_repository_lacks(tmp_path: Path, line: str, cause: str) -> None:
    setup = "setup(ext_modules=[Extension('lab.fast', ['a.c'])])\n"
    files = {"common/utils.py": "", "lab/__init__.py": "", "lab/near.py": "", "setup.py": setup}
    tree = make_tree(tmp_path, files)
    step = Step(name="collect the tests", phase=Phase.ANSWER, argv=("python",))
    result = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=f"{line}\n")
    judged = interpret(tree, result, BuildPlan(ecosystem="python", way=Way.PERIOD))
    assert (judged.cause and judged.cause.name) == cause


def test_old_interpreters_print_relative_paths(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"run.py": "print 'old'\n"})
    log = "  File \"run.py\", line 1\n    print 'old'\n              ^\nSyntaxError: invalid syntax\n"
    step = Step(name="start", phase=Phase.START, argv=("python", "run.py"))
    judged = name_own_syntax(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log), tree)
    assert judged.cause is not None and judged.cause.name == "python2_syntax"


@pytest.mark.parametrize(
    ("stated", "cause", "told"),
    [
        ("3.5", "crash", "needs_interpreter"),
        ("2.7", "python2_syntax", "needs_interpreter"),
        ("3.5", "missing_in_repository", "missing_in_repository"),
        ("", "crash", "crash"),
    ],
)
def test_what_may_come_from_another_interpreter_is_not_the_codes(stated: str, cause: str, told: str) -> None:
    plan = BuildPlan(
        ecosystem="python", way=Way.AS_PUBLISHED, interpreter="3.6", spec=PythonSpec(missing_interpreter=stated)
    )
    step = Step(name="start", phase=Phase.START, argv=("python", "fit.py"))
    failed = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, cause=make_cause(cause))
    judged = name_missing_interpreter(failed, plan)
    assert judged.cause is not None
    assert judged.cause.name == told
    assert judged.status is StepStatus.FAILED


@pytest.mark.parametrize(
    ("text", "missing"), [("3.5\n", "3.5"), ("2.7.18\n", "2.7"), ("3.8.1\n", ""), ("pypy\n", "")]
)
def test_an_interpreter_that_is_stated_and_not_here_is_noted(tmp_path: Path, text: str, missing: str) -> None:
    seen = survey(make_tree(tmp_path, {".python-version": text, "fit.py": "print(1)\n"}))
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    facts = Knowledge(repository="ada/lamp", code_date=moment, today=moment, interpreters=("3.6", "3.8"))
    plan = plan_for(seen, facts, Way.AS_PUBLISHED)
    assert spec_of(plan).missing_interpreter == missing
