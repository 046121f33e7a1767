"""What is started is the program, and not the scripts beside it that prove nothing about it."""

from __future__ import annotations

import json

import pytest

from checker.core.tree import Tree
from checker.ecosystems.python.entry_points.helpers import leave_out_helpers, leave_out_preparation
from checker.ecosystems.python.survey import survey

GUARD = "\nif __name__ == '__main__':\n    go()\n"
MODEL = "import torch\n"


def kept(tree: Tree) -> list[str]:
    seen = survey(tree)
    found = leave_out_helpers(seen.entry_points, seen.scan.imports, seen.local, seen.find_required_modules("3.8"))
    return sorted(entry.script for entry in found)


def test_a_script_that_needs_nothing_says_nothing_of_the_model_beside_it(make_tree) -> None:
    files = {
        "README.md": "```\npython rename_files.py\npython fit.py\n```\n",
        "rename_files.py": "import json, os\njson.load(open('raw.json'))\n" + GUARD,
        "fit.py": "from lamp import model\n" + GUARD,
        "lamp/__init__.py": "",
        "lamp/model.py": MODEL,
    }
    assert kept(make_tree(files)) == ["fit.py"]


def test_what_reaches_others_through_files_of_its_own_is_kept(make_tree) -> None:
    files = {
        "a.py": "from lamp.deep import build\n" + GUARD,
        "b.py": "import lamp\n" + GUARD,
        "c.py": "from words import clean\n" + GUARD,
        "lamp/__init__.py": "from .deep import build\n",
        "lamp/deep.py": MODEL + "build = print\n",
        "words.py": "import re\nclean = print\n",
    }
    assert kept(make_tree(files)) == ["a.py", "b.py"]


def test_the_program_may_start_the_rest_as_processes(make_tree) -> None:
    files = {
        "main.py": "import argparse\n" + GUARD,
        "sweep.py": "import subprocess\nsubprocess.run(['python', 'fit.py'])\n" + GUARD,
        "fold.py": "import os\nos.system('python fit.py')\n" + GUARD,
        "fit.py": MODEL + GUARD,
    }
    assert kept(make_tree(files)) == ["fit.py", "fold.py", "main.py", "sweep.py"]


def test_everything_is_kept_where_nothing_of_others_is_wanted_or_nothing_else_is_left(make_tree) -> None:
    assert kept(make_tree({"a.py": "import json\n" + GUARD, "b.py": "import re\n" + GUARD})) == ["a.py", "b.py"]


def test_a_library_whose_only_program_needs_nothing_keeps_it(make_tree) -> None:
    files = {"count.py": "import json\n" + GUARD, "lamp/__init__.py": MODEL}
    assert kept(make_tree(files)) == ["count.py"]


@pytest.mark.parametrize(("page", "left"), [("", ["fit.ipynb"]), ("python fetch.py", ["fetch.py", "fit.ipynb"])])
def test_a_helper_beside_a_notebook_that_is_the_program(make_tree, page: str, left: list[str]) -> None:
    cell = '{"cell_type": "code", "source": "import torch\\ntorch.ones(2)"}'
    notebook = f'{{"cells": [{cell}], "nbformat": 4, "metadata": {{}}}}'
    files = {"fit.ipynb": notebook, "fetch.py": "import json\n" + GUARD, "README.md": f"```\n{page}\n```\n"}
    assert kept(make_tree(files)) == left


def test_bringing_data_into_place_is_no_start_where_a_program_is_beside_it(make_tree) -> None:
    files = {
        "convert_lamps_to_coco.py": "import numpy\n" + GUARD,
        "data/preprocess/lamps.py": "import numpy\n" + GUARD,
        "lamps/flame_converter.py": "import numpy\n" + GUARD,
        "data/flames/main.py": "import numpy\n" + GUARD,
        "tools/convert_datasets/lamps.py": "import numpy\n" + GUARD,
        "util_scripts/lamps_json.py": "import numpy\n" + GUARD,
        "create_lmdb_dataset.py": "import numpy\n" + GUARD,
        "prepare.py": "import numpy\n" + GUARD,
        "lamps/generate_LampSet.py": "import numpy\n" + GUARD,
        "generate.py": "import numpy\n" + GUARD,
        "extract_features.py": "import numpy\n" + GUARD,
        "split_flap.py": "import numpy\n" + GUARD,
        "check_requirements.py": "import numpy\n" + GUARD,
        "run_compile_all_cython.py": "import numpy\n" + GUARD,
        "check_convergence.py": "import numpy\n" + GUARD,
        "compile_model.py": "import numpy\n" + GUARD,
    }
    entries = survey(make_tree(files)).entry_points
    left = {entry.script for entry in leave_out_preparation(entries)}
    assert left == {
        "generate.py",
        "extract_features.py",
        "split_flap.py",
        "check_convergence.py",
        "compile_model.py",
    }
    only = [entry for entry in entries if entry.script in {"prepare.py", "create_lmdb_dataset.py"}]
    assert leave_out_preparation(only) == tuple(only)


def test_what_pages_show_is_weighed_apart_from_what_was_only_found(make_tree) -> None:
    files = {
        "README.md": "```\npython prepare_data.py\n```\n",
        "prepare_data.py": "import numpy\n" + GUARD,
        "fit.py": "import numpy\n" + GUARD,
        "create_dataset.py": "import numpy\n" + GUARD,
    }
    left = [
        (entry.script, entry.declared) for entry in leave_out_preparation(survey(make_tree(files)).entry_points)
    ]
    assert left == [("prepare_data.py", True), ("fit.py", False)]


def test_a_shell_script_that_a_page_names_in_words_leads_to_the_program(make_tree) -> None:
    files = {
        "README.md": "The script used to train the model on lamps can be found in code/lamps/cadence.sh\n",
        "code/lamps/cadence.sh": "for seed in 1 2\ndo\n  python fit.py --seed $seed\ndone\n",
        "code/lamps/fit.py": "import argparse, torch\nargparse.ArgumentParser().parse_args()\n" + GUARD,
    }
    entry = survey(make_tree(files)).entry_points[0]
    assert (entry.cwd, entry.start, entry.declared) == ("code/lamps", ("python", "fit.py", "--seed", "1"), True)
    assert (entry.evidence[0].source, entry.evidence[0].line) == ("README.md", 1)


def test_a_notebook_that_needs_nothing_says_nothing_of_the_model_either(make_tree) -> None:
    def notebook(code: str) -> str:
        return json.dumps({"cells": [{"cell_type": "code", "source": code}], "metadata": {}, "nbformat": 4})

    files = {"count.ipynb": notebook("import json"), "fit.ipynb": notebook("import torch"), "a.py": MODEL + GUARD}
    assert kept(make_tree(files)) == ["a.py", "fit.ipynb"]
    assert kept(make_tree({**files, "a.py": "import json\n" + GUARD})) == ["fit.ipynb"]
