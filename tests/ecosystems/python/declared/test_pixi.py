"""pixi: its manifest, its features and environments, and its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.10", "3.11", "3.12"))
PROGRAM = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--n')\nprint(p.parse_args())\n"

MANIFEST = """
[workspace]
name = "toy"
channels = ["conda-forge"]
platforms = ["linux-64"]

[tasks]
start = "python main.py --n 3"
named = { cmd = "python main.py --n {{ n }}", args = [{ arg = "n", default = "4" }] }
all = { depends-on = ["also", "start"] }
also = { cmd = ["python", "second.py"], cwd = "more", env = { MODE = "fast" } }
both = ["also", "start"]

[dependencies]
python = "3.11.*"
six = "*"
numpy = { version = ">=1.26,<3", channel = "conda-forge" }

[target.linux-64.dependencies]
wheel = "*"
[target.win-64.dependencies]
pywin32 = "*"

[pypi-dependencies]
attrs = ">=22"
click = { version = "*", extras = ["x"] }
own = { path = "libs/own", editable = true }

[feature.plot.dependencies]
matplotlib = "*"
[feature.plot.tasks]
plot = "python plot.py"
[feature.cuda.pypi-dependencies]
cupy = "*"
[feature.base.pypi-dependencies]
toolz = "*"

[environments]
default = ["base"]
plot = { features = ["plot"] }
"""
REST = {
    "main.py": PROGRAM,
    "plot.py": PROGRAM,
    "more/second.py": PROGRAM,
    "libs/own/setup.py": "from setuptools import setup\nsetup(name='own', install_requires=['parse'])\n",
    "libs/own/own.py": "",
}
ALWAYS = ["attrs>=22", "click[x]", "numpy<3,>=1.26", "parse", "six", "toolz", "wheel"]


def make_plan(make_tree, manifest: Mapping[str, str], command: str) -> BuildPlan:
    tree = make_tree({**REST, **manifest, "README.md": f"```\npixi install\n{command}\n```\n"})
    return plan_for(survey(tree), FACTS, Way.AS_PUBLISHED)


def list_starts(plan: BuildPlan) -> list[str]:
    return [
        " ".join(step.argv[step.argv.index("--") + 1 :]) for step in plan.steps if step.name.startswith("start ")
    ]


@pytest.mark.parametrize(
    ("command", "more", "starts"),
    [
        ("pixi run start", [], ["python main.py --n 3"]),
        ("pixi run start --n 5", [], ["python main.py --n 3 --n 5"]),
        ("pixi run named", [], ["python main.py --n 4"]),
        ("pixi run named 7", [], ["python main.py --n 7"]),
        ("pixi run python main.py --n 6", [], ["python main.py --n 6"]),
        ("pixi run all", [], ["python main.py --n 3", "python second.py"]),
        ("pixi run both", [], ["python main.py --n 3", "python second.py"]),
        ("pixi run -e plot plot", ["matplotlib"], ["python plot.py"]),
        ("pixi run plot", ["matplotlib"], ["python plot.py"]),
        ("pixi run --environment plot start", ["matplotlib"], ["python main.py --n 3"]),
    ],
)
def test_what_pixi_installs_and_runs(make_tree, command: str, more: list[str], starts: list[str]) -> None:
    plan = make_plan(make_tree, {"pixi.toml": MANIFEST}, command)
    assert sorted(plan.requirements) == sorted([*ALWAYS, *more])
    assert (plan.interpreter, spec_of(plan).folders) == ("3.11", ("libs/own",))
    assert sorted(list_starts(plan)) == sorted(starts)


def test_a_task_has_its_folder_and_its_variables(make_tree) -> None:
    plan = make_plan(make_tree, {"pixi.toml": MANIFEST}, "pixi run also")
    [step] = [step for step in plan.steps if step.name.startswith("start ")]
    assert (step.cwd, dict(step.env)["MODE"]) == ("more", "fast")


def test_the_tables_may_stand_in_pyproject(make_tree) -> None:
    tables = MANIFEST.replace("\n[", "\n[tool.pixi.")
    text = '[project]\nname = "toy"\nversion = "1"\ndependencies = ["packaging"]\n' + tables
    plan = make_plan(make_tree, {"pyproject.toml": text}, "pixi run start")
    assert sorted(plan.requirements) == sorted([*ALWAYS, "packaging"])
    assert plan.interpreter == "3.11"
    assert list_starts(plan) == ["python main.py --n 3"]


def test_extras_and_groups_of_pyproject_are_features(make_tree) -> None:
    text = """
        [project]
        name = "toy"
        version = "1"
        optional-dependencies = {viz = ["attrs"]}
        [dependency-groups]
        exp = ["wheel"]
        dev = ["ruff"]
        [tool.pixi.dependencies]
        python = "3.11.*"
        [tool.pixi.environments]
        default = ["exp"]
        viz = ["viz"]
        """
    assert make_plan(make_tree, {"pyproject.toml": text}, "pixi run python main.py").requirements == ("wheel",)
    plan = make_plan(make_tree, {"pyproject.toml": text}, "pixi run -e viz python main.py")
    assert sorted(plan.requirements) == ["attrs", "wheel"]


def test_a_list_beside_it_is_another_way_to_the_same(make_tree) -> None:
    files = {"pixi.toml": MANIFEST, "requirements.txt": "flask\n"}
    assert "flask" not in make_plan(make_tree, files, "pixi run start").requirements


@pytest.mark.parametrize(
    "text",
    ["<<<<", "", "tasks = 3\ndependencies = []\n", '[tasks]\na = {depends-on = ["a", "b", 3]}\nb = ["a"]\n'],
)
def test_what_is_no_manifest_is_no_mistake(make_tree, text: str) -> None:
    assert make_plan(make_tree, {"pixi.toml": text}, "pixi run a").steps
