"""What task runners carry out: just, tox, nox, hatch, scripts of project managers."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.declared.task_runners import read_called_commands
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import make_plans
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def called(make_tree: MakeTree, files: dict[str, str], words: str) -> list[str]:
    command = Command(argv=tuple(shlex.split(words)), raw=words, file="README.md", line=1)
    return [shlex.join(each.argv) for each in read_called_commands(make_tree(dict(files)), command)]


JUST = """
set dotenv-load
python := "python3"
steps := '3'
export MODE := "fast"
alias r := run

# the first
default: run

install:
    pip install six

[group('main')]
run n=steps *more: install && (after "x")
    @{{python}} main.py --steps {{n}} \\
        --quiet {{more}}

after word:
    -echo {{word}}

again: (after steps) (after 'a b')

script:
    #!/usr/bin/env bash
    set -e
    for i in 1 2; do
      python main.py $i
    done

other:
    #!/usr/bin/env python
    print("python main.py")

loop: loop
    true
"""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("just", ["pip install six", "python3 main.py --steps 3 --quiet", "echo x"]),
        ("just run 5 --fast", ["pip install six", "python3 main.py --steps 5 --quiet --fast", "echo x"]),
        ("just r", ["pip install six", "python3 main.py --steps 3 --quiet", "echo x"]),
        ("just --set steps 7 run", ["pip install six", "python3 main.py --steps 7 --quiet", "echo x"]),
        ("just install after y", ["pip install six", "echo y"]),
        ("just script", ["set -e", "python main.py 1"]),
        ("just other", []),
        ("just loop", ["true"]),
        ("just again", ["echo 3", "echo a b"]),
        ("just nothing", []),
    ],
)
@pytest.mark.parametrize("name", ["justfile", "Justfile", ".justfile"])
def test_just(make_tree: MakeTree, words: str, found: list[str], name: str) -> None:
    assert called(make_tree, {name: JUST}, words) == found


TOX = """
[tox]
envlist = py39
skipsdist = true
[base]
flags = --n 2
[testenv]
deps =
    numpy
    # not
    -r reqs.txt
    torch: six
commands =
    python main.py {[base]flags} {posargs:--quiet}
    !torch: pytest {toxinidir}/tests
[testenv:run]
deps = attrs
commands = python main.py \\
    --m
"""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tox", ["pip install numpy -r reqs.txt", "python main.py --n 2 --quiet", "pytest ./tests"]),
        (
            "tox -e py39-torch -- --all",
            ["virtualenv -p python3.9", "pip install numpy -r reqs.txt six", "python main.py --n 2 --all"],
        ),
        ("python -m tox run -e run", ["pip install attrs", "python main.py --m"]),
    ],
)
def test_tox(make_tree: MakeTree, words: str, found: list[str]) -> None:
    assert called(make_tree, {"tox.ini": TOX}, words) == found


NOX = """
import nox

@nox.session(python=["3.11"], name="go")
def start(session):
    session.install("six", "-r", "reqs.txt")
    session.run("python", "main.py", "--n", "2", *session.posargs)

@nox.session
def lint(session):
    session.run("ruff", "check")
"""


@pytest.mark.parametrize("words", ["nox -s go", "nox --session=go-3.11", "python -m nox -s go"])
def test_nox(make_tree: MakeTree, words: str) -> None:
    assert called(make_tree, {"noxfile.py": NOX}, words) == [
        "virtualenv -p python3.11",
        "pip install six -r reqs.txt",
        "python main.py --n 2",
    ]


HATCH = """
[tool.hatch.envs.default]
dependencies = ["six"]
skip-install = true
[tool.hatch.envs.default.scripts]
go = "python main.py {args:--n 2}"
all = ["go", "echo done"]
[tool.hatch.envs.exp]
detached = true
[tool.hatch.envs.exp.scripts]
fit = "python fit.py"
"""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("hatch run go", ["pip install six", "python main.py --n 2"]),
        ("hatch run go --n 5", ["pip install six", "python main.py --n 5"]),
        ("hatch run all", ["pip install six", "python main.py --n 2", "echo done"]),
        ("hatch run exp:fit --x", ["python fit.py --x"]),
        ("hatch run python main.py", []),
        ("hatch build", []),
    ],
)
def test_hatch(make_tree: MakeTree, words: str, found: list[str]) -> None:
    assert called(make_tree, {"pyproject.toml": HATCH}, words) == found


@pytest.mark.parametrize(
    ("words", "table", "script"),
    [
        ("pdm run go", "tool.pdm.scripts", 'go = {cmd = "python main.py"}'),
        ("pdm run go", "tool.pdm.scripts", 'go = {composite = ["one", "one"]}\none = "python main.py"'),
        ("rye run go", "tool.rye.scripts", 'go = {cmd = ["python", "main.py"]}'),
        ("poe go", "tool.poe.tasks", 'go.shell = "python main.py"'),
        ("poetry run poe go", "tool.poe.tasks", 'go = "python main.py"'),
        ("task go", "tool.taskipy.tasks", 'go = "python main.py"'),
    ],
)
def test_scripts_of_project_managers(make_tree: MakeTree, words: str, table: str, script: str) -> None:
    assert called(make_tree, {"pyproject.toml": f"[{table}]\n{script}\n"}, words) == ["python main.py"]


def plan_of(make_tree: MakeTree, files: dict[str, str]) -> BuildPlan:
    known = Knowledge(repository="a/b", code_date=DAY, today=DAY, interpreters=("3.9", "3.11", "3.12"))
    return make_plans(make_tree(dict(files)), known)[0]


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("just install\njust run", {"justfile": "install:\n  pip install six\nrun:\n  python main.py --n 3\n"}),
        ("tox -e run", {"tox.ini": "[testenv:run]\ndeps = six\ncommands = python main.py --n 3\n"}),
        ("nox", {"noxfile.py": NOX.replace("2", "3").replace(', "-r", "reqs.txt"', "")}),
        ("hatch run go --n 3", {"pyproject.toml": HATCH}),
        ("make run", {"Makefile": "install:\n\tpip install six\nrun: install\n\tpython main.py --n 3\n"}),
        ("docker run t", {"Dockerfile": "FROM python:3.9\nRUN pip install six\nCMD python main.py --n 3\n"}),
        ("pip install six\nmicromamba run -n toy python main.py --n 3", {}),
        ("pip install six\npy main.py --n 3", {}),
        ("pip install six\npy -3.11 main.py --n 3", {}),
        ("pip install six\nuv run --no-project --python 3.11 main.py --n 3", {}),
        ("uv run --with six main.py --n 3", {}),
        ("uv run --with=six python main.py --n 3", {}),
        ("pip install six\napptainer exec --nv a.sif python main.py --n 3", {}),
        ("pip install six\nrye run python main.py --n 3", {}),
        ("pip install six\nconda run --no-capture-output -n toy python main.py --n 3", {}),
    ],
)  # fmt: skip
def test_what_a_page_has_a_runner_do_is_installed_and_started(
    make_tree: MakeTree, words: str, files: dict[str, str]
) -> None:
    plan = plan_of(make_tree, {"main.py": "import six\n", "README.md": f"```\n{words}\n```\n", **files})
    runs = [step.argv[step.argv.index("--") + 1 :] for step in plan.steps if step.phase is Phase.RUN]
    assert plan.requirements == ("six",)
    assert runs == [("python", "main.py", "--n", "3")]


def test_what_no_page_calls_is_started_with_its_arguments(make_tree: MakeTree) -> None:
    files = {
        "main.py": "import six\n",
        "Dockerfile": "FROM python:3.9\nRUN pip install six\nCMD python main.py --n 3\n",
    }
    plan = plan_of(make_tree, files)
    starts = [step.argv[step.argv.index("--") + 1 :] for step in plan.steps if step.phase is Phase.START]
    assert starts[0] == ("python", "main.py", "--n", "3")


@pytest.mark.parametrize(
    ("page", "requirements"),
    [
        ("```\npython main.py\n```", {"six", "attrs"}),
        ("```\ndocker build .\ndocker run t python main.py\n```", {"six", "attrs"}),
        ("```\npip install -r requirements.txt\npython main.py\n```", {"six"}),
    ],
)
@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": "FROM a\nRUN pip install -U pip && pip install -r requirements.txt attrs six==1\n"},
        {".devcontainer.json": '{"postCreateCommand": "pip install -r requirements.txt && pip install attrs"}'},
    ],
)  # fmt: skip
def test_what_the_container_has_besides_the_list_is_installed_where_no_page_installs(
    make_tree: MakeTree, page: str, requirements: set[str], files: dict[str, str]
) -> None:
    plan = plan_of(make_tree, {"main.py": "import six\n", "README.md": page, "requirements.txt": "six\n", **files})
    assert set(plan.requirements) == requirements


@pytest.mark.parametrize(
    "files",
    [
        {"tox.ini": "[testenv]\ndeps =\n  pytest\n  attrs\ncommands = pytest\n"},
        {"noxfile.py": "import nox\n@nox.session\ndef t(s):\n    s.install('attrs')\n    s.run('pytest')\n"},
    ],
)
def test_what_is_installed_for_the_tests_alone(make_tree: MakeTree, files: dict[str, str]) -> None:
    own = {"t.py": "import six\n", "requirements.txt": "six\n", "test_t.py": "import attr\ndef test_a(): pass\n"}
    plan = plan_of(make_tree, {**own, **files})
    tools = [step.argv for step in plan.steps if step.phase is Phase.TOOLS]
    assert plan.requirements == ("six",)
    assert any("attrs" in argv for argv in tools)


@pytest.mark.parametrize(
    ("version", "python"),
    [('"3.9"', "3.9"), ('["3.9", "3.11"]', "3.11"), ('"3.x"', "3.12"), ("${{ matrix.python }}", "3.12")],
)
def test_the_interpreter_of_a_workflow_where_nothing_else_says_one(
    make_tree: MakeTree, version: str, python: str
) -> None:
    workflow = f"on: push\njobs:\n  t:\n    steps:\n      - with:\n          python-version: {version}\n"
    files = {"main.py": "import six\n", ".github/workflows/t.yml": workflow}
    assert plan_of(make_tree, files).interpreter == python
    assert plan_of(make_tree, {**files, ".python-version": "3.9\n"}).interpreter == "3.9"


@pytest.mark.parametrize(
    "words", ["py -3.9 -m venv .venv\npy -m pip install six\npy main.py", "py -3.9 -m pip install six"]
)
def test_the_launcher_of_windows(make_tree: MakeTree, words: str) -> None:
    plan = plan_of(make_tree, {"main.py": "import six\n", "README.md": f"```\n{words}\n```\n"})
    assert (plan.interpreter, plan.requirements) == ("3.9", ("six",))
