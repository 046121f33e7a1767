"""Tests are what the runner collects: its own rule, the repository's settings, the author's command."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.entry_points.test_suite import TestSuite
from checker.ecosystems.python.survey import survey

INI = "[pytest]\n"


def find(folder: Path, files: dict[str, str]) -> TestSuite | None:
    return survey(make_tree(folder, {"main.py": "x = 1\n", **files})).tests


@pytest.mark.parametrize(
    "files",
    [
        {"tests/test_a.py": "import lab.toy\ndef test(): assert lab.toy.V\n"},
        {"test_a.py": "def testA():\n    assert 1\n"},
        {"test_a.py": "class TestA:\n    def test(self): pass\n"},
        {"test_a.py": "class TestA:\n    class TestB:\n        def test(self): pass\n"},
        {"tests/a_test.py": "async def test_wait(): pass\n"},
        {"test_a.py": "test_one = lambda: 1\n"},
        {"test_all.py": "from shared_tests import test_a\n", "shared_tests.py": "def test_a(): pass\n"},
        {"pytest.toml": "[pytest]\npython_files = ['spec_*.py']\n", "spec_a.py": "def test_a(): pass\n"},
        {"pyproject.toml": "[tool.pytest]\npython_files = ['spec_*.py']\n", "spec_a.py": "def test_a(): pass\n"},
        {
            "README.md": "```\npython -m unittest checks/a.py\n```\n",
            "checks/a.py": "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n",
        },
        {
            "README.md": "```\npython -m unittest checks.a.A.test_a\n```\n",
            "checks/a.py": "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n",
        },
        {"tests/test_a.py": "from base import Base\nclass TestA(Base):\n    pass\n"},
        {"tests/test_a.py": "from base import OurTestCase\nclass A(OurTestCase):\n    def testIt(self): pass\n"},
        {"test_a.py": "def test(size=3):\n    assert size\nif __name__ == '__main__':\n    test()\n"},
        {"pytest.ini": f"{INI}python_files = check_*.py\n", "check_a.py": "def test_a(): pass\n"},
        {"pytest.ini": f"{INI}python_functions = *_works\n", "test_a.py": "def it_works(): pass\n"},
        {
            "setup.cfg": "[tool:pytest]\npython_classes =\n    Describe\n",
            "test_a.py": "class DescribeA:\n    def test_b(self): pass\n",
        },
        {
            "pyproject.toml": "[tool.pytest.ini_options]\npython_files = ['it_*.py', 'spec_*.py']\n",
            "spec_a.py": "def test_a(): pass\n",
        },
        {"pytest.ini": f"{INI}addopts = --doctest-modules\n", "maps.py": '"""A map.\n\n>>> 1 + 1\n2\n"""\n'},
        {"README.md": "```\npytest --doctest-modules\n```\n", "maps.py": '"""A map.\n\n>>> 1 + 1\n2\n"""\n'},
        {"README.md": "```\npytest\n```\n"},
    ],
)
def test_what_pytest_collects_is_found(tmp_path: Path, files: dict[str, str]) -> None:
    assert find(tmp_path, files) is not None


@pytest.mark.parametrize(
    "files",
    [
        {"test_net.py": "def test(model, loader): pass\n"},
        {"test_net.py": "import argparse\ndef evaluate(): pass\n"},
        {"net.py": "def test(): pass\n"},
        {"test_net.py": "from engine import test_epoch\ntest_loader = list()\n", "engine.py": ""},
        {"test_net.py": "from unittest import TestCase\nfrom net.testing import TestNet\n"},
        {"pytest.ini": f"{INI}norecursedirs = slow\n", "slow/test_a.py": "def test_a(): pass\n"},
        {"pytest.ini": f"{INI}testpaths = checks\n", "more/test_a.py": "def test_a(): pass\n"},
        {"conftest.py": "collect_ignore = ['test_a.py']\n", "test_a.py": "def test_a(): pass\n"},
        {"conftest.py": "collect_ignore_glob = ['old/*']\n", "old/test_a.py": "def test_a(): pass\n"},
        {"test_a.py": "class TestA:\n    def __init__(self): pass\n    def test(self): pass\n"},
        {"pytest.ini": f"{INI}python_functions = check_*\n", "net.py": "def check_it(): pass\n"},
    ],
)
def test_what_it_does_not_collect_is_none(tmp_path: Path, files: dict[str, str]) -> None:
    assert find(tmp_path, files) is None


@pytest.mark.parametrize(
    ("command", "ends"),
    [
        ("pytest", ("tests",)),
        ("pytest tests/unit -v --cov=lab", ("tests/unit",)),
        (
            "python -m pytest -m 'not slow' tests/unit/test_a.py::test_a",
            ("not slow", "tests/unit/test_a.py::test_a"),
        ),
        ("cd tests/unit && pytest", ("tests/unit",)),
        ("uv run pytest -k fast", ("-k", "fast", "tests")),
    ],
)
def test_the_authors_command_says_which(tmp_path: Path, command: str, ends: tuple[str, ...]) -> None:
    test = "def test_a(): pass\n"
    files = {"README.md": f"```\n{command}\n```\n", "tests/unit/test_a.py": test, "tests/slow/test_b.py": test}
    suite = find(tmp_path, files)
    assert suite is not None
    assert suite.run[-len(ends) :] == ends
    assert not any(word.startswith("--cov") for word in suite.run)


@pytest.mark.parametrize("words", ["make test", "tox -e test", "make both"])
def test_what_a_task_hands_to_pytest_counts_as_the_pages_own(tmp_path: Path, words: str) -> None:
    test = "def test_a(): pass\n"
    makefile = "test:\n\tpytest -m 'not gpu' tests/unit\nboth: test\n"
    tox = "[testenv:test]\nskip_install = true\ncommands = pytest -m 'not gpu' tests/unit\n"
    page = f"```\n{words}\n```\n"
    files = {"README.md": page, "Makefile": makefile, "tox.ini": tox}
    suite = find(tmp_path, {**files, "tests/unit/test_a.py": test, "tests/gpu/test_b.py": test})
    assert suite is not None
    assert (suite.options, suite.folders) == (("-m", "not gpu"), ("tests/unit",))
