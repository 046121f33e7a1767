"""Environment variables that authors state reach the runs of the code, and no tool of ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.instructions.variables import is_for_the_code, is_stated
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import make_plans
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)
MAIN = "import os\nprint(os.environ['MODE'])\n"


def plan_of(make_tree: MakeTree, files: dict[str, str]) -> BuildPlan:
    tree = make_tree(dict(files))
    known = Knowledge(repository="a/b", code_date=DAY, today=DAY, interpreters=("3.11", "3.12"))
    return make_plans(tree, known)[0]


def variables_of_starts(plan: BuildPlan) -> list[dict[str, str]]:
    return [dict(step.env) for step in plan.steps if step.phase in {Phase.START, Phase.RUN}]


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": "```\nexport MODE=fast\npython main.py\n```\n"},
        {"README.md": "```\nexport MODE=fast\n```\nand then\n```\npython main.py\n```\n"},
        {"README.md": "```\nMODE=fast\nexport MODE\npython main.py\n```\n"},
        {"README.md": "```\nsetenv MODE fast\npython main.py\n```\n"},
        {"README.md": "```\nMODE=fast python main.py\n```\n"},
        {"README.md": "Set `export MODE=fast` first.\n```\npython main.py\n```\n"},
        {
            "README.md": "```\npython main.py\n```\n",
            ".env.example": "# which\nexport MODE='fast' # or slow\nKEY=\n",
        },
        {"README.md": "```\npython main.py\n```\n", ".env.sample": 'MODE="fast"\n'},
        {
            "README.md": "```\nconda env create\npython main.py\n```\n",
            "environment.yml": "name: toy\ndependencies:\n  - python=3.11\nvariables:\n  MODE: fast\n",
        },
        {"README.md": "```\nset MODE=fast\npython main.py\n```\n"},
        {"README.md": "```\n$env:MODE = 'fast'\npython main.py\n```\n"},
        {"README.md": "```\nset -a; source run.env; set +a\npython main.py\n```\n", "run.env": "MODE=fast\n"},
        {
            "README.md": "```\nexport $(grep -v '^#' run.env | xargs)\npython main.py\n```\n",
            "run.env": "# c\nMODE=fast\n",
        },
        {"README.md": "```\npython main.py\n```\n", ".envrc": "export MODE=fast\nlayout python\n"},
        {"README.md": "```\ndotenv -f run.env run -- python main.py\n```\n", "run.env": "MODE=fast\n"},
        {"README.md": "```\nuv run --env-file run.env main.py\n```\n", "run.env": "MODE=fast\n"},
        {"README.md": "```\ndocker run --env-file run.env t python main.py\n```\n", "run.env": "MODE=fast\n"},
        {"README.md": "```\nmake go MODE=fast\n```\n", "Makefile": "go:\n\tpython main.py\n"},
        {"README.md": "```\nmake go\n```\n", "Makefile": "export MODE = fast\ngo:\n\tpython main.py\n"},
        {"README.md": "```\nmake go\n```\n", "Makefile": "MODE = fast\nexport\ngo:\n\tpython main.py\n"},
        {
            "README.md": "```\napptainer exec t.sif python main.py\n```\n",
            "t.def": "Bootstrap: docker\nFrom: python:3.11\n%environment\n    export MODE=fast\n",
        },
        {
            "README.md": "```\ndocker compose up\n```\n",
            "compose.yml": "services:\n  a:\n    build: .\n    env_file: [run.env]\n    command: python main.py\n",
            "Dockerfile": "FROM a\n",
            "run.env": "MODE=fast\n",
        },
        {"README.md": "```\nset -gx MODE fast\npython main.py\n```\n"},
        {"README.md": "```\nbash run.sh\n```\n", "run.sh": "export MODE=fast\npython main.py\n"},
        {"README.md": "```\nsource env.sh\npython main.py\n```\n", "env.sh": "export MODE=fast\n"},
        {"README.md": "```\n. ./env.sh && python main.py\n```\n", "env.sh": "export MODE=fast\n"},
        {
            "README.md": "```\ntox -e go\n```\n",
            "tox.ini": "[testenv:go]\nsetenv = MODE=fast\ncommands = python main.py\n",
        },
        {"README.md": "```\njust go\n```\n", "justfile": "export MODE := 'fast'\ngo:\n  python main.py\n"},
        {"README.md": "```\ndocker run t\n```\n", "Dockerfile": "FROM a\nENV MODE=fast\nCMD python main.py\n"},
        {"README.md": "```\ndocker run -e MODE=fast t python main.py\n```\n"},
        {"README.md": "```\npython main.py\n```\n", ".devcontainer.json": '{"remoteEnv": {"MODE": "fast"}}'},
        {
            "README.md": "```\npython main.py\n```\n",
            "compose.yaml": "services:\n  a:\n    build: .\n    environment: {MODE: fast}\n",
        },
    ],
)
def test_what_an_author_sets_is_set_for_the_code(make_tree: MakeTree, files: dict[str, str]) -> None:
    plan = plan_of(make_tree, {"main.py": MAIN, **files})
    assert [env.get("MODE") for env in variables_of_starts(plan)] == ["fast"]


def test_each_command_is_given_what_was_exported_before_it(make_tree: MakeTree) -> None:
    page = "```\nexport MODE=fast\npython main.py\nexport MODE=slow\npython main.py --again 1\n```\n"
    plan = plan_of(make_tree, {"main.py": MAIN, "README.md": page})
    assert [env["MODE"] for env in variables_of_starts(plan)] == ["fast", "slow"]


@pytest.mark.parametrize("value", ["<your key>", "YOUR_KEY", "sk-xxxxxxxx", "$(cat key.txt)", "...", "change_me"])
def test_a_value_that_is_left_to_the_reader_is_not_set(make_tree: MakeTree, value: str) -> None:
    page = f"```\nexport MODE={value}\npython main.py\n```\n"
    plan = plan_of(make_tree, {"main.py": MAIN, "README.md": page})
    assert all("MODE" not in env for env in variables_of_starts(plan))
    assert not is_stated(value)


def test_what_steers_our_tools_is_never_set(make_tree: MakeTree) -> None:
    names = [
        "UV_INDEX_URL",
        "PIP_INDEX_URL",
        "LD_PRELOAD",
        "PATH",
        "PYTHONHOME",
        "HTTPS_PROXY",
        "HOME",
        "CHECKER_WATCH",
    ]
    lines = "".join(f"export {name}=/evil\n" for name in names)
    page = f"```\n{lines}PYTHONSTARTUP=x.py LD_PRELOAD=a.so python main.py\n```\n"
    sample = "".join(f"{name}=/evil\n" for name in names)
    plan = plan_of(make_tree, {"main.py": MAIN, "README.md": page, ".env.example": sample})
    assert plan.env == ()
    for step in plan.steps:
        assert not [name for name, value in step.env if value in {"/evil", "a.so", "x.py"}], step.name
    assert not any(map(is_for_the_code, names))


def test_only_steps_that_run_the_code_are_given_the_variables(make_tree: MakeTree) -> None:
    page = "```\npip install -r requirements.txt\nexport MODE=fast\npython main.py\n```\n"
    plan = plan_of(make_tree, {"main.py": MAIN, "README.md": page, "requirements.txt": "six\n"})
    given = {step.name for step in plan.steps if "MODE" in dict(step.env)}
    assert given == {"start python main.py"}


def test_the_present_folder_in_a_value_is_the_trees(make_tree: MakeTree) -> None:
    page = "```\nexport MODE=$(pwd)/data\npython main.py\n```\n"
    plan = plan_of(make_tree, {"main.py": MAIN, "README.md": page})
    assert variables_of_starts(plan)[0]["MODE"] == "/code/src/data"
