"""How a repository is meant to be started, and how each way is asked for its usage."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.instructions.placeholders import list_to_replace
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.walker import split_commands
from checker.ecosystems.python.code.imports import find_imports
from checker.ecosystems.python.code.third_party import OWN_CODE
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.argument_parsers import Parser, find_parser, read_script
from checker.ecosystems.python.entry_points.entry_point import EntryKind, EntryPoint, Origin
from checker.ecosystems.python.entry_points.find import find_entry_points
from checker.ecosystems.python.entry_points.test_suite import Runner, find_tests
from checker.ecosystems.python.launchers import find_launch

MAIN = "if __name__ == '__main__':\n    main()\n"
ARGPARSE = "import argparse\np = argparse.ArgumentParser()\n" + MAIN


def entries(tmp_path: Path, files: Mapping[str, str]) -> list[EntryPoint]:
    tree = make_tree(tmp_path, files)
    return list(find_entry_points(tree, read_commands(tree)))


@pytest.mark.parametrize(
    ("command", "script", "module", "distributed"),
    [
        ("python train.py --lr 1", "train.py", "", False),
        ("python3 -u ./train.py", "train.py", "", False),
        ("CUDA_VISIBLE_DEVICES=0 python train.py", "train.py", "", False),
        ('xvfb-run -a -s "-screen 0 1024x768x24" python -u train.py', "train.py", "", False),
        ("timeout -k 5 2h nice -n 10 taskset -c 0-3 python train.py", "train.py", "", False),
        ("stdbuf -oL env -u X numactl --cpunodebind=0 -m 0 python -m pkg.run", "", "pkg.run", False),
        ("python -m pkg.run a", "", "pkg.run", False),
        ("${cuda_cmd} --gpu 1 exp/train.log python3 -m pkg.run a", "", "pkg.run", False),
        ("utils/run.pl JOB=1:4 exp/JOB.log python train.py a", "train.py", "", False),
        ("$train_cmd exp/a.log local/train.py a", "local/train.py", "", False),
        ("python -W ignore train.py", "train.py", "", False),
        (
            "python -m torch.distributed.launch --nproc_per_node=8 --master_port 29500 train.py a",
            "train.py",
            "",
            True,
        ),
        ("python -m torch.distributed.launch --nproc_per_node 8 --use_env train.py", "train.py", "", True),
        ("torchrun --nproc_per_node 8 train.py --x", "train.py", "", True),
        ("torchrun --standalone --nnodes=1 -m pkg.train --x", "", "pkg.train", True),
        ("accelerate launch --config_file a.yaml --num_processes 2 train.py", "train.py", "", True),
        ("deepspeed --num_gpus 4 train.py --deepspeed ds.json", "train.py", "", True),
        ("mpirun -np 4 python train.py", "train.py", "", True),
        ("srun --gres gpu:1 -n 1 python -u train.py", "train.py", "", True),
        ("poetry run python train.py", "train.py", "", False),
        ("uv run train.py", "train.py", "", False),
        ("conda run -n env python train.py", "train.py", "", False),
        ("nohup python train.py", "train.py", "", False),
    ],
)
def test_launchers(command: str, script: str, module: str, distributed: bool) -> None:
    launch = find_launch(shlex.split(command))
    assert launch is not None
    assert (launch.script, launch.module, launch.distributed) == (script, module, distributed)


@pytest.mark.parametrize(
    "command",
    [
        "pip install x",
        "python -c 'print()'",
        "python --version",
        "ls",
        "python",
        "",
        "${train_cmd} a.log copy-feats a",
    ],
)
def test_no_launch(command: str) -> None:
    assert find_launch(command.split()) is None


def test_tools_are_not_the_repository() -> None:
    launch = find_launch(["python", "-m", "pip", "install", "x"])
    assert launch is not None
    assert launch.tool


@pytest.mark.parametrize(
    "argument",
    [
        "<path>",
        "/path/to/data",
        "$DATA",
        "${ROOT}/x",
        "YOUR_KEY",
        "--data=/data/imagenet",
        "DATA_PATH",
        "{gpu}",
        "[name]",
        "~/x",
        "your_dir",
        "Your path to the images",
        "*data_dir*",
    ],
)
def test_placeholders(argument: str) -> None:
    assert list_to_replace([argument]) == (argument,)


@pytest.mark.parametrize(
    "argument",
    [
        "--data_path",
        "configs/a.yaml",
        "0.1",
        "--lr=0.1",
        "resnet50",
        "./data",
        "/tmp/x",
        "True",
        "*.txt",
        "data/*",
    ],
)
def test_no_placeholders(argument: str) -> None:
    assert list_to_replace([argument]) == ()


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("--env", "env_id"), ("env_id",)),
        (("--algo=algo_name",), ("--algo=algo_name",)),
        (("--base-model", "base_model_id"), ("base_model_id",)),
        (("--env", "cart_id"), ()),
        (("--env", "env"), ()),
        (("--name", "a", "name_id"), ()),
    ],
)
def test_a_value_that_only_says_what_its_option_takes(arguments: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert list_to_replace(arguments) == found


@pytest.mark.parametrize(
    ("text", "parser"),
    [
        ("p = argparse.ArgumentParser()", Parser.ARGPARSE),
        ("@click.command()\ndef main(): pass", Parser.CLICK),
        ("app = typer.Typer()", Parser.TYPER),
        ("fire.Fire(main)", Parser.FIRE),
        ("@hydra.main(config_path='c')\ndef main(cfg): pass", Parser.HYDRA),
        ("from absl import app\napp.run(main)", Parser.ABSL),
        ("tf.app.run()", Parser.ABSL),
        ("HfArgumentParser((A, B))", Parser.HF),
        ("cli = LightningCLI(M)", Parser.JSONARGPARSE),
        ("x = sys.argv[1]", Parser.ARGV),
        ("x = 1", Parser.NONE),
    ],
)
def test_parsers(text: str, parser: Parser) -> None:
    assert find_parser(text) is parser


def test_fire_and_argv_are_asked_in_their_own_way(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"a.py": "fire.Fire(main)", "b.py": "sys.argv[1]"})
    assert read_script(tree, "a.py").usage == ("--", "--help")
    assert read_script(tree, "b.py").usage is None


def test_readme_command_goes_before_what_was_only_found(tmp_path: Path) -> None:
    files = {
        "README.md": """
            # Use
            ```bash
            python train.py --epochs 2
            python demo.py
            python test.py --ckpt /path/to/x.pth
            ```
            """,
        "train.py": ARGPARSE,
        "demo.py": ARGPARSE,
        "test.py": ARGPARSE,
        "other.py": ARGPARSE,
    }
    found = entries(tmp_path, files)
    assert [entry.script for entry in found] == ["demo.py", "train.py", "test.py", "other.py"]
    demo, train, test, other = found
    assert demo.answer == ("python", "demo.py", "--help")
    assert train.start == ("python", "train.py", "--epochs", "2")
    assert test.placeholders == ("/path/to/x.pth",)
    assert (train.declared, other.declared) == (True, False)
    assert (train.evidence[0].source, train.evidence[0].line) == ("README.md", 3)


def test_command_in_a_folder_that_the_page_leaves_out(tmp_path: Path) -> None:
    files = {"README.md": "```\ncd code\npython tools/run.py\n```\n", "code/tools/run.py": ARGPARSE}
    entry = entries(tmp_path, files)[0]
    assert (entry.script, entry.cwd) == ("code/tools/run.py", "code")


def test_shell_script_is_read_through(tmp_path: Path) -> None:
    files = {
        "README.md": "```bash\nbash scripts/run.sh 4\n```\n",
        "scripts/run.sh": """
            GPUS=$1
            LR=0.1
            torchrun --nproc_per_node=$GPUS train.py --lr $LR --out ${OUT:-x} --data $DATA
            """,
        "train.py": ARGPARSE,
    }
    entry = entries(tmp_path, files)[0]
    assert entry.kind is EntryKind.SHELL
    assert entry.start == ("python", "train.py", "--lr", "0.1", "--out", "x", "--data", "$DATA")
    assert entry.placeholders == ("$DATA",)
    assert entry.distributed
    assert [item.source for item in entry.evidence] == ["README.md", "scripts/run.sh"]


def commands_of(text: str, arguments: Sequence[str] = ()) -> list[str]:
    """Return the commands of a script that is called with arguments."""
    return [" ".join(each.argv) for each in split_commands(text, Environment(arguments), is_typed=False)]


def test_expanding_leaves_what_is_unknown() -> None:
    assert commands_of("A=1\necho $A ${B} ${C:-d} $1 $@", ["x", "y"]) == ["echo 1 ${B} d x x y"]


SCRIPT_TEXT = """
name=$1
shift 2
rest="$@"; also=${@:2}
datasets=(ETTh1 'ETTm1')
for length in 96 192; do
  for data in "${datasets[@]}"
  do echo $name $length $data ${datasets[1]} $rest $also
  done
done
for seed in $(seq 3 7); do echo $seed; done
for fold in {0..4}; do echo $fold; done
for ((i=2; i<5; i++)); do echo $i; done
for file in *.csv; do echo $file; done
if [ -z "$gpu" ]; then
  where=here
else
  where=there
fi
where2=a
where2=b
echo $where $where2 $PYTHONPATH ${unknown[0]} $4
PYTHONPATH=x:$PYTHONPATH
echo $PYTHONPATH
"""


def test_a_script_is_read_as_its_first_turn_would_run() -> None:
    found = commands_of(SCRIPT_TEXT, ["one", "two", "three", "four", "five"])
    assert [each.removeprefix("echo ") for each in found] == [
        "one 96 ETTh1 ETTm1 three four five four five",
        "3",
        "0",
        "2",
        "$file",
        "here b $PYTHONPATH ${unknown[0]} $4",
        "$PYTHONPATH",
    ]


def test_a_hostile_script_is_bounded() -> None:
    doubling = "A=xxxxxxxxxxxxxxxx\n" + "A=$A$A\n" * 200 + "L=($A $A)\nL=(${L[@]} ${L[@]})\n" * 200
    assert sum(map(len, commands_of(f"{doubling}echo {'$A' * 400_000}"))) < 10_000_000
    many = "9" * 1000
    odd = f"echo $² ${{{many}}} $٣ ${{@:{many}}}\nshift {many}\nfor x in {{{many}..1}}; do echo; done"
    assert commands_of(odd, ["a", "b", "c"])[0].startswith("echo $²")


def test_what_a_page_assigns_is_put_into_its_later_commands(tmp_path: Path) -> None:
    page = "```bash\nexport SET=small\n```\n\nThen\n\n```bash\npython train.py --set $SET --gpu $GPU\n```\n"
    entry = entries(tmp_path, {"README.md": page, "train.py": ARGPARSE})[0]
    assert entry.start == ("python", "train.py", "--set", "small", "--gpu", "$GPU")
    assert entry.placeholders == ("$GPU",)


def test_console_scripts_of_every_kind(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[project.scripts]\none = 'pkg.a:main'\n[tool.poetry.scripts]\ntwo = 'pkg.b:main'\n",
        "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    three = pkg.c:main\n",
        "setup.py": "setup(entry_points={'console_scripts': ['four=pkg.d:main']})\n",
        "pkg/__init__.py": "",
        "pkg/a.py": "import click\n@click.command()\ndef main(): pass\n",
        "pkg/b.py": "def main():\n    print(1)\n",
    }
    found = {entry.name: entry for entry in entries(tmp_path, files)}
    assert set(found) == {"one", "two", "three", "four"}
    assert found["one"].answer == ("one", "--help")
    assert (found["two"].answer, found["two"].start) == (("two",), None)


def test_runnable_package_and_notebook(tmp_path: Path) -> None:
    notebook = '{"cells": [{"cell_type": "code", "source": "print(1)"}]}'
    files = {"src/pkg/__init__.py": "", "src/pkg/__main__.py": ARGPARSE, "demo.ipynb": notebook}
    found = {entry.kind: entry for entry in entries(tmp_path, files)}
    assert found[EntryKind.MODULE].answer == ("python", "-m", "pkg", "--help")
    assert found[EntryKind.MODULE].cwd == "src"
    assert found[EntryKind.NOTEBOOK].script == "demo.ipynb"


def test_parser_one_import_away(tmp_path: Path) -> None:
    files = {
        "run.py": "from options.opt import Options\n" + MAIN,
        "options/opt.py": "p = argparse.ArgumentParser()\n",
    }
    assert entries(tmp_path, files)[0].parser is Parser.ARGPARSE


def test_positionals_keep_a_script_from_a_bare_start(tmp_path: Path) -> None:
    files = {"run.py": "p = argparse.ArgumentParser()\np.add_argument('config')\n" + MAIN}
    entry = entries(tmp_path, files)[0]
    assert (entry.positionals, entry.start) == (("config",), None)


def test_what_is_no_entry_point(tmp_path: Path) -> None:
    files = {
        "setup.py": MAIN,
        "tests/test_a.py": "import pytest\n" + MAIN,
        "third_party/x/run.py": ARGPARSE,
        "lib.py": "def f(): pass\n",
        "README.md": "```\npython gone.py\npython setup.py install\npython -m pip install x\n```\n",
    }
    assert entries(tmp_path, files) == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("The entry point is `pkg/models/learn.py`.", True),
        ("First, use `pkg/models/learn.py` to fit.\nThen plot.", True),
        ("Run pkg/models/learn.py to fit the model.", True),
        ("To fit a model of your own on the data,\nrun learn.py.", True),
        ("The training script is [learn.py](pkg/models/learn.py).", True),
        ("`learn.py` should be run before anything else.", True),
        ("By default, the `learn.py` script trains a model of full size.", True),
        ("## Fit a model (`learn.py`)", True),
        ("Fit a model (*learn.py*)\n===", True),
        ("* `learn.py`: script that reproduces Table 1 of the paper", True),
        ("* learn.py - runs the experiments of Section 4", True),
        ("The experiments of the paper are in `learn.py`.", True),
        ("To replicate Figure 2, see `learn.py`.", True),
        ("Accuracy by layer: `learn.py` (Table 3)", True),
        ("- Table 1: `learn.py`", True),
        ("* **learn.py**: Code for Table 1.", True),
        ("1. learn.py -- the experiment in Section 4.1", True),
        ("Scripts to reproduce the tables:\n\n- other.py\n- learn.py", True),
        ("Scripts to reproduce the tables:\n\n- other.py\n\nThe rest:\n\n- learn.py", False),
        ("| File | What |\n|---|---|\n| learn.py | reproduces Figure 2 |", True),
        ("## Reproducing the paper\n\n- `learn.py`: results on lamps", True),
        ("```\n├── learn.py  # generates Figure 2\n└── pkg\n```", True),
        ("* `pkg/models/learn.py`: losses\n* `other.py`: reproduces Table 1", False),
        ("| File | What |\n|---|---|\n| learn.py | the losses |\n| other.py | reproduces Figure 2 |", False),
        ("Results are written to a file. The losses are in `learn.py`.", False),
        ("```\n├── learn.py  # the losses\n└── pkg\n```", False),
        ("## learn.py", False),
        ("## `learn.py`: the learning loop", False),
        ("The `learn.py` script holds the losses.", False),
        ("* `pkg/models/learn.py`: the learning loop", False),
        ("Run the tests. The losses are in `learn.py`.", False),
        ("See `learn.py` for how to use the losses.", False),
        ("Run https://example.org/learn.py", False),
        ("Run `elsewhere.py`.", False),
    ],
)
def test_scripts_that_a_page_names_in_words(tmp_path: Path, words: str, named: bool) -> None:
    """A module of a package with a main guard is a part with a trial of its own, if its author says no more."""
    found = entries(tmp_path, {"README.md": words, "pkg/__init__.py": "", "pkg/models/learn.py": MAIN})
    assert [(entry.script, entry.origin is Origin.PROSE, entry.declared) for entry in found] == [
        ("pkg/models/learn.py", named, False)
    ]


def test_a_script_that_a_page_names_needs_no_guard_and_goes_first(tmp_path: Path) -> None:
    files = {"README.md": "Run `lab/fit.py`.", "lab/__init__.py": "", "lab/fit.py": "fit()\n", "a_tool.py": MAIN}
    first, second = entries(tmp_path, files)
    assert (first.script, first.start, second.script) == ("lab/fit.py", ("python", "lab/fit.py"), "a_tool.py")
    assert first.evidence[0].source == "README.md"


@pytest.mark.parametrize(
    ("command", "starts"),
    [
        ("allennlp train confs/small.jsonnet -s out --include-package lab", True),
        ("ludwig train --config=confs/small.jsonnet", True),
        ("fairseq-train DATA --arch lstm", False),
        ("unheard-of train confs/small.jsonnet", False),
    ],
)
def test_a_program_of_a_package_does_the_repository_s_work_with_its_settings(
    tmp_path: Path, command: str, starts: bool
) -> None:
    files = {"README.md": f"```\n{command}\n```\n", "confs/small.jsonnet": "{}", "lab/__init__.py": ""}
    assert [entry.start for entry in entries(tmp_path, files)] == ([tuple(command.split())] if starts else [])


def test_experiments_beside_a_package_are_its_users(tmp_path: Path) -> None:
    files = {
        "lib/setup.py": "",
        "lib/lib/__init__.py": "",
        "Trials/Deep Ones/fit.py": MAIN,
        "other/setup.py": "",
        "other/tool.py": MAIN,
    }
    found = find_entry_points(make_tree(tmp_path, files), (), "lib")
    assert [(entry.start, entry.cwd) for entry in found] == [(("python", "fit.py"), "Trials/Deep Ones")]


@pytest.mark.parametrize(
    ("language", "read"),
    [("commandline", True), ("bash=", True), ("Bash Session", True), ("yaml", False), ("dockerfile", False)],
)
def test_what_authors_call_a_block_of_commands(tmp_path: Path, language: str, read: bool) -> None:
    files = {
        "README.md": f"```{language}\npython pkg/fit.py DATA\n```\n",
        "pkg/__init__.py": "",
        "pkg/fit.py": MAIN,
    }
    assert [entry.declared for entry in entries(tmp_path, files)] == [read]


def test_many_settings_of_one_script(tmp_path: Path) -> None:
    lines = "".join(f"python train.py --seed {n}\n" for n in range(30))
    found = entries(tmp_path, {"README.md": f"```bash\n{lines}```\n", "train.py": ARGPARSE})
    assert len(found) == 4


def test_tests_and_their_runner(tmp_path: Path) -> None:
    files = {
        "tests/test_a.py": """
            import pytest
            def test_a(mocker): pass
            @pytest.mark.asyncio
            async def test_b(): pass
            """,
        "tests/test_c.py": "import unittest\nclass A(unittest.TestCase):\n    def test_c(self): pass\n",
        "pytest.ini": "[pytest]\naddopts = --cov=pkg -n 2\n",
        "train.py": ARGPARSE,
    }
    suite = find_tests(make_tree(tmp_path, files))
    assert suite is not None
    assert suite.runner is Runner.PYTEST
    assert suite.folders == ("tests",)
    assert set(suite.requirements) == {"pytest", "pytest-cov", "pytest-xdist", "pytest-mock", "pytest-asyncio"}
    assert suite.stated_by is not None
    assert suite.stated_by.source == "pytest.ini"
    assert "--continue-on-collection-errors" in suite.collect


@pytest.mark.parametrize(
    ("name", "text", "runner", "via"),
    [
        ("tox.ini", "[testenv]\ncommands =\n    python -m unittest discover\n", Runner.UNITTEST, "tox"),
        ("noxfile.py", "session.run('pytest')\n", Runner.PYTEST, "nox"),
        ("Makefile", "test:\n\tnosetests\n", Runner.PYTEST, "make"),
        (".github/workflows/ci.yml", "run: python setup.py test\n", Runner.UNITTEST, ""),
    ],
)
def test_runner_by_statement(tmp_path: Path, name: str, text: str, runner: Runner, via: str) -> None:
    suite = find_tests(make_tree(tmp_path, {name: text, "tests/test_a.py": "def test_a(): pass\n"}))
    assert suite is not None
    assert (suite.runner, suite.via) == (runner, via)


@pytest.mark.parametrize(
    ("folder", "name", "project", "counts"),
    [
        ("games/gym", "gym", ".", False),
        ("games/gym", "gym", "games/gym", True),
        ("games/gym", "our-games", ".", True),
        ("games", "games", ".", True),
    ],
)
def test_what_a_copy_of_a_known_distribution_tests_is_not_the_repositorys(
    tmp_path: Path, folder: str, name: str, project: str, counts: bool
) -> None:
    notebook = '{"cells": [{"cell_type": "code", "source": "import fit"}], "metadata": {}, "nbformat": 4}'
    files = {
        f"{folder}/setup.py": f"from setuptools import setup\nsetup(name='{name}')\n",
        f"{folder}/tests/test_a.py": "def test_a(): pass\n",
        f"{folder}/tour.ipynb": notebook,
        "fit.py": ARGPARSE,
    }
    tree = make_tree(tmp_path, files)
    assert (find_tests(tree, project) is not None) is counts
    assert any(entry.script.endswith("tour.ipynb") for entry in find_entry_points(tree, (), project)) is counts


def test_a_folder_of_environments_to_act_in_is_the_repositorys(tmp_path: Path) -> None:
    """`env/` is a virtual environment in one repository and a game to learn in the next."""
    assert [entry.script for entry in entries(tmp_path, {"env/play.py": ARGPARSE})] == ["env/play.py"]


@pytest.mark.parametrize("home", [".conda/lib/python3.8", "conda-env/lib/python3.10", ".hidden"])
def test_a_committed_environment_is_not_the_repositorys(tmp_path: Path, home: str) -> None:
    test = "import unittest, xmlrpc_of_others\n\nclass TestA(unittest.TestCase):\n    def test_a(self): pass\n"
    tree = make_tree(tmp_path, {f"{home}/test/test_a.py": test, f"{home}/tool.py": ARGPARSE, "fit.py": ARGPARSE})
    assert find_tests(tree, ".") is None
    assert [entry.script for entry in find_entry_points(tree, ())] == ["fit.py"]
    assert not any(item.where in OWN_CODE for item in find_imports(tree) if item.path != "fit.py")


@pytest.mark.parametrize(
    ("page", "started"),
    [
        ("```\npython fit.py --x 1\n```\n", ["fit.py"]),
        (
            "```\npython fit.py --x 1\ncd tools/lm-harness\npython score.py --y 1\n```\n",
            ["fit.py", "tools/lm-harness/score.py"],
        ),
        ("", ["tools/lm-harness/main.py"]),
    ],
)
def test_what_the_pages_of_a_copy_say_counts_where_no_other_says_anything(
    tmp_path: Path, page: str, started: list[str]
) -> None:
    address = "https://github.com/EleutherAI/lm-harness"
    files = {
        "README.md": page,
        "fit.py": ARGPARSE,
        "tools/lm-harness/setup.py": f"from setuptools import setup\nsetup(name='lm_eval', url='{address}')\n",
        "tools/lm-harness/README.md": "```\npython main.py --task a\n```\n",
        "tools/lm-harness/main.py": ARGPARSE,
        "tools/lm-harness/score.py": ARGPARSE,
    }
    assert [entry.script for entry in entries(tmp_path, files) if entry.declared] == started


@pytest.mark.parametrize(
    ("test", "counts"),
    [
        ("def test_a(tmp_path): pass\n", True),
        ("def test_a(model): pass\n", False),
        ("from absl.testing import absltest\ndef test_a(model): pass\n", True),
        ("class TestA:\n    def test_a(self): pass\n", True),
    ],
)
def test_what_nothing_could_call_is_no_test(tmp_path: Path, test: str, counts: bool) -> None:
    assert (find_tests(make_tree(tmp_path, {"tests/test_a.py": test})) is not None) is counts


def test_no_tests(tmp_path: Path) -> None:
    assert (
        find_tests(
            make_tree(tmp_path, {"test.py": ARGPARSE, "options/test_options.py": "class TestOptions: pass\n"})
        )
        is None
    )


def test_a_script_that_its_page_puts_into_another_folder(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython prep/fit_lamps.py --n 2\npython old/train.py\npython old/both.py\n```\n",
        "ops.md": "```\npython ops/setup.py build\n```\n",
        "bin/setup.py": ARGPARSE,
        "bin/fit_lamps.py": ARGPARSE,
        "bin/train.py": ARGPARSE,
        "a/both.py": ARGPARSE,
        "b/both.py": ARGPARSE,
    }
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    [entry] = found
    assert (entry.cwd, entry.start) == (".", ("python", "bin/fit_lamps.py", "--n", "2"))
    assert entry.filled == ("prep/fit_lamps.py → bin/fit_lamps.py",)
    assert entry.evidence[-1].claim == "filled in: prep/fit_lamps.py → bin/fit_lamps.py"


def test_an_assignment_that_goes_on_in_the_next_line_has_no_gap() -> None:
    text = 'A=x\nC="${A}/y__\\\n${A}__z"\nD=a\\\nb\npython fit.py --c $C --d $D --n 2\n'
    assert commands_of(text) == ["python fit.py --c x/y__x__z --d ab --n 2"]
    branches = 'if x; then\nA=b\nelse\nC="${A}/y__\\\n${A}__z"\nfi\npython fit.py --c $C\n'
    assert commands_of(branches)[-1] == "python fit.py --c b/y__b__z"


def test_an_array_of_what_a_loop_prints() -> None:
    text = """names=('red' 'dark blue')
flags=($(for name in "${names[@]}"; do echo '-d '"${name}"; done))
more=(`for n in a b; do echo --x=$n; done`)
python fit.py "${flags[@]}" ${more[@]} end
"""
    assert commands_of(text) == ["python fit.py -d red -d dark blue --x=a --x=b end"]


BUILDS = "from distutils.core import Distribution, Extension\n\ndef build():\n    pass\n\n" + MAIN


def test_a_script_that_describes_a_build_is_no_program(tmp_path: Path) -> None:
    files = {"build.py": BUILDS, "fit.py": "from setuptools import find_packages\n" + ARGPARSE}
    assert [entry.script for entry in entries(tmp_path, files)] == ["fit.py"]


def test_a_job_of_a_recipe_is_the_program_that_it_runs(tmp_path: Path) -> None:
    script = """
    train="python3 -m ears.fit"
    ${train_cmd} "exp/a.log" \\
        python3 -m ears.dump --out exp
    ${cuda_cmd} --gpu 1 "exp/b.log" \\
        ${train} --seed 3
    """
    found = entries(
        tmp_path,
        {
            "README.md": "```\ncd egs\n./run.sh\n```\n",
            "egs/run.sh": script,
            "ears/dump.py": MAIN,
            "ears/fit.py": MAIN,
        },
    )
    starts = [entry.start for entry in found if entry.declared]
    assert sorted(filter(None, starts)) == [
        ("python", "-m", "ears.dump", "--out", "exp"),
        ("python", "-m", "ears.fit", "--seed", "3"),
    ]


@pytest.mark.parametrize("name", ["-rf.py", "--help.py"])
def test_a_script_that_is_called_like_an_option(name: str, tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, {name: ARGPARSE})
    assert entry.start == ("python", f"./{name}")
    assert entry.script == name
