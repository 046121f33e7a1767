from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.tree import Tree
from checker.ecosystems.python.declared.author import collect_author_statements
from checker.ecosystems.python.declared.choose import find_specifications
from checker.ecosystems.python.interpreter.choose import (
    choose_interpreters,
    find_stated_interpreters,
    find_usual_python,
)
from checker.ecosystems.python.interpreter.wheels import find_interpreters_with_wheels
from checker.ecosystems.python.source.syntax import find_syntax_bounds
from checker.ecosystems.python.stated import Choice

ALL = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
TODAY = datetime(2026, 11, 1, tzinfo=UTC)


def choose(tree: Tree, date: str = "2021-05-01", *, available=ALL, newcomer: bool = False) -> tuple[Choice, ...]:
    return choose_interpreters(
        tree,
        find_specifications(tree),
        collect_author_statements(tree),
        available=available,
        date=datetime.fromisoformat(date).replace(tzinfo=UTC),
        today=TODAY,
        newcomer=newcomer,
    )


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({".python-version": "3.9.1\n"}, "3.9"),
        ({"setup.py": "from setuptools import setup\nsetup(python_requires='==3.6.*')\n"}, "3.6"),
        ({"environment.yml": "dependencies:\n  - python=3.7\n"}, "3.7"),
        ({"Dockerfile": "FROM python:3.10\n"}, "3.10"),
        ({"README.md": "- Python 3.7\n"}, "3.7"),
        ({"README.md": "```\nconda create -n x python=3.6 -y\n```\n"}, "3.6"),
        ({"docs/install.md": "Python 3.7\n"}, "3.7"),
    ],
)
def test_what_is_stated_is_taken(make_tree, files, version) -> None:
    first = choose(make_tree({"a.py": "", **files}))[0]
    assert (first.version, first.why) == (version, "stated")
    assert first.evidence[0].source == next(iter(files))


CUDA_WHEEL = "https://example.org/whl/torch-1.12.1%2Bcu113-cp37-cp37m-linux_x86_64.whl"


def test_a_wheel_named_by_its_address_fits_one_interpreter(make_tree) -> None:
    first = choose(make_tree({"requirements.txt": f"torch @ {CUDA_WHEEL}\n", "README.md": "Python 3.9\n"}))[0]
    assert (first.version, first.why) == ("3.7", "bounded")
    assert "3.9 is stated" in first.evidence[0].claim
    stable = CUDA_WHEEL.replace("cp37m", "abi3")
    several = f"torch @ {CUDA_WHEEL} ; python_version == '3.7'\n"
    for text in (f"lamp @ {stable}\n", several, "lamp @ https://example.org/lamp-1.0-py3-none-any.whl\n"):
        assert choose(make_tree({"requirements.txt": text, "README.md": "Python 3.9\n"}))[0].version == "3.9"


def test_the_strongest_of_contradictory_statements_wins_and_the_rest_are_alternatives(make_tree) -> None:
    tree = make_tree({"README.md": "Python 3.7\n", ".python-version": "3.10\n", "docs/install.md": "Python 3.6\n"})
    choices = choose(tree)
    assert [c.version for c in choices[:3]] == ["3.10", "3.7", "3.6"]
    assert {c.why for c in choices[:3]} == {"stated"}


def test_what_the_project_s_own_range_excludes_is_no_statement_any_more(make_tree) -> None:
    """A page of the first release names an interpreter that the project has left behind."""
    project = '[project]\nname = "x"\nrequires-python = ">=3.9"\n'
    choices = choose(make_tree({"pyproject.toml": project, "docs/install.md": "Python 3.7\n"}), "2024-06-01")
    assert choices[0].version == choose(make_tree({"pyproject.toml": project}), "2024-06-01")[0].version
    assert not any("3.7" in e.claim for e in choices[0].evidence)
    assert (
        choose(make_tree({"pyproject.toml": project, "README.md": "Python 3.9\n"}), "2024-06-01")[0].version
        == "3.9"
    )


def test_a_bound_moves_the_usual_one_only_as_far_as_needed(make_tree) -> None:
    assert choose(make_tree({"README.md": "Python 3.6+\n"}))[0].version == "3.8"
    choices = choose(make_tree({"pyproject.toml": '[project]\nname="x"\nrequires-python = ">=3.10"\n'}))
    assert (choices[0].version, choices[0].why) == ("3.10", "bounded")
    assert "3.9" not in [c.version for c in choices[:3]]


@pytest.mark.parametrize(
    ("pin", "date", "version"),
    [
        ("torch==1.7.0", "2023-01-01", "3.8"),
        ("torch==1.13.1+cu117", "2025-06-01", "3.11"),
        ("tensorflow==1.15.0", "2023-01-01", "3.7"),
        ("tensorflow-gpu==2.10.0", "2025-06-01", "3.10"),
        ("torch==2.6.0", "2018-01-01", "3.9"),
        ("torch>=1.2.0", "2021-05-01", "3.8"),
        ("numpy==1.24.3", "2019-01-01", "3.8"),
    ],
)
def test_wheels_of_pins_bound_the_choice(make_tree, pin, date, version) -> None:
    first = choose(make_tree({"requirements.txt": f"{pin}\n"}), date)[0]
    assert first.version == version
    if first.version != find_usual_python(datetime.fromisoformat(date).replace(tzinfo=UTC)):
        assert (first.evidence[0].source, first.evidence[0].line) == ("requirements.txt", 1)


def test_a_statement_for_which_no_wheel_exists_gives_way(make_tree) -> None:
    tree = make_tree({"Dockerfile": "FROM python:3.11\n", "requirements.txt": "torch==1.7.0\n"})
    first = choose(tree)[0]
    assert (first.version, first.why) == ("3.8", "bounded")
    assert "3.11 is stated" in first.evidence[0].claim


def test_traces_of_the_authors_interpreter(make_tree) -> None:
    cache = {f"m/__pycache__/{n}.cpython-37.pyc": b"\0" for n in "abc"}
    first = choose(make_tree({"m/a.py": "", **cache}), "2023-01-01")[0]
    assert (first.version, first.why) == ("3.7", "used")


NOTEBOOK = '{"cells": [], "metadata": {"language_info": {"name": "python", "version": "3.7.4"}}, "nbformat": 4}'
CLASSIFIED = "from setuptools import setup\nsetup(name='m', python_requires='>=3.7', classifiers=[{}])\n"


@pytest.mark.parametrize(
    ("classifiers", "version"),
    [
        ("'Programming Language :: Python :: 3.7', 'Programming Language :: Python :: 3.11'", "3.11"),
        ("'Programming Language :: Python :: 3.7', 'Programming Language :: Python :: 3.8'", "3.7"),
        ("", "3.7"),
    ],
)
def test_an_old_notebook_in_a_package_that_is_kept_up_to_date(make_tree, classifiers: str, version: str) -> None:
    files = {"m.py": "", "demo.ipynb": NOTEBOOK, "setup.py": CLASSIFIED.format(classifiers)}
    assert choose(make_tree(files), "2025-06-01")[0].version == version


def test_a_pin_that_has_left_the_traced_interpreter_behind(make_tree) -> None:
    tree = make_tree({"m.py": "", "demo.ipynb": NOTEBOOK, "requirements.txt": "numpy==1.24.3\n"})
    assert choose(tree, "2025-06-01")[0].version == "3.8"
    older = make_tree({"requirements.txt": "numpy==1.13.0\n"})
    assert choose(older, "2025-06-01")[0].version == "3.7"  # no wheel there, but it may be compiled


def test_of_several_traces_the_one_nearest_to_its_date_counts(make_tree) -> None:
    old = {f"m/__pycache__/{n}.cpython-36.pyc": b"\0" for n in "abcd"}
    new = {f"m/__pycache__/{n}.cpython-39.pyc": b"\0" for n in "ab"}
    assert choose(make_tree({"m/a.py": "", **old, **new}), "2023-06-01")[0].version == "3.9"


def test_a_newcomer_reads_statements_and_nothing_else(make_tree) -> None:
    files = {
        "m/a.py": "match = 1\n",
        "m/__pycache__/a.cpython-37.pyc": b"\0",
        "requirements.txt": "torch==1.7.0\n",
    }
    tree = make_tree(files)
    assert choose(tree, "2026-11-01", newcomer=True)[0].version == find_usual_python(TODAY)
    assert (
        choose(make_tree({**files, "README.md": "Python 3.8\n"}), "2026-11-01", newcomer=True)[0].version == "3.8"
    )


@pytest.mark.parametrize(
    ("code", "version"),
    [
        ("if (n := 3) > 2: pass\n", "3.8"),
        ("match x:\n    case 1: pass\n", "3.10"),
        ("def f(x: list[int]): ...\n", "3.9"),
        ("def f(x: int | None): ...\n", "3.10"),
        ("from typing import Self\n", "3.11"),
        ("try:\n    pass\nexcept* ValueError:\n    pass\n", "3.11"),
        ("type X = int\n", "3.12"),
        ("import tomllib\n", "3.11"),
        ("x = 'a'.removeprefix('b')\n", "3.9"),
    ],
)
def test_syntax_bounds_from_below(make_tree, code, version) -> None:
    choices = choose(make_tree({"a.py": code}), "2018-01-01")
    assert (choices[0].version, choices[0].why) == (version, "bounded")
    assert (choices[0].evidence[0].source, choices[0].evidence[0].line is not None) == ("a.py", True)


@pytest.mark.parametrize(
    "code",
    [
        "from __future__ import annotations\ndef f(x: list[int]): ...\n",
        "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
        "import sys\nif sys.version_info >= (3, 8):\n    from typing import Literal\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from typing import Self\n",
        "with (open('a')) as f: pass\n",
    ],
)
def test_guarded_code_does_not_bound(make_tree, code) -> None:
    assert find_syntax_bounds(make_tree({"a.py": code})).lowest <= 7


@pytest.mark.parametrize(
    ("code", "highest"),
    [
        ("import imp\n", 11),
        ("from collections import Mapping\n", 9),
        ("import collections\nx = collections.Callable\n", 9),
        ("import time\nt = time.clock()\n", 7),
        ("from distutils.version import LooseVersion\n", 11),
    ],
)
def test_removed_modules_bound_from_above(make_tree, code, highest) -> None:
    assert find_syntax_bounds(make_tree({"a.py": code})).highest == highest


def test_a_module_of_ones_own_is_not_the_removed_one(make_tree) -> None:
    assert find_syntax_bounds(make_tree({"a.py": "import parser\n", "parser.py": ""})).highest is None


def test_tests_and_third_party_code_do_not_bound(make_tree) -> None:
    tree = make_tree({"a.py": "", "tests/b.py": "match x:\n    case 1: pass\n", "third_party/c.py": "(n := 1)\n"})
    assert find_syntax_bounds(tree).lowest == 0


def test_python_2_code_is_said_with_its_lines(make_tree) -> None:
    tree = make_tree(
        {"a.py": "import os\nprint 'hello'\n", "b.py": "try:\n    x()\nexcept E, e:\n    pass\n", "c.py": ""}
    )
    bounds = find_syntax_bounds(tree)
    assert bounds.python2
    assert [(e.source, e.line) for e in bounds.evidence] == [("a.py", 2), ("b.py", 3)]
    assert choose(tree, available=("2.7", *ALL))[0].version == "2.7"
    assert choose(tree)[0].version in ALL


def test_one_old_file_among_many_does_not_make_python_2(make_tree) -> None:
    tree = make_tree({"a.py": "print 'x'\n", "b.py": "", "c.py": ""})
    assert not find_syntax_bounds(tree).python2


def test_nothing_is_known_and_nothing_is_there(make_tree) -> None:
    first = choose(make_tree({}), "2020-01-01")[0]
    assert (first.version, first.why) == ("3.7", "usual")
    with pytest.raises(ValueError, match="no interpreter"):
        choose(make_tree({}), available=())


@pytest.mark.parametrize(
    ("date", "version"),
    [
        ("2019-11-05", "3.7"),
        ("2021-01-26", "3.8"),
        ("2023-01-03", "3.9"),
        ("2024-07-07", "3.10"),
        ("2025-07-06", "3.11"),
    ],
)
def test_the_usual_one_by_date(date: str, version: str) -> None:
    assert find_usual_python(datetime.fromisoformat(date)) == version


@pytest.mark.parametrize(
    ("requirement", "allowed"),
    [
        ("torch==1.7.0", {"3.6", "3.7", "3.8"}),
        ("torch==1.11.0", {"3.7", "3.8", "3.9", "3.10"}),
        ("torch==1.7.*", {"3.6", "3.7", "3.8", "3.9"}),
        ("tensorflow==2.5.0", {"3.6", "3.7", "3.8", "3.9"}),
        ("torch==99.0", None),
        ("torch", None),
        ("unheard-of==1.0", None),
        ("torch @ https://example.org/torch.whl", None),
    ],
)
def test_the_table_of_wheels(requirement: str, allowed: set[str] | None) -> None:
    found = find_interpreters_with_wheels(requirement)
    assert found == (frozenset(allowed) if allowed else None) or (requirement == "torch==99.0" and found)


def test_stated_interpreters_leave_traces_out(make_tree) -> None:
    tree = make_tree({"README.md": "Python 3.7\n", "m/__pycache__/a.cpython-38.pyc": b"\0", "m/a.py": ""})
    said = find_stated_interpreters(tree, find_specifications(tree), collect_author_statements(tree))
    assert [s.version for s in said] == ["3.7"]


def test_pages_further_down_bound_where_no_specification_says_anything(make_tree) -> None:
    page = "```\npip install torch==1.9.0 numpy==1.24.3\n```\n"
    trace = {"code/__pycache__/lamp.cpython-313.pyc": b"", "code/lamp.py": "import torch\n"}
    first = choose(make_tree({"code/lamp/README.md": page, **trace}), "2026-06-01")[0]
    assert (first.version, first.why) == ("3.9", "bounded")
    declared = {"requirements.txt": "numpy\n", "code/lamp/README.md": page, **trace}
    assert choose(make_tree(declared), "2026-06-01")[0].version == "3.13"
