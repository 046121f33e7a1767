"""The remark on a repair stands on the line that has its package's name, however the file is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.core.tree import Tree
from checker.core.values.edits import Constrain
from checker.core.values.plans import Repair
from checker.reports.ci.locate_lines import find_line_in_file
from checker.reports.ci.locate_repairs import locate_repair

SETUP = (
    'from setuptools import setup\nA = ["numpy==1.0",\n  "torch"]\nsetup(install_requires=A + [\n  "pandas"])\n'
)
CELLS = [{"cell_type": "code", "source": ["!pip install x\n", "import os\n", "import torch\n"], "outputs": []}]
NOTEBOOK = json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}, indent=1)

FILES: dict[str, tuple[dict[str, str], str, str]] = {
    "a list above the call": ({"setup.py": SETUP}, "torch", "setup.py:3"),
    "a list in the call": ({"setup.py": SETUP}, "pandas", "setup.py:5"),
    "a command of several lines": (
        {
            "Dockerfile": "FROM python:3.8\nRUN pip install numpy \\\n    torch \\\n    pandas\n",
            "a.py": "import torch\n",
        },
        "pandas",
        "Dockerfile:4",
    ),
    "a constraint": (
        {"requirements.txt": "-c constraints.txt\nnumpy\n", "constraints.txt": "# x\ntorch==1.0\n"},
        "torch",
        "constraints.txt:2",
    ),
    "two on a line": (
        {"requirements.txt": "numpy==1.0\nscikit_learn==0.2\n"},
        "scikit-learn",
        "requirements.txt:2",
    ),
    "an import in a notebook": (
        {"a.ipynb": NOTEBOOK},
        "torch",
        f"a.ipynb:{NOTEBOOK.split('torch')[0].count(chr(10)) + 1}",
    ),
}


@pytest.mark.parametrize(("files", "name", "wanted"), FILES.values(), ids=FILES)
def test_a_repair_is_placed_at_its_package(files: dict[str, str], name: str, wanted: str, tmp_path: Path) -> None:
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    repair = Repair(name="pin", signature="x", changed="x", edits=(Constrain(requirement=f"{name}<2"),))
    ((_, place),) = locate_repair(repair, "3.11", Tree(tmp_path))
    assert place is not None and f"{place[0]}:{place[1]}" == wanted


def test_a_line_that_a_notebook_does_not_have_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(NOTEBOOK)
    tree = Tree(tmp_path)
    assert find_line_in_file(("a.ipynb", 1), tree) is None
    assert find_line_in_file(("a.ipynb", 99), tree) is None
    assert find_line_in_file(("a.py", 7), tree) == ("a.py", 7)
