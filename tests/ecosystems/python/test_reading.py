"""Every file is read once and every text parsed once, from opening a tree to saying what it lacks."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

import pytest

from checker.core import tree as tree_module
from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.python.source import parsing
from tools.bench.reading import counting, open_project, plan_and_repair

FILES = {
    "README.md": "# Lamp\n```\npip install -r requirements.txt\npython train.py --lr 0.1\nmake fit\n```\n",
    "requirements.txt": "numpy==1.19.5\n-r more.txt\n",
    "more.txt": "scipy\n",
    "setup.py": "from setuptools import setup\nsetup(name='lamp', install_requires=['numpy'])\n",
    "Makefile": "fit:\n\tpython train.py\n",
    "Dockerfile": "FROM python:3.8\nRUN pip install numpy\n",
    "train.py": "import sys\nsys.path.append('lib')\nimport argparse, torch, absent.part\nfrom lamp import model\n"
    "p = argparse.ArgumentParser()\np.add_argument('--lr', type=float)\n"
    "if __name__ == '__main__':\n    p.parse_args()\n",
    "old.py": "print 'x'\n",
    "lamp/__init__.py": "",
    "lamp/model.py": "import torch\nwith open('x') as f:\n    pass\n",
    "lib/tools.py": "import yaml\n",
    "tests/test_model.py": "import pytest\ndef test_it():\n    pass\n",
    "demo.ipynb": '{"cells": [{"cell_type": "code", "source": "import cv2"}], "metadata": {}, "nbformat": 4}',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_each_file_is_read_once_and_each_text_parsed_once(root: Path) -> None:
    with counting(root) as counts:
        plan_and_repair(root)
    assert counts.opened.total() == len(counts.opened) == len(FILES)
    assert counts.parsed and set(counts.parsed.values()) == {1}


def test_many_checks_at_once_take_nothing_from_each_other(root: Path) -> None:
    with counting(root) as counts:
        threads = [threading.Thread(target=plan_and_repair, args=(root,)) for _ in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(counts.opened.values()) == {9}
    assert max(counts.parsed.values()) == 9


def test_what_was_read_goes_with_the_tree(root: Path) -> None:
    project = open_project(root)
    assert project is not None
    project.make_plans()
    gone = weakref.ref(project)
    del project
    gc.collect()
    assert gone() is None


def test_a_large_tree_keeps_no_more_than_its_bounds(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = open_project(root)
    monkeypatch.setattr(tree_module, "MAX_KEPT", 200)
    monkeypatch.setattr(parsing, "MAX_PARSED", 50)
    bounded = open_project(root)
    assert whole is not None and bounded is not None
    assert bounded.make_plans() == whole.make_plans()


def test_a_text_that_is_no_python_is_parsed_once_and_refused_each_time() -> None:
    tree = Tree(Path("there-is-none"))
    with counting(tree.root) as counts:
        for _ in range(2):
            with pytest.raises(SyntaxError):
                parsing.parse_in(tree, "x = = 1")
        assert parsing.parse_module(tree, "x = = 1") is None
    assert counts.parsed == {"x = = 1": 1}


def test_an_answer_is_found_out_once_for_each_tree_and_argument(tmp_path: Path) -> None:
    asked: list[tuple[Tree, int]] = []

    @once_per_tree
    def double(tree: Tree, number: int = 1) -> int:
        asked.append((tree, number))
        return 2 * number

    first, second = Tree(tmp_path), Tree(tmp_path)
    assert [double(first, 3), double(first, 3), double(second, 3), double(first), double(first)] == [6, 6, 6, 2, 2]
    assert [number for _, number in asked] == [3, 3, 1]


def test_characters_are_not_torn_where_a_long_text_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "MAX_TEXT", 4)
    (tmp_path / "a.txt").write_text("aéé")
    assert Tree(tmp_path).read("a.txt") == "aé"
