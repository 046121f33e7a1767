"""Launchers of several processes: what they hand to the script, and settings that a page leaves open."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import make_plans
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)
RANKED = (
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--local_rank', type=int)\np.parse_args()\n"
)


def plan_of(make_tree: MakeTree, words: str, files: dict[str, str]) -> BuildPlan:
    known = Knowledge(repository="a/b", code_date=DAY, today=DAY, interpreters=("3.11", "3.12"))
    return make_plans(make_tree({"README.md": f"```\n{words}\n```\n", **files}), known)[0]


def starts_of(plan: BuildPlan) -> list[tuple[str, ...]]:
    steps = (step for step in plan.steps if step.phase in {Phase.START, Phase.RUN})
    return [step.argv[step.argv.index("--") + 1 :] for step in steps]


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("python -m torch.distributed.launch --nproc_per_node 4 t.py --n 2", ("--local_rank=0", "--n", "2")),
        ("python -m torch.distributed.launch --nproc_per_node=4 --use_env t.py --n 2", ("--n", "2")),
        ("python -m torch.distributed.run --nproc_per_node=4 t.py --n 2", ("--n", "2")),
        ("torchrun --standalone --nproc-per-node gpu t.py --n 2", ("--n", "2")),
        ("accelerate launch --num_processes 2 t.py --n 2", ("--n", "2")),
    ],
)
def test_what_a_launcher_hands_over(make_tree: MakeTree, words: str, start: tuple[str, ...]) -> None:
    plan = plan_of(make_tree, words, {"t.py": RANKED})
    assert starts_of(plan) == [("python", "t.py", *start)]
    assert all("--launcher" in step.argv for step in plan.steps if step.phase is Phase.RUN)


@pytest.mark.parametrize(
    "words", ["export RANK=0\npython t.py", "RANK=0 python t.py", "export RANK=0 && python t.py"]
)
def test_a_rank_that_is_set_by_hand(make_tree: MakeTree, words: str) -> None:
    plan = plan_of(make_tree, words, {"t.py": "import os\nprint(os.environ['RANK'])\n"})
    assert [dict(step.env)["RANK"] for step in plan.steps if step.phase is Phase.RUN] == ["0"]


@pytest.mark.parametrize(
    ("words", "folders"),
    [
        ("cd app\npython fit.py", ["/code/src/app"]),
        ("python app/fit.py", ["/code/src/app"]),
        ("cd app\npython -m tools.fit", ["/code/src/app"]),
        ("python fit.py", []),
    ],
)
def test_imports_are_tried_from_the_folders_of_programs_too(
    make_tree: MakeTree, words: str, folders: list[str]
) -> None:
    files = {"fit.py": "f()\n", "app/__init__.py": "import near\n", "app/fit.py": "import near\n"}
    plan = plan_of(make_tree, words, {**files, "app/near.py": "", "app/tools/fit.py": "import near\n"})
    assert json.loads(dict(plan.files)["imports.json"])["also"] == folders


CONFIGURED = "import argparse\np = argparse.ArgumentParser()\np.add_argument('-f', '--file')\np.parse_args()\n"


@pytest.mark.parametrize(
    ("argument", "committed", "filled"),
    [
        ("[config file]", "configs/x.yaml", "configs/x.yaml"),
        ("<config>", "config/x.json", "config/x.json"),
        ("path/to/config.yaml", "configs/x.yaml", "configs/x.yaml"),
        ("/path/to/your/settings.toml", "configs/x.toml", "configs/x.toml"),
        ("your_config.yml", "configs/x.yml", "configs/x.yml"),
        ("CONFIG_FILE", "x.yaml", "x.yaml"),
        ("path/to/data.json", "configs/x.json", "path/to/data.json"),
    ],
)
def test_settings_that_a_page_leaves_open_are_those_committed(
    make_tree: MakeTree, argument: str, committed: str, filled: str
) -> None:
    plan = plan_of(
        make_tree, f"python fit.py -f {argument}", {"fit.py": CONFIGURED, committed: "", "environment.yml": ""}
    )
    assert starts_of(plan) == [("python", "fit.py", "-f", filled)]
