"""Commands that the code itself holds, and those whose place a page leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.instructions.repository_name import calls_itself
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.entry_points.entry_point import EntryKind, EntryPoint
from checker.ecosystems.python.entry_points.find import find_entry_points

MAIN = "if __name__ == '__main__':\n    main()\n"
ARGPARSE = "import argparse\np = argparse.ArgumentParser()\n" + MAIN


def entries(tmp_path: Path, files: Mapping[str, str]) -> list[EntryPoint]:
    tree = make_tree(tmp_path, files)
    return list(find_entry_points(tree, read_commands(tree)))


def starts(found: list[EntryPoint]) -> list[tuple[str, str]]:
    return [(entry.cwd, " ".join(entry.start or ())) for entry in found]


@pytest.mark.parametrize(
    "head",
    [
        '"""Fits lamps.\n\nUsage:\n    python fit.py --n 2 \\\n        --lr 0.1\n"""\n',
        "'''\nExample: python fit.py --n 2 --lr 0.1\n'''\nprint 'python 2'\n",
        "#!/usr/bin/env python\n# Fits lamps.\n#\n# $ CUDA_VISIBLE_DEVICES=0 python fit.py --n 2 --lr 0.1\n",
    ],
)
def test_what_stands_at_the_top_of_a_script(tmp_path: Path, head: str) -> None:
    found = entries(tmp_path, {"fit.py": head + ARGPARSE})
    assert starts(found) == [(".", "python fit.py --n 2 --lr 0.1"), (".", "python fit.py")]
    assert not any(entry.declared for entry in found)
    assert found[0].evidence[0].source == "fit.py"


def test_what_a_script_says_of_others_or_further_down_counts_for_nothing(tmp_path: Path) -> None:
    text = (
        '"""After `prep.py`:\npython prep.py --all\nfit.py is slow\n"""\nx = 1\n# python fit.py --n 3\n' + ARGPARSE
    )
    found = entries(tmp_path, {"fit.py": text, "prep.py": ARGPARSE})
    assert ("python", "prep.py", "--all") not in [entry.start for entry in found if entry.script == "fit.py"]
    assert (".", "python fit.py --n 3") not in starts(found)


def test_shell_scripts_of_which_no_page_speaks(tmp_path: Path) -> None:
    files = {
        "scripts/fit.sh": "python lamps/fit.py --n 2\n",
        "scripts/download_data.sh": "python lamps/fit.py --fetch\n",
        "tests/fit.sh": "python lamps/fit.py --check\n",
        ".ci/fit.sh": "python lamps/fit.py --ci\n",
        "lamps/fit.py": ARGPARSE,
        "lamps/other.py": ARGPARSE,
    }
    found = entries(tmp_path, files)
    assert starts(found)[0] == (".", "python lamps/fit.py --n 2")
    assert found[0].in_front
    assert not found[0].declared
    assert [start for start in starts(found) if "--" in start[1]] == [starts(found)[0]]


def test_a_page_goes_before_the_shell_scripts(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython fit.py --n 5\n```\n",
        "run.sh": "python fit.py --n 2\n",
        "fit.py": ARGPARSE,
    }
    assert starts(entries(tmp_path, files)) == [(".", "python fit.py --n 5")]


def test_what_shows_results_comes_after_what_makes_them(tmp_path: Path) -> None:
    files = {
        "plot_all.sh": "python -m plots.curve\n",
        "run_all.sh": "python -m fits.fit\n",
        "plots/curve.py": MAIN,
        "fits/fit.py": MAIN,
    }
    assert [start for _, start in starts(entries(tmp_path, files))][:2] == [
        "python -m fits.fit",
        "python -m plots.curve",
    ]


@pytest.mark.parametrize("page", ["# Lamps: a study\n```\n", "```\ngit clone https://a.b/x/LAMPS.git\n"])
def test_a_command_from_above_the_clone(tmp_path: Path, page: str) -> None:
    page += "python LAMPS/fit.py --c LAMPS/a.yaml --d lamp/x\nbash LAMPS/run.sh\n```\n"
    files = {"README.md": page, "fit.py": ARGPARSE, "a.yaml": "", "run.sh": "python fit.py --n 2\n"}
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert starts(found) == [(".", "python fit.py --c a.yaml --d lamp/x"), (".", "python fit.py --n 2")]
    assert "LAMPS/… → …" in found[0].filled


def test_a_clone_after_an_installation_is_another_s(tmp_path: Path) -> None:
    page = "```\npip install x\ngit clone https://a.b/x/lamps.git\npython lamps/main.py\n```\n"
    found = entries(tmp_path, {"README.md": page, "main.py": ARGPARSE})
    assert [entry.declared for entry in found] == [False]


def test_each_place_where_the_page_leaves_it_open(tmp_path: Path) -> None:
    files = {
        "README.md": "```\ncd experiment/<name>\npython fit.py --n 5\n```\n",
        "experiments/red/fit.py": ARGPARSE,
        "experiments/red/tests/test_fit.py": "import pytest\ndef test(): pass\n",
        "experiments/blue/fit.py": ARGPARSE,
        "experiments/blue/old/fit.py": ARGPARSE,
        "third_party/fit.py": ARGPARSE,
    }
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert starts(found) == [
        ("experiments/blue", "python fit.py --n 5"),
        ("experiments/red", "python fit.py --n 5"),
    ]
    assert [entry.filled for entry in found] == [
        ("fit.py → experiments/blue/fit.py",),
        ("fit.py → experiments/red/fit.py",),
    ]


def test_each_place_of_a_shell_script(tmp_path: Path) -> None:
    page = "```\n$ cd runs/DATASET_NAME\n```\nthen\n```\n$ bash fit.sh 7\n$ bash absent.sh\n```\n"
    script = "python ../../fit.py --data {} --gpu $1\n"
    files = {"README.md": page, "fit.py": ARGPARSE} | {f"runs/{n}/fit.sh": script.format(n) for n in ("a", "b")}
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert [(entry.cwd, entry.start) for entry in found] == [
        ("runs/a", ("python", "../../fit.py", "--data", "a", "--gpu", "7")),
        ("runs/b", ("python", "../../fit.py", "--data", "b", "--gpu", "7")),
    ]


def test_a_folder_entered_within_a_line_of_prose(tmp_path: Path) -> None:
    page = "1. `$ cd egs/red`, then set `data`.\n2. `$ bash run.sh`\n\n` cd blue && python go.py --n 1`\n"
    files = {
        "README.md": page,
        "egs/red/run.sh": "python fit.py --n 2\n",
        "egs/red/fit.py": ARGPARSE,
        "egs/green/run.sh": "python fit.py --n 3\n",
        "egs/green/fit.py": ARGPARSE,
        "blue/go.py": ARGPARSE,
    }
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert sorted(starts(found)) == [("blue", "python go.py --n 1"), ("egs/red", "python fit.py --n 2")]


def test_a_question_on_a_page_names_the_program(tmp_path: Path) -> None:
    files = {
        "README.md": "For options: `python3 fit.py --help`, `python3 score.py -h`\n\n`python3 score.py -h`\n",
        "fit.py": ARGPARSE,
        "score.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('gold')\n" + MAIN,
    }
    found = {entry.script: entry for entry in entries(tmp_path, files)}
    assert found["fit.py"].answer == ("python", "fit.py", "--help")
    assert found["fit.py"].start == ("python", "fit.py")


def test_a_question_to_what_cannot_start_bare(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython score.py -h\n```\n",
        "score.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('gold')\n" + MAIN,
    }
    [entry] = entries(tmp_path, files)
    assert entry.answer == ("python", "score.py", "--help")
    assert entry.start is None


def test_a_shell_script_that_a_page_gives(tmp_path: Path) -> None:
    files = {
        "README.md": "In `run_small.sh`, we provide an example. In `tools.py`, we provide helpers.\n",
        "run_small.sh": "python fit.py --n 2\n",
        "fit.py": ARGPARSE,
        "tools.py": ARGPARSE,
    }
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert starts(found) == [(".", "python fit.py --n 2")]


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("example commands: run_small.sh, run_large.sh\n", True),
        ("The commands are in `run_small.sh`.\n", True),
        ("The commands are long. See `run_small.sh`.\n", False),
        ("```\nmkdir out\nexample commands: run_small.sh, run_large.sh\n```\n", True),
        ("```\nmkdir out\nrun_small.sh: tidy up\n```\n", False),
    ],
)
def test_a_shell_script_that_holds_the_commands(tmp_path: Path, page: str, named: bool) -> None:
    files = {"README.md": page, "run_small.sh": "python fit.py --n 2\n", "fit.py": ARGPARSE}
    found = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert starts(found) == ([(".", "python fit.py --n 2")] if named else [])


def test_a_module_that_reads_the_command_line_of_its_importer(tmp_path: Path) -> None:
    files = {
        "main.py": "import world\n" + MAIN,
        "plain.py": "import helper\n" + MAIN,
        "passed.py": "from utils import *\n" + MAIN,
        "utils/__init__.py": "from .options import *\n",
        "utils/options.py": "import argparse\nargs = argparse.ArgumentParser().parse_args()\n",
        "world.py": "import argparse\nargs = argparse.ArgumentParser().parse_args()\n",
        "helper.py": "import argparse\ndef read():\n    return argparse.ArgumentParser().parse_args()\n",
    }
    found = {entry.script: entry for entry in entries(tmp_path, files)}
    assert found["main.py"].answer == ("python", "main.py", "--help")
    assert found["passed.py"].answer == ("python", "passed.py", "--help")
    assert found["plain.py"].answer is None


@pytest.mark.parametrize(
    ("files", "name", "own"),
    [
        ({"README.md": "# Lamp-Fit: fitting lamps\n"}, "lamp-fit", True),
        ({"README.md": "<h1 align='center'>The <b>LampFit</b> code</h1>\n"}, "lamp_fit", True),
        ({"README.rst": "Lamp fit\n========\n"}, "lampfit", True),
        ({"README.md": "# Fitting\n", "setup.py": "setup(name='lamp-fit')\n"}, "LampFit", True),
        ({"README.md": "# Fitting\n", "pyproject.toml": '[project]\nname = "lamp-fit"\n'}, "lamp_fit", True),
        ({"README.md": "# Fitting with apex\n", "setup.py": "setup(name='lamp')\n"}, "lamp-two", False),
        ({"README.md": "# A of B\n"}, "of", False),
        ({"fit.py": ""}, "fit", False),
    ],
)
def test_the_name_that_a_repository_calls_itself(
    tmp_path: Path, files: Mapping[str, str], name: str, own: bool
) -> None:
    assert calls_itself(make_tree(tmp_path, files), name, PROJECT_FILES) is own


def test_a_clone_by_its_own_name_after_an_installation(tmp_path: Path) -> None:
    page = "# Lamp-Fit\n```\nconda install numpy\ngit clone x/lamp-fit.git\ncd lamp-fit\npython fit.py\n```\n"
    files = {
        "README.md": page,
        "fit.py": ARGPARSE,
    }
    [command] = [each for each in read_commands(make_tree(tmp_path, files)) if each.argv[-1] == "fit.py"]
    assert command.cwd == "."


def test_a_console_script_that_calls_another_program(tmp_path: Path) -> None:
    text = '[project]\nname = "lamps"\n[project.scripts]\ntest = "pytest:main"\nfit = "{}:main"\n'
    for name, kept in (("lamps.cli", ["fit"]), ("elsewhere.cli", ["fit"]), ("torch.utils", [])):
        found = entries(tmp_path, {"pyproject.toml": text.format(name), "lamps/cli.py": ARGPARSE})
        assert [entry.name for entry in found if entry.kind is EntryKind.CONSOLE_SCRIPT] == kept


def test_pages_to_which_the_readme_sends_its_reader(tmp_path: Path) -> None:
    page = (
        'See [the data](docs/NUSC.md), [start](./docs/GO.md#now), <a href="docs/WAY.md">way</a>, [x](CHANGES.md)'
    )
    files = {
        "README.md": page,
        "docs/NUSC.md": "```\npython fit.py --nusc\n```\n",
        "docs/GO.md": "```\npython fit.py --go\n```\nThen [more](more/FAR.md)\n",
        "docs/more/FAR.md": "```\npython fit.py --far\n```\n",
        "docs/WAY.md": "```\npython fit.py --way\n```\n",
        "docs/OTHER.md": "```\npython fit.py --other\n```\n",
        "docs/CHANGES.md": "```\npython fit.py --changes\n```\n",
        "docs/GETTING_START.md": "```\npython fit.py --getting\n```\n",
        "fit.py": ARGPARSE,
    }
    said = {command.argv[-1] for command in read_commands(make_tree(tmp_path, files))}
    assert said == {"--nusc", "--go", "--far", "--way", "--getting"}


def test_a_module_that_is_called_from_above_the_clone(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython -m lamps.fits.fit --n 2\npython -m torch.fits.fit\npython -m other.gone\n```\n",
        "fits/fit.py": ARGPARSE,
    }
    [entry] = [entry for entry in entries(tmp_path, files) if entry.declared]
    assert entry.start == ("python", "-m", "fits.fit", "--n", "2")
    assert entry.filled == ("lamps.fits.fit → fits.fit",)


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        ("config/X.yaml", "config/red.yaml"),
        ("config/CONFIG_NAME.yaml", "config/red.yaml"),
        ("config/NAME.yaml", "config/red.yaml"),
        ("config/GREEN.yaml", "config/GREEN.yaml"),
        ("config/AB.yaml", "config/AB.yaml"),
        ("data/X.csv", "data/X.csv"),
    ],
)
def test_capitals_in_place_of_the_name_of_a_settings_file(tmp_path: Path, given: str, chosen: str) -> None:
    files = {
        "README.md": f"```\npython fit.py -c {given}\n```\n",
        "fit.py": ARGPARSE,
        "config/red.yaml": "",
        "config/GREEN.yaml": "",
    }
    [entry] = entries(tmp_path, files)
    assert entry.start == ("python", "fit.py", "-c", chosen)


def test_the_folder_that_a_command_is_given_and_a_comment_behind_it(tmp_path: Path) -> None:
    page = "python fit.py a=$(pwd)/a b=`pwd` c=$PWD/c d=100% e % with all lamps\npython fit.py --n $((a % b))\n"
    found = entries(tmp_path, {"README.md": f"```\n{page}```\n", "fit.py": ARGPARSE})
    words = "a=/code/src/a b=/code/src c=/code/src/c d=100% e"
    assert next(start for _, start in starts(found)) == f"python fit.py {words}"
    assert found[0].placeholders == ()


def test_scripts_of_a_hosting_service_start_nothing(tmp_path: Path) -> None:
    files = {".github/scripts/bump.py": ARGPARSE, "tools/.dev/a.py": ARGPARSE, "tools/fit.py": ARGPARSE}
    assert [entry.script for entry in entries(tmp_path, files)] == ["tools/fit.py"]
