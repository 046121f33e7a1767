"""Which steps are tried above an environment, and which rung each can bear out."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import python_language as python
from small_trees import make_tree

from checker.core.values.plans import Phase, Program, Standing, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.planning.printed_commands import plan_printed_commands
from checker.ecosystems.python.planning.trial_steps import plan_climb
from checker.ecosystems.python.spec import with_spec
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2023, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="github.com/ada/paper", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
SCRIPT = "import argparse\np = argparse.ArgumentParser()\np.add_argument('name')\np.parse_args()\n"


@pytest.mark.parametrize(
    ("command", "phase"),
    [
        ("python convert.py mnist", Phase.RUN),
        ("python convert.py --out=/data/out mnist", Phase.RUN),
        ("python convert.py $NAME", Phase.START),
        ("python convert.py <name>", Phase.START),
        ("python convert.py {name}", Phase.START),
    ],
)
def test_a_command_with_marks_left_open_bears_out_no_run(tmp_path: Path, command: str, phase: Phase) -> None:
    tree = make_tree(tmp_path / "tree", {"README.md": f"```\n{command}\n```\n", "convert.py": SCRIPT})
    steps = python.make_plans(tree, FACTS)[0].steps
    assert [step.phase for step in steps if step.name == "start python convert.py"] == [phase]


@pytest.mark.parametrize(
    ("command", "stood_in"),
    [
        ("torchrun --nproc_per_node 4 train.py a", True),
        ("deepspeed train.py a", True),
        ("python train.py a", False),
    ],
)
def test_a_launcher_that_was_taken_off_is_stood_in_for(tmp_path: Path, command: str, stood_in: bool) -> None:
    script = SCRIPT + "import torch\ntorch.distributed.init_process_group('gloo')\n"
    tree = make_tree(tmp_path / "tree", {"README.md": f"```\n{command}\n```\n", "train.py": script})
    watched = [step for step in python.make_plans(tree, FACTS)[0].steps if step.phase in {Phase.ANSWER, Phase.RUN}]
    assert [step.argv[-2:] for step in watched] == [("train.py", "--help"), ("train.py", "a")]
    for step in watched:
        assert ("--launcher" in step.argv) is stood_in
        assert any("LOCAL_RANK=0" in word for word in step.argv) is stood_in


def test_the_usage_is_asked_as_a_script_launches_the_program(tmp_path: Path) -> None:
    files = {"train.py": SCRIPT + "if __name__ == '__main__':\n    pass\n", "train.sh": "torchrun train.py a\n"}
    tree = make_tree(tmp_path / "tree", files)
    asked = [step for step in python.make_plans(tree, FACTS)[0].steps if step.phase is Phase.ANSWER]
    assert [step.argv[-2:] for step in asked] == [("train.py", "--help")] and "--launcher" in asked[0].argv


@pytest.mark.parametrize(
    ("page", "phase"),
    [("README.md", Phase.RUN), ("docs/usage.md", Phase.RUN), ("past/genomes/README.md", Phase.START)],
)
def test_a_page_deep_in_the_tree_bears_out_no_run(tmp_path: Path, page: str, phase: Phase) -> None:
    """A folder of others' code, with its own page, was all that ran of a repository that documents nothing."""
    files = {page: "```\npython convert.py mnist\n```\n", "requirements.txt": "numpy\n"}
    files[str(Path(page).parent / "convert.py")] = SCRIPT
    steps = python.make_plans(make_tree(tmp_path, files), FACTS)[0].steps
    assert [step.phase for step in steps if step.name.startswith("start")] == [phase]


def test_a_command_that_was_filled_in_bears_out_no_run_and_says_what_stands_there(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython convert.py <name>.yml\n```\n",
        "convert.py": SCRIPT,
        "conf/mnist.yml": "a: 1\n",
    }
    [step] = [
        s for s in python.make_plans(make_tree(tmp_path, files), FACTS)[0].steps if s.name.startswith("start")
    ]
    assert (step.phase, step.argv[-1]) == (Phase.START, "mnist.yml")
    assert "filled in: <name>.yml → mnist.yml" in [e.claim for e in step.evidence]


PAGE = """
```
python train.py --set a
python train.py --set b
python train.py --set c
python evaluate.py --set a
OMP_NUM_THREADS=1 python evaluate.py --set <name>
```
"""
OPTIONS = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--set')\nprint(p.parse_args())\n"


def test_each_program_is_asked_once_and_started_before_others_settings(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree", {"README.md": PAGE, "train.py": OPTIONS, "evaluate.py": OPTIONS})
    steps = python.make_plans(tree, FACTS)[0].steps
    asked = [step.argv[-2:] for step in steps if step.phase is Phase.ANSWER]
    assert sorted(asked) == [("evaluate.py", "--help"), ("train.py", "--help")]
    run = [step.argv[-3:] for step in steps if step.phase is Phase.RUN]
    assert sorted(run[:2]) == [("evaluate.py", "--set", "a"), ("train.py", "--set", "a")]
    assert [argv[-1] for argv in run[2:]] == ["b", "c"]


def started(tmp_path: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    plan = python.make_plans(make_tree(tmp_path, files), FACTS)[0]
    return [(step.cwd, step.argv[-1]) for step in plan.steps if step.phase is Phase.START]


SETUP = "from setuptools import setup\nsetup(name='own', packages=['own'])\n"
MAIN = "print('trains')\nif __name__ == '__main__':\n    print('on')\n"


def test_experiments_in_folders_of_their_own_are_started_where_no_page_says_how(tmp_path: Path) -> None:
    files = {
        "main/burgers (one)/burgers.py": f"open('../Data/burgers.mat')\n{MAIN}",
        "main/waves/waves.py": MAIN,
        "main/waves/deep/deeper.py": MAIN,
    }
    assert started(tmp_path, files) == [("main/burgers (one)", "burgers.py"), (".", "main/waves/waves.py")]


def test_a_program_without_a_main_guard_is_one_where_it_reads_its_command_line(tmp_path: Path) -> None:
    reads = "import argparse\nargs = argparse.ArgumentParser().parse_args()\nprint(args)\n"
    files = {
        "set-a/test.py": reads,
        "set-a/options.py": reads,
        "set-a/helpers.py": "print('loaded')\n",
        "set-b/__init__.py": "",
        "set-b/main.py": reads,
    }
    assert started(tmp_path, files) == [(".", "set-a/test.py")]


@pytest.mark.parametrize(
    ("cell", "run"),
    [("!pip install numpy\\n%cd sub", False), ("# nothing yet", False), ("!pip install numpy\\nprint(1)", True)],
)
def test_a_notebook_that_only_installs_is_no_example(tmp_path: Path, cell: str, run: bool) -> None:
    notebook = f'{{"cells": [{{"cell_type": "code", "source": "{cell}"}}], "metadata": {{}}, "nbformat": 4}}'
    tree = make_tree(
        tmp_path, {"install.ipynb": notebook, "README.md": "```\njupyter notebook install.ipynb\n```\n"}
    )
    steps = python.make_plans(tree, FACTS)[0].steps
    assert ("notebook install.ipynb" in [step.name for step in steps]) is run


def test_an_example_is_started_also_where_it_reads_no_command_line(tmp_path: Path) -> None:
    files = {
        "models.py": "def net():\n    return 1\n",
        "examples/first.py": "from models import net\nprint(net())\n",
        "examples/helpers.py": "def load():\n    return 2\n",
        "parts/second.py": "print('loaded')\n",
    }
    assert started(tmp_path, files) == [(".", "examples/first.py")]


def test_a_module_of_a_package_with_a_main_guard_is_no_experiment(tmp_path: Path) -> None:
    files = {"own/__init__.py": "", "own/parts/__init__.py": "", "own/parts/layer.py": MAIN, "setup.py": SETUP}
    assert started(tmp_path, files) == []


def test_what_a_page_names_goes_before_experiments_that_stand_deep(tmp_path: Path) -> None:
    files = {"README.md": "```\npython train.py NAME\n```\n", "train.py": MAIN, "a/b/part.py": MAIN}
    assert all("part.py" not in name for _, name in started(tmp_path, files))


def test_a_page_deep_in_the_tree_hides_nothing_that_the_root_s_page_names(tmp_path: Path) -> None:
    files = {"lab/README.md": "```\npython trial.py\n```\n", "lab/trial.py": MAIN, "fit.py": MAIN, "tool.py": MAIN}
    assert started(tmp_path / "one", files) == [("lab", "trial.py")]
    files["README.md"] = "Run `fit.py`."
    assert started(tmp_path / "two", files) == [("lab", "trial.py")]
    assert list_programs(tmp_path / "three", files) == ["lab/trial.py main start", "fit.py other run"]


LISTED = "* `exp1.py`: reproduces Table 1\n* `exp2.py`: reproduces Table 2\n\n```\npython test.py\n```\n"


def list_programs(tmp_path: Path, files: dict[str, str]) -> list[str]:
    steps = python.make_plans(make_tree(tmp_path, files), FACTS)[0].steps
    began = [s for s in steps if s.phase in {Phase.START, Phase.RUN} and s.program is not None]
    return [f"{s.program.name} {s.program.standing} {s.phase}" for s in began if s.program is not None]


def test_what_reproduces_results_is_started_beside_a_command_that_only_imports(tmp_path: Path) -> None:
    files = {"README.md": LISTED, "exp1.py": "import lab\nlab.go()\n", "exp2.py": SCRIPT, "lab.py": "go = print\n"}
    only = "import lab\ntry:\n    import torch\n    print(torch.__version__)\nexcept ImportError:\n    pass\n"
    expected = ["exp1.py main run", "test.py helper run"]
    assert list_programs(tmp_path / "only", files | {"test.py": only}) == expected
    tests = "import lab\nprint(lab.go(3))\n"
    expected = ["test.py main run", "exp1.py other run"]
    assert list_programs(tmp_path / "more", files | {"test.py": tests}) == expected
    at_import = {"test.py": "import lab\n", "lab.py": "print('at work')\nfit()\n"}
    assert list_programs(tmp_path / "at import", files | at_import) == expected


def test_a_command_that_only_looks_whether_all_is_there_hides_no_program(tmp_path: Path) -> None:
    files = {"README.md": "```\npython check_setup.py\n```\n", "main.py": MAIN, "check_setup.py": "import torch\n"}
    expected = ["main.py main start", "check_setup.py helper run"]
    assert list_programs(tmp_path / "one", files) == expected
    del files["main.py"]
    assert list_programs(tmp_path / "two", files) == ["check_setup.py main run"]


def test_experiments_are_programs_without_a_guard_as_well(tmp_path: Path) -> None:
    files = {"experiments/exp1.py": "print(fit())\n", "experiments/parts.py": "def fit(): pass\n"}
    assert list_programs(tmp_path, files) == ["experiments/exp1.py main start"]


def test_of_the_programs_of_one_shell_script_the_first_is_the_main_one(tmp_path: Path) -> None:
    files = {"README.md": "```\nbash all.sh\n```\n", "all.sh": "python train.py\npython predict.py\n"}
    files |= {"train.py": MAIN, "predict.py": MAIN}
    assert list_programs(tmp_path, files) == ["train.py main run", "predict.py other run"]


def test_a_script_that_looks_beside_its_folder_is_started_there(tmp_path: Path) -> None:
    files = {"scripts/make.py": f"open('../table.csv')\n{MAIN}", "scripts/show.py": MAIN}
    files["scripts/own.py"] = f"import os\nopen(os.path.join(os.path.dirname(__file__), '../table.csv'))\n{MAIN}"
    expected = [(".", "scripts/own.py"), (".", "scripts/show.py"), ("scripts", "make.py")]
    assert sorted(started(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("words", "tried"),
    [
        ("", []),
        ("The figures are made by the notebooks.", ["notebook look.ipynb"]),
        ("See `look.ipynb`.", ["notebook look.ipynb"]),
        ("More can be found in [tutorials](./tutorials/).", ["notebook tutorials/look.ipynb"]),
        ("See the tutorials.", []),
    ],
)
def test_a_notebook_beside_commands_counts_where_a_page_speaks_of_it(
    tmp_path: Path, words: str, tried: list[str]
) -> None:
    """That a look at the data stops for data says nothing of the program, which the page tells how to start."""
    cell = {"cell_type": "code", "source": "import numpy\nnumpy.load('a.npy')", "metadata": {}, "outputs": []}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    page = f"```\npython fit.py a\n```\n\n{words}\n"
    name = tried[0].removeprefix("notebook ") if tried else "tutorials/look.ipynb"
    files = {"README.md": page, "fit.py": SCRIPT + "import numpy\n", name: notebook}
    steps = python.make_plans(make_tree(tmp_path / "tree", files), FACTS)[0].steps
    assert [step.name for step in steps if step.name.startswith("notebook")] == tried


def test_notebooks_that_pages_name_come_first_and_in_their_order(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": "import numpy", "metadata": {}, "outputs": []}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    page = "Run prepare.ipynb, then [fit](Fit%20it.ipynb), last `look-at.ipynb`. Do not use old-look-at.ipynb.\n"
    names = ("Fit it.ipynb", "at.ipynb", "look-at.ipynb", "more/prepare.ipynb")
    tree = make_tree(tmp_path / "tree", {"README.md": page, **dict.fromkeys(names, notebook)})
    steps = python.make_plans(tree, FACTS)[0].steps
    tried = [step.name.removeprefix("notebook ") for step in steps if step.name.startswith("notebook")]
    assert tried == ["more/prepare.ipynb", "Fit it.ipynb", "look-at.ipynb"]


def test_a_console_script_is_called_where_it_is_installed_or_by_its_target(tmp_path: Path) -> None:
    files = {
        "setup.py": "setup(name='lamps', entry_points={'console_scripts': ['test = lamps.cli:App.fit']})\n",
        "lamps/__init__.py": "",
        "lamps/cli.py": "import sys\nclass App:\n    def fit():\n        print(sys.argv)\n        return 3\n"
        "def read():\n    return argparse.ArgumentParser()\n",
    }
    tree = make_tree(tmp_path / "tree", files)
    seen = survey(tree)
    plan = plan_for(seen, FACTS, Way.REPAIRED)
    [installed] = [step for step in plan_climb(plan, seen).steps if step.phase is Phase.ANSWER]
    assert installed.argv[-2:] == ("/env/venv/bin/test", "--help")
    beside = with_spec(plan, project_on_path=True)
    [called] = [step for step in plan_climb(beside, seen).steps if step.phase is Phase.ANSWER]
    command = called.argv[called.argv.index("--") + 2 :]
    done = subprocess.run([sys.executable, *command], cwd=tree.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "['test', '--help']\n")


@pytest.mark.parametrize("way", list(Way))
def test_what_the_tests_import_is_had_without_the_tools_listed_beside_it(tmp_path: Path, way: Way) -> None:
    metadata = '[project]\nname = "lamps"\nversion = "1"\n[project.optional-dependencies]\n'
    files = {
        "pyproject.toml": metadata + 'test = ["scipy>=1", "pre-commit", "asv"]\n',
        "lamps/__init__.py": "",
        "tests/test_lamps.py": "import pytest\nimport scipy.stats\nimport yaml\nimport lamps\nimport pandazzz\n"
        "try:\n    import torch\nexcept ImportError:\n    torch = None\ndef test_a(): pass\n",
    }
    seen = survey(make_tree(tmp_path, files))
    plan = plan_for(seen, FACTS, way)
    tools = [step.argv[5:] for step in plan.steps if step.name == "install test tools"]
    listed = [("scipy>=1", "pre-commit", "asv"), ("scipy>=1",)]
    assert [tuple(word for word in argv if word != "pytest") for argv in tools][1:] == [
        *listed,
        *([("pyyaml",)] if way is Way.REPAIRED else []),
    ]


def test_the_program_that_the_pages_call_most_is_the_main_one_and_comes_first(tmp_path: Path) -> None:
    tools = [f"python part{number}.py a" for number in range(9)]
    trainings = [f"python run.py {number} --data /path/to/{number}" for number in range(6)]
    files = {"README.md": "```\n" + "\n".join([*tools, *trainings]) + "\n```\n", "run.py": SCRIPT}
    files |= {f"part{number}.py": SCRIPT for number in range(9)}
    steps = python.make_plans(make_tree(tmp_path / "tree", files), FACTS)[0].steps
    started = [step for step in steps if step.phase in {Phase.START, Phase.RUN}]
    assert [step.name for step in started] == [
        "start python run.py",
        *(f"start python part{number}.py" for number in range(5)),
        *["start python run.py"] * 3,
    ]
    assert started[0].program == started[-1].program == Program(name="run.py", standing=Standing.MAIN)
    assert next(step for step in steps if step.phase is Phase.ANSWER).name == "usage of python run.py"


@pytest.mark.parametrize(
    ("commands", "scripts", "main", "helpers"),
    [
        (["python a.py 1", "python b.py 1"], {}, "a.py", []),
        (["python plot_lamps.py 1", "python a.py 1"], {}, "a.py", ["plot_lamps.py"]),
        (
            ["python export_lamps.py 1", "python logs.py 1", "python a.py"],
            {},
            "a.py",
            ["export_lamps.py", "logs.py"],
        ),
        (["python compute_all.py 1", "python a.py 1"], {}, "a.py", []),
        (["python panel.py 1", "python a.py 1"], {"panel.py": "import tkinter\n" + SCRIPT}, "a.py", ["panel.py"]),
        (["python plot_lamps.py 1"], {}, "plot_lamps.py", []),
        (["python a.py 1", "python b.py 1", "python b.py 2"], {}, "b.py", []),
    ],
)
def test_helpers_are_told_from_the_main_program(
    tmp_path: Path, commands: list[str], scripts: dict[str, str], main: str, helpers: list[str]
) -> None:
    names = {command.split()[1] for command in commands}
    files = {"README.md": "```\n" + "\n".join(commands) + "\n```\n", **dict.fromkeys(names, SCRIPT), **scripts}
    steps = python.make_plans(make_tree(tmp_path / "tree", files), FACTS)[0].steps
    programs = {step.program for step in steps if step.program is not None}
    assert [program.name for program in programs if program.standing is Standing.MAIN] == [main]
    assert sorted(p.name for p in programs if p.standing is Standing.HELPER) == sorted(helpers)


def test_a_notebook_that_no_page_gives_is_a_helper_beside_commands(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "source": "import numpy", "metadata": {}, "outputs": [], "execution_count": None}
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    files = {"README.md": "Notebooks draw what is shown.\n```\npython fit.py\n```\n", "fit.py": "import numpy\n"}
    tree = make_tree(tmp_path / "tree", {**files, "results.ipynb": notebook})
    programs = {step.program for step in python.make_plans(tree, FACTS)[0].steps if step.program is not None}
    assert programs == {
        Program(name="fit.py", standing=Standing.MAIN),
        Program(name="results.ipynb", standing=Standing.HELPER),
    }


def test_the_commands_that_a_launcher_prints_are_started_in_its_place(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython launch.py\n```\n",
        "launch.py": "print('x')\nimport six\n",
        "fit.py": SCRIPT,
    }
    tree = make_tree(tmp_path / "tree", files)
    plan = python.make_plans(tree, FACTS)[0]
    step = next(step for step in plan.steps if step.phase is Phase.RUN)
    report = {"argv": ["python", "launch.py"], "exit_code": 0, "output": "python fit.py a\npython fit.py b\n"}
    result = StepResult(
        step=step, status=StepStatus.PASSED, exit_code=0, collected=((step.collect[0], json.dumps(report)),)
    )
    [further] = plan_printed_commands(tree, result, plan)
    assert (further.name, further.argv[-2:], further.phase) == ("start python fit.py", ("fit.py", "a"), Phase.RUN)
    assert further.program == Program(name="fit.py", standing=Standing.MAIN)
    assert further.collect != step.collect
    other = json.dumps({**report, "output": "done\n"})
    assert not plan_printed_commands(tree, result.model_copy(update={"collected": (("a", other),)}), plan)


def test_where_no_page_says_how_a_programs_name_makes_the_main_one(tmp_path: Path) -> None:
    tree = make_tree(tmp_path / "tree", {"alpha.py": MAIN, "train.py": MAIN, "zeta.py": MAIN})
    programs = [step.program for step in python.make_plans(tree, FACTS)[0].steps if step.program is not None]
    assert [program.name for program in programs if program.standing is Standing.MAIN] == ["train.py"]


def test_what_only_a_helper_imports_is_not_required(tmp_path: Path) -> None:
    page = "```\npython fit.py\npython window.py\n```\n"
    files = {
        "README.md": page,
        "fit.py": "import numpy\nimport yaml\n",
        "window.py": "import tkinter\nimport Queue\nimport yaml\n",
    }
    plan = python.make_plans(make_tree(tmp_path / "tree", files), FACTS)[0]
    modules = json.loads(dict(plan.files)["imports.json"])["modules"]
    assert {each["name"]: each["required"] for each in modules} == {"numpy": True, "yaml": True, "Queue": False}


def test_a_script_that_prints_commands_is_no_helper_that_needs_nothing(tmp_path: Path) -> None:
    jobs = "for n in (1, 2):\n    print('python src/fit.py --n %d' % n)\n"
    files = {"README.md": "```\npython jobs.py\n```\n", "jobs.py": jobs, "src/fit.py": f"import numpy\n{MAIN}"}
    steps = python.make_plans(make_tree(tmp_path / "tree", files), FACTS)[0].steps
    assert [step.name for step in steps if step.phase in {Phase.START, Phase.RUN}] == ["start python jobs.py"]
