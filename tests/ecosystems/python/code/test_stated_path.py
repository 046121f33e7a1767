"""What authors tell readers to put on Python's path, and how it reaches the commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.code.pythonpath import find_entry_path, find_folders, find_stated_path
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.next_plan import extend_path
from checker.ecosystems.python.planning.plan import make_plans
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2023, 6, 1, tzinfo=UTC)
FACTS = Knowledge(repository="someone/something", code_date=MOMENT, today=MOMENT, interpreters=("3.11",))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for name in ("train.py", "hammer/hammer/__init__.py", "tools/run.py", "src/own/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("import own\n")
    return Tree(tmp_path)


@pytest.mark.parametrize(
    ("value", "folders"),
    [
        (".", ["."]),
        ("$PYTHONPATH:$(pwd)", ["."]),
        ("${PYTHONPATH:+$PYTHONPATH:}`pwd`/src", ["src"]),
        ('"$PWD/src:$PWD"', ["src", "."]),
        ("./src/:tools", ["src", "tools"]),
        ("**project_dir**/hammer:$PYTHONPATH", ["hammer"]),
        ("/path/to/somebodys/clone/hammer", ["hammer"]),
        ("<path-to-this-repo>:$PYTHONPATH", ["."]),
        ("$PROJECT_ROOT", ["."]),
        ("/opt/caffe/python", []),
        ("$CAFFE_ROOT/python", []),
        ("absent", []),
        ("$PYTHONPATH", []),
        ("", []),
        ("../beside", []),
        ("/", []),
    ],
)
def test_folders_of_a_value(tree: Tree, value: str, folders: list[str]) -> None:
    assert list(find_folders(value, tree, ".")) == folders


def test_a_value_is_meant_from_the_folder_of_its_command(tree: Tree) -> None:
    assert list(find_folders(".", tree, "tools")) == ["tools"]
    assert list(find_folders("..", tree, "tools")) == ["."]
    assert list(find_folders("$(pwd)", tree, "elsewhere")) == []


@pytest.mark.parametrize(
    "page",
    [
        "```\nexport PYTHONPATH=$(pwd)/src:$PYTHONPATH\n```\n",
        '```bash\ncd src\nexport PYTHONPATH="$PWD:$PYTHONPATH"\n```\n',
        "export PYTHONPATH=**project_dir**/src:$PYTHONPATH\nand replace **project_dir** with your folder\n",
        "First `export PYTHONPATH=./src` in your shell.\n",
        "```\nexport PYTHONPATH=src && python train.py\n```\n",
        "```\nsetenv PYTHONPATH src\n```\n",
    ],
)
def test_a_page_puts_a_folder_on_the_path_in_every_way(tree: Tree, page: str) -> None:
    (tree.root / "README.md").write_text(page)
    ways = make_plans(Tree(tree.root), FACTS)
    assert [dict(plan.env)["PYTHONPATH"] for plan in ways] == ["/code/src/src"] * 2
    assert any(e.claim == "src is on Python's path" and e.source == "README.md" for e in ways[0].evidence)


def test_no_page_no_path(tree: Tree) -> None:
    (tree.root / "README.md").write_text("```\ncd ../other\nexport CUDA_HOME=/usr\npython train.py\n```\n")
    assert all(dict(plan.env) == {} for plan in make_plans(Tree(tree.root), FACTS))


def test_a_clone_of_something_else_is_not_this_tree(tree: Tree) -> None:
    lines = ("pip install -r requirements.txt", "git clone https://github.com/some/other", "cd other")
    page = "\n".join(("```", *lines, "export PYTHONPATH=.", "```"))
    (tree.root / "README.md").write_text(page)
    assert find_stated_path(Tree(tree.root), read_commands(Tree(tree.root))) == ()


def environment_of(plan: BuildPlan, script: str) -> dict[str, str]:
    return next(dict(step.env) for step in plan.steps if step.name.startswith("start") and script in step.argv)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("PYTHONPATH=. python tools/run.py", "/code/src"),
        ("PYTHONPATH=$PYTHONPATH:./src python tools/run.py", "/code/src/src"),
        ("PYTHONPATH=$(pwd) python tools/run.py", "/code/src"),
        ("PYTHONPATH='.':src SEED=1 python tools/run.py", "/code/src:/code/src/src"),
    ],
)
def test_an_assignment_before_a_command_is_for_that_command(tree: Tree, command: str, path: str) -> None:
    (tree.root / "README.md").write_text(f"```\npython train.py\n{command}\n```\n")
    plan = make_plans(Tree(tree.root), FACTS)[0]
    assert environment_of(plan, "tools/run.py")["PYTHONPATH"] == path
    assert "PYTHONPATH" not in environment_of(plan, "train.py")
    assert "PYTHONPATH" not in dict(plan.env)


def test_both_paths_are_joined(tree: Tree) -> None:
    (tree.root / "README.md").write_text(
        "```\nexport PYTHONPATH=$PWD/hammer\nPYTHONPATH=src python tools/run.py\n```\n"
    )
    plan = make_plans(Tree(tree.root), FACTS)[0]
    assert environment_of(plan, "tools/run.py")["PYTHONPATH"] == "/code/src/src:/code/src/hammer"


def test_the_command_keeps_its_other_variables(tree: Tree) -> None:
    (tree.root / "README.md").write_text("```\nSEED=1 DATA=$DATA PYTHONPATH=src python tools/run.py\n```\n")
    commands = read_commands(Tree(tree.root))
    assert find_entry_path(Tree(tree.root), commands[-1]) == ("src",)
    found = environment_of(make_plans(Tree(tree.root), FACTS)[0], "tools/run.py")
    assert found["SEED"] == "1"
    assert "DATA" not in found


def ended(plan: BuildPlan, log: str) -> Attempt:
    step = Step(name="start train.py", phase=Phase.RUN, argv=("python", "train.py"))
    return Attempt(plan=plan, results=(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log),))


@pytest.mark.parametrize(
    ("log", "path"),
    [
        ("ImportError: cannot import name 'start' from 'hammer' (unknown location)\n", "/code/src/hammer"),
        ("ImportError: cannot import name 'start' from 'hammer' (/code/src/hammer/hammer/__init__.py)\n", None),
        ("ImportError: cannot import name 'start' from 'numpy' (unknown location)\n", None),
        ("    from hammer import start\nImportError: cannot import name 'start'\n", "/code/src/hammer"),
        ("    from numpy import start\nImportError: cannot import name 'start'\n", None),
    ],
)
def test_a_package_behind_its_outer_folder_comes_on_the_path(tree: Tree, log: str, path: str | None) -> None:
    """Nothing says so: the interpreter takes the outer folder for the package, and finds it empty."""
    (tree.root / "train.py").write_text("from hammer import start\n")
    seen = survey(Tree(tree.root))
    mended = extend_path(make_plans(seen.tree, FACTS)[0], seen, ended(make_plans(seen.tree, FACTS)[0], log))
    assert (dict(mended.env)["PYTHONPATH"] if mended else None) == path


@pytest.mark.parametrize(("asked", "path"), [((), "/code/src"), (("pycocoevalcap",), None)])
def test_a_copy_that_the_author_keeps_is_reached_where_no_distribution_is_installed(
    tmp_path: Path, asked: tuple[str, ...], path: str | None
) -> None:
    files = {
        "pycocoevalcap/__init__.py": "",
        "pycocoevalcap/bleu.py": "",
        "codes/cli.py": "import pycocoevalcap.bleu\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    seen = survey(Tree(tmp_path))
    plan = make_plans(seen.tree, FACTS)[1].with_(way=Way.REPAIRED, requirements=asked)
    step = Step(name="start cli.py", phase=Phase.RUN, argv=("python", "cli.py"), cwd="codes")
    log = "ModuleNotFoundError: No module named 'pycocoevalcap'\n"
    last = Attempt(plan=plan, results=(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log),))
    mended = extend_path(plan, seen, last)
    assert (dict(mended.env)["PYTHONPATH"] if mended else None) == path


@pytest.mark.parametrize(
    ("words", "folders"),
    [
        ("You might add the root folder of this project to the `$PYTHONPATH` environment variable.", ["."]),
        ("Please put the path of the repository in your PYTHONPATH.", ["."]),
        ("Do not forget adding this repo to PYTHONPATH", ["."]),
        ("Add the folder of caffe to PYTHONPATH.", []),
        ("Add `tools` to your PYTHONPATH.", []),
        ("This repo adds nothing to the PYTHONPATH.", []),
        ("The root folder of this project holds data. Set PYTHONPATH.", []),
    ],
)
def test_the_root_on_the_path_in_words(tree: Tree, words: str, folders: list[str]) -> None:
    (tree.root / "README.md").write_text(f"# Lamps\n\n{words}\n")
    tree = Tree(tree.root)
    assert [folder for folder, _ in find_stated_path(tree, read_commands(tree))] == folders


def test_a_command_goes_before_words(tree: Tree) -> None:
    page = "Add the root of this repo to PYTHONPATH:\n```\nexport PYTHONPATH=$PWD/src\n```\n"
    (tree.root / "README.md").write_text(page)
    tree = Tree(tree.root)
    assert [folder for folder, _ in find_stated_path(tree, read_commands(tree))] == ["src"]
