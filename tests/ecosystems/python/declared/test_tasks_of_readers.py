"""What a page has a task runner carry out is the reader's: interpreter, packages, variables and starts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Phase, Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import make_plans, plan_for
from checker.ecosystems.python.survey import survey
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)
MAIN = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n')\nprint(p.parse_args())\n"
KNOWN = Knowledge(repository="a/b", code_date=DAY, today=DAY, interpreters=("3.9", "3.10", "3.11", "3.12"))


def plan_of(make_tree: MakeTree, words: str, files: dict[str, str]) -> BuildPlan:
    tree = make_tree({"main.py": MAIN, "README.md": f"```\n{words}\n```\n", **files})
    return make_plans(tree, KNOWN)[0]


def list_runs(plan: BuildPlan) -> list[tuple[str, ...]]:
    return [step.argv[step.argv.index("--") + 1 :] for step in plan.steps if step.phase is Phase.RUN]


TOX_TOML = """
env_list = ["py311", "fit"]
[env_run_base]
deps = ["pytest"]
[env.fit]
base_python = "3.10"
deps = ["six", { replace = "ref", of = ["env", "more", "deps"], extend = true }]
set_env = { MODE = "fast" }
skip_install = true
commands = [["python", "main.py", "--n", { replace = "posargs", default = ["3"], extend = true }]]
[env.more]
deps = ["attrs"]
"""
TOX_INI = """
[tox]
envlist = py39, fit
skipsdist = true
[testenv:fit]
basepython = python3.10
deps =
    six
    -r more.txt
setenv =
    MODE = fast
commands =
    python main.py --n {posargs:3}
"""
NOX = """
import nox
DEPS = ["six", "attrs"]
MODE = "fast"
@nox.session(python="3.10")
def fit(session: nox.Session) -> None:
    session.install(*DEPS)
    session.env["MODE"] = MODE
    session.run("python", "main.py", "--n", *(session.posargs or ["3"]))
@nox.session
def docs(session):
    session.install("sphinx")
    session.run("sphinx-build", "docs", "out")
"""
HATCH = """
[tool.hatch.envs.fit]
python = "3.10"
detached = true
dependencies = ["six", "attrs"]
env-vars = { MODE = "fast" }
[tool.hatch.envs.fit.scripts]
go = "python main.py --n {args:3}"
"""
TASK = """
version: '3'
env: {MODE: fast}
vars: {N: '3'}
tasks:
  setup: [virtualenv -p python3.10 .venv, pip install six attrs]
  fit:
    deps: [setup]
    cmds:
      - python main.py --n {{.N}}
"""
INVOKE = """
from invoke import task
@task
def setup(c):
    c.run("python3.10 -m venv .venv")
    c.run("pip install six attrs")
@task(setup)
def fit(c, n=3):
    c.run(f"python main.py --n {n}", env={"MODE": "fast"})
"""


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("tox -e fit", {"tox.toml": TOX_TOML}),
        ("TOXENV=fit tox", {"tox.toml": TOX_TOML}),
        ("tox -e fit", {"tox.ini": TOX_INI, "more.txt": "attrs\n"}),
        ("tox run -e fit", {"setup.cfg": TOX_INI.replace("[tox]", "[tox:tox]"), "more.txt": "attrs\n"}),
        (
            "tox -e fit",
            {"pyproject.toml": f'[tool.tox]\nlegacy_tox_ini = """{TOX_INI}"""\n', "more.txt": "attrs\n"},
        ),
        (
            "tox -e fit",
            {
                "pyproject.toml": TOX_TOML.replace("[env", "[tool.tox.env")
                .replace("env_list", "[tool.tox]\nenv_list")
                .replace('"env", "more"', '"env", "more"')
            },
        ),
        ("nox -s fit", {"noxfile.py": NOX}),
        ("pipx run nox -s fit", {"noxfile.py": NOX}),
        ("nox", {"noxfile.py": NOX + 'nox.options.sessions = ["fit"]\n'}),
        ("hatch run fit:go", {"pyproject.toml": HATCH}),
        ("hatch run fit:python main.py --n 3", {"pyproject.toml": HATCH}),
        ("task fit", {"Taskfile.yml": TASK}),
        ("invoke fit", {"tasks.py": INVOKE}),
        ("inv fit --n 3", {"tasks.py": INVOKE.replace("n=3", "n=1")}),
        ("make fit", {"Makefile": "fit:\n\ttox -e fit\n", "tox.toml": TOX_TOML}),
    ],
)  # fmt: skip
def test_the_interpreter_the_packages_the_variables_and_the_start_of_a_task(
    make_tree: MakeTree, words: str, files: dict[str, str]
) -> None:
    plan = plan_of(make_tree, words, files)
    start = next(step for step in plan.steps if step.phase is Phase.RUN)
    assert (plan.interpreter, set(plan.requirements)) == ("3.10", {"six", "attrs"})
    assert list_runs(plan) == [("python", "main.py", "--n", "3")]
    assert dict(start.env)["MODE"] == "fast"


@pytest.mark.parametrize(
    ("table", "script"),
    [
        ("tool.pdm.scripts", 'go = { cmd = ["python", "main.py", "--n", "3"], env = { MODE = "fast" } }'),
        ("tool.pdm.scripts", '_.env = { MODE = "fast" }\ngo = "python main.py --n 3"'),
        ("tool.rye.scripts", 'go = { cmd = "python main.py --n 3", env = { MODE = "fast" } }'),
        ("tool.poe.tasks.go", 'cmd = "python main.py --n ${N}"\nenv = { N = "3", MODE = "fast" }'),
        (
            "tool.poe",
            'env = { MODE = "fast" }\n[tool.poe.tasks]\ngo.sequence = [{ ref = "it" }]\n'
            'it = { cmd = "python main.py --n $n", args = [{ name = "n", default = 3 }] }',
        ),
        ("tool.poe", 'envfile = "run.env"\n[tool.poe.tasks]\ngo = "python main.py --n 3"'),
    ],
)
def test_what_a_script_of_a_project_manager_sets(make_tree: MakeTree, table: str, script: str) -> None:
    program = table.split(".")[1]
    words = "poe go" if program == "poe" else f"{program} run go"
    files = {"pyproject.toml": f"[{table}]\n{script}\n", "requirements.txt": "six\n", "run.env": "MODE=fast\n"}
    plan = plan_of(make_tree, words, files)
    start = next(step for step in plan.steps if step.phase is Phase.RUN)
    assert list_runs(plan) == [("python", "main.py", "--n", "3")]
    assert dict(start.env)["MODE"] == "fast"


def test_a_function_that_a_script_calls_is_called(make_tree: MakeTree) -> None:
    files = {"pyproject.toml": '[tool.poe.tasks]\ngo.script = "toy.run:main(2)"\n', "toy/__init__.py": ""}
    plan = plan_of(make_tree, "poe go", {**files, "toy/run.py": "import six\ndef main(n): print(n)\n"})
    assert ("python", "-c", "from toy.run import main; main(2)") in list_runs(plan)


def test_a_task_installs_beside_the_list_that_is_followed(make_tree: MakeTree) -> None:
    files = {
        "requirements.txt": "six\n",
        "Makefile": "install:\n\tpip install -r requirements.txt\n\tpip install attrs\n",
    }
    assert set(plan_of(make_tree, "make install\npython main.py", files).requirements) == {"six", "attrs"}


def test_what_only_checks_the_code_installs_nothing_for_it(make_tree: MakeTree) -> None:
    files = {"requirements.txt": "six\n", "Makefile": "lint:\n\tpip install ruff\n\truff check .\n"}
    assert plan_of(make_tree, "make lint\npython main.py", files).requirements == ("six",)


@pytest.mark.parametrize("words", ["pdm sync --prod\npdm run python main.py", "pdm run python main.py"])
def test_a_manager_that_runs_installs_nothing(make_tree: MakeTree, words: str) -> None:
    project = '[project]\nname = "toy"\nversion = "0"\ndependencies = ["six"]\n'
    files = {
        "pyproject.toml": f'{project}[tool.pdm]\ndistribution = false\ndev-dependencies = {{a = ["attrs"]}}\n'
    }
    wanted = {"six"} if "--prod" in words else {"six", "attrs"}
    assert set(plan_of(make_tree, words, files).requirements) == wanted


@pytest.mark.parametrize("words", ["pixi run -e gpu go", "pixi run -e gpu python main.py --n 3"])
def test_what_activating_an_environment_of_pixi_sets(make_tree: MakeTree, words: str) -> None:
    manifest = """
    [workspace]
    channels = ["conda-forge"]
    platforms = ["linux-64"]
    [dependencies]
    python = "3.10.*"
    six = "*"
    [feature.gpu.tasks]
    go = "python main.py --n 3"
    [feature.gpu.activation.env]
    MODE = "fast"
    [environments]
    gpu = ["gpu"]
    """
    plan = plan_of(make_tree, words, {"pixi.toml": manifest})
    start = next(step for step in plan.steps if step.phase is Phase.RUN)
    assert dict(start.env)["MODE"] == "fast"


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ("  - samtools\n  - hdf5\n  - compilers\n", ("libhdf5-dev", "samtools")),
        ("  - samtools=1.2\n  - hdf5=1\n" + "".join(f"  - a{n}==1\n" for n in range(20)), ("samtools",)),
    ],
)
def test_programs_that_an_environment_lists_are_installed(
    make_tree: MakeTree, listed: str, found: tuple[str, ...]
) -> None:
    environment = f"channels: [bioconda]\ndependencies:\n  - python=3.10\n{listed}"
    plan = plan_of(make_tree, "conda env create\npython main.py", {"environment.yml": environment})
    assert plan.system_packages == found


@pytest.mark.parametrize(
    "line",
    [
        "f'toolz @ file://{HERE}/libs/toolz'",
        "'toolz @ file://localhost' + os.getcwd() + '/libs/toolz'",
        "f'toolz @ {HERE.as_uri()}/libs/toolz'",
    ],
)
def test_a_folder_of_the_tree_by_its_whole_path_is_no_package_of_the_index(make_tree: MakeTree, line: str) -> None:
    imports = "import os\nfrom pathlib import Path\nfrom setuptools import setup\n"
    head = f"{imports}HERE = Path(__file__).parent.resolve()\n"
    files = {
        "setup.py": f"{head}setup(name='toy', py_modules=['main'], install_requires=['six', {line}])\n",
        "libs/toolz/setup.py": "from setuptools import setup\nsetup(name='toolz', install_requires=['attrs'])\n",
    }
    assert set(plan_of(make_tree, "pip install .\npython main.py", files).requirements) == {"six", "attrs"}


def test_a_path_of_another_machine_stays_as_it_is_written(make_tree: MakeTree) -> None:
    files = {"requirements.txt": "six @ file:///croot/six_1/work\n", "work/notes.txt": "x"}
    plan = plan_of(make_tree, "pip install -r requirements.txt\npython main.py", files)
    assert plan.requirements == ("six @ file:///croot/six_1/work",)


def test_a_repair_takes_a_path_of_another_machine_from_the_tree_where_it_is_there(make_tree: MakeTree) -> None:
    tree = make_tree(
        {
            "main.py": "import toolz\n",
            "requirements.txt": "toolz @ file:///home/ann/toy/libs/toolz\nsix @ file:///croot/six_1/work\n",
            "libs/toolz/setup.py": "from setuptools import setup\nsetup(name='toolz', py_modules=['toolz'])\n",
            "libs/toolz/toolz.py": "",
        }
    )
    plan = plan_for(survey(tree), KNOWN, Way.REPAIRED)
    assert plan.requirements == ("toolz @ file:///code/src/libs/toolz", "six")
    assert [repair.name for repair in plan.repairs] == ["path of another machine"]


DVC = """
vars:
  - steps: 3
stages:
  fit:
    foreach: [main, other]
    do:
      cmd: python ${item}.py --n ${steps}
"""
MLFLOW = """
conda_env: conda.yaml
entry_points:
  main:
    parameters:
      n: {type: int, default: 1}
    command: "python main.py --n {n}"
"""
PIXI = "[workspace]\nchannels = []\nplatforms = []\n[tasks]\ngo = 'python main.py --n 3'\n"


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("dvc repro", {"dvc.yaml": DVC}),
        ("dvc exp run fit", {"dvc.yaml": DVC}),
        ("mlflow run . -P n=3", {"MLproject": MLFLOW}),
        ("mlflow run . --param-list n=3", {"MLproject": MLFLOW}),
        ("pixi r go", {"pixi.toml": PIXI}),
        ("dotenv run -- python main.py --n 3", {}),
        ("uvx --with six python main.py --n 3", {}),
    ],
)
def test_what_pipelines_and_wrappers_start(make_tree: MakeTree, words: str, files: dict[str, str]) -> None:
    assert ("python", "main.py", "--n", "3") in list_runs(plan_of(make_tree, words, files))


def test_a_folder_that_python_starts(make_tree: MakeTree) -> None:
    plan = plan_of(make_tree, "python toy --n 3", {"toy/__main__.py": MAIN})
    assert [argv[-2:] for argv in list_runs(plan)] == [("--n", "3")]


@pytest.mark.parametrize(
    ("words", "requirements", "constraints"),
    [
        ("pip install -r requirements.txt -c pins.txt", {"six"}, {"six==1.15.0"}),
        ("uvx --from . toy", {"six", "attrs"}, set()),
        ("pipx run --spec . toy", {"six", "attrs"}, set()),
        ("pipx install .", {"six", "attrs"}, set()),
    ],
)
def test_constraints_and_programs_of_their_own_environment(
    make_tree: MakeTree, words: str, requirements: set[str], constraints: set[str]
) -> None:
    files = {"requirements.txt": "six\n", "pins.txt": "six==1.15.0\n"}
    if "requirements" not in words:
        files["setup.py"] = "from setuptools import setup\nsetup(name='toy', install_requires=['attrs'])\n"
    plan = plan_of(make_tree, words, files)
    assert (set(plan.requirements), set(plan.constraints)) == (requirements, constraints)


def test_the_interpreter_of_an_environment_in_one_word(make_tree: MakeTree) -> None:
    assert plan_of(make_tree, "uv venv --python=3.10", {"requirements.txt": "six\n"}).interpreter == "3.10"


RYE = '[project]\nname = "toy"\ndependencies = ["six", "toolz"]\n[tool.rye]\nvirtual = true\n'


def test_members_of_a_workspace_of_rye_are_no_packages_of_the_index(make_tree: MakeTree) -> None:
    files = {
        "pyproject.toml": f'{RYE}[tool.rye.workspace]\nmembers = ["libs/*"]\n',
        "libs/toolz/pyproject.toml": '[project]\nname = "toolz"\nversion = "0"\ndependencies = ["attrs"]\n',
    }
    assert set(plan_of(make_tree, "rye sync\npython main.py", files).requirements) == {"six", "attrs"}


def test_a_command_of_a_member_that_is_installed_is_started(make_tree: MakeTree) -> None:
    build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    member = f'[project]\nname = "app"\nversion = "0"\n[project.scripts]\napp = "app:main"\n{build}'
    files = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n[project]\nname = "t"\nversion = "0"\n',
        "packages/app/pyproject.toml": member,
        "packages/app/app/__init__.py": "def main(): print(1)\n",
    }
    plan = plan_of(make_tree, "uv sync --package app\nuv run --package app app --n 3", files)
    assert ("/env/venv/bin/app", "--n", "3") in list_runs(plan)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("uv sync --no-dev\nuv run --no-sync python main.py", {"six"}),
        ("uv sync --no-dev\nuv run python main.py", {"six", "attrs"}),
    ],
)
def test_uv_installs_nothing_where_it_is_told_so(make_tree: MakeTree, words: str, found: set[str]) -> None:
    project = (
        '[project]\nname = "toy"\nversion = "0"\ndependencies = ["six"]\n[dependency-groups]\ndev = ["attrs"]\n'
    )
    assert set(plan_of(make_tree, words, {"pyproject.toml": project}).requirements) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("flit install --symlink", {"six", "attrs", "rich"}),
        ("flit install --extras plot", {"six", "attrs"}),
    ],
)
def test_flit_brings_the_extras(make_tree: MakeTree, words: str, found: set[str]) -> None:
    table = '[tool.flit.metadata]\nmodule = "toy"\nauthor = "A"\nrequires = ["six"]\n'
    extras = '[tool.flit.metadata.requires-extra]\nplot = ["attrs"]\nmore = ["rich"]\n'
    build = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
    files = {"pyproject.toml": f"{build}{table}{extras}", "toy.py": ""}
    assert set(plan_of(make_tree, words, files).requirements) == found


MANY = 3_000


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (
            "poe a0",
            {
                "pyproject.toml": "[tool.poe.tasks]\n"
                + "".join(f'a{n}.sequence = ["a{n + 1}"]\n' for n in range(MANY))
            },
        ),
        (
            "pdm run a0",
            {"pyproject.toml": "[tool.pdm.scripts]\n" + "".join(f'a{n} = "a{n + 1}"\n' for n in range(MANY))},
        ),
        (
            "task a0",
            {"Taskfile.yml": "tasks:\n" + "".join(f"  a{n}: {{deps: [a{n + 1}]}}\n" for n in range(MANY))},
        ),
        (
            "pixi run a0",
            {"pixi.toml": "[tasks]\n" + "".join(f'a{n} = {{depends-on = ["a{n + 1}"]}}\n' for n in range(MANY))},
        ),
        (
            "invoke a0",
            {"tasks.py": "".join(f"@task(a{n + 1})\ndef a{n}(c): pass\n" for n in range(MANY))},
        ),
        (
            "nox -s a",
            {"noxfile.py": "x = 'a' * 9\n" + "x = f'{x}{x}'\n" * 60 + "@session\ndef a(s):\n  s.run(x)\n"},
        ),
        ("nox -s a", {"noxfile.py": "x = ['a']\n" + "x = [*x, *x]\n" * 60 + "@session\ndef a(s):\n  s.run(*x)\n"}),
        (
            "make a",
            {"Makefile": "x = a\nexport\n" + "x := $(addprefix $(x),$(x) $(x))\n" * 60 + "a:\n\techo $(x)\n"},
        ),
        ("tox -e a", {"tox.toml": "[env.a]\ndeps = [{replace = 'ref', of = ['env', 'a', 'deps']}]\n"}),
    ],
)
def test_tasks_made_to_keep_us_busy_end(make_tree: MakeTree, words: str, files: dict[str, str]) -> None:
    assert plan_of(make_tree, words, files).steps


def test_what_the_image_has_a_manager_install(make_tree: MakeTree) -> None:
    project = '[project]\nname = "toy"\nversion = "0"\ndependencies = ["six"]\n'
    image = "FROM ghcr.io/astral-sh/uv:python3.11-bookworm-slim\nRUN uv sync --extra plot --no-install-project\n"
    files = {
        "pyproject.toml": f'{project}[project.optional-dependencies]\nplot = ["attrs"]\nmore = ["rich"]\n',
        "Dockerfile": f'{image}WORKDIR /w\nCOPY . .\nCMD ["uv", "run", "--no-sync", "main.py", "--n", "3"]\n',
    }
    plan = plan_of(make_tree, "docker build -t toy . && docker run toy", files)
    assert (plan.interpreter, set(plan.requirements)) == ("3.11", {"six", "attrs"})
    assert list_runs(plan) == [("python", "main.py", "--n", "3")]


def test_a_manager_in_an_image_without_a_project_declares_nothing(make_tree: MakeTree) -> None:
    plan = plan_of(make_tree, "docker run toy", {"Dockerfile": "FROM python:3.9\nRUN poetry install\n"})
    assert not plan.declared
