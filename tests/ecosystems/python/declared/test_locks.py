"""Locks: entries of one name are told apart by their markers; what is the only specification is a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(
    repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.9", "3.10", "3.11", "3.12", "3.13")
)
PROJECT = '[project]\nname = "app"\nversion = "1"\ndependencies = ["numpy"]\n'
POETRY = (
    '[tool.poetry]\nname = "app"\nversion = "1"\npackage-mode = false\n[tool.poetry.dependencies]\nnumpy = "*"\n'
)


def make_plan(make_tree, files: Mapping[str, str]) -> BuildPlan:
    return plan_for(survey(make_tree({"main.py": "", **files})), FACTS, Way.AS_PUBLISHED)


UV = """
version = 1
requires-python = ">=3.11"
[[package]]
name = "numpy"
version = "2.2.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version >= '3.12'", "python_version == '3.11' and os_name == 'nt'"]
[[package]]
name = "numpy"
version = "1.26.4"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version < '3.12'"]
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
"""
POETRY_2 = """
[[package]]
name = "numpy"
version = "1.26.4"
python-versions = ">=3.9"
markers = "python_version < \\"3.12\\""
[[package]]
name = "numpy"
version = "2.2.0"
python-versions = ">=3.10"
markers = {main = "python_version >= \\"3.12\\"", dev = "python_version >= \\"3.13\\""}
"""
POETRY_1 = """
[[package]]
name = "numpy"
version = "1.24.4"
python-versions = ">=3.8"
[[package]]
name = "numpy"
version = "1.26.4"
python-versions = ">=3.9,<3.13"
"""
PDM = """
[[package]]
name = "numpy"
version = "1.26.4"
requires_python = ">=3.9"
marker = "python_version < \\"3.12\\""
[[package]]
name = "numpy"
version = "2.2.0"
requires_python = ">=3.10"
marker = "python_version >= \\"3.12\\""
"""


@pytest.mark.parametrize(
    ("files", "constraints"),
    [
        (
            {"pyproject.toml": PROJECT, "uv.lock": UV, "README.md": "```\nuv sync\n```\n"},
            (
                'numpy==2.2.0; python_full_version >= "3.12" or (python_version == "3.11" and os_name == "nt")',
                'numpy==1.26.4; python_full_version < "3.12"',
            ),
        ),
        (
            {"pyproject.toml": POETRY, "poetry.lock": POETRY_2, "README.md": "```\npoetry install\n```\n"},
            ('numpy==1.26.4; python_version < "3.12"', 'numpy==2.2.0; python_version >= "3.12"'),
        ),
        (
            {"pyproject.toml": POETRY, "poetry.lock": POETRY_1, "README.md": "```\npoetry install\n```\n"},
            (
                'numpy==1.26.4; python_full_version < "3.13" and python_full_version >= "3.9"',
                'numpy==1.24.4; python_full_version < "3.9" and python_full_version >= "3.8"',
            ),
        ),
        (
            {"pyproject.toml": PROJECT, "pdm.lock": PDM, "README.md": "```\npdm install\n```\n"},
            ('numpy==1.26.4; python_version < "3.12"', 'numpy==2.2.0; python_version >= "3.12"'),
        ),
    ],
)
def test_entries_of_one_name_count_under_their_markers(
    make_tree, files: Mapping[str, str], constraints: tuple[str, ...]
) -> None:
    plan = make_plan(make_tree, files)
    assert (plan.requirements, plan.constraints) == (("numpy",), constraints)


PYLOCK = """
lock-version = "1.0"
created-by = "pip"
requires-python = ">=3.10,<3.11"
default-groups = ["main"]
[[packages]]
name = "six"
version = "1.16.0"
marker = "python_version < '3.13'"
[[packages]]
name = "six"
version = "1.17.0"
marker = "python_version >= '3.13'"
[[packages]]
name = "attrs"
version = "23.1.0"
marker = "'main' in dependency_groups or 'dev' in dependency_groups"
[[packages]]
name = "ruff"
version = "0.5.0"
marker = "'dev' in dependency_groups"
[[packages]]
name = "wheel"
version = "0.40.0"
marker = "'wheels' in extras"
[[packages]]
name = "own"
directory = { path = "own", editable = true }
[[packages]]
name = "far"
vcs = { type = "git", url = "https://github.com/a/far", commit-id = "0123456789" }
"""
FAR = "far @ git+https://github.com/a/far@0123456789"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("pylock.toml", "uv pip sync pylock.toml"),
        ("pylock.toml", "python main.py"),
        ("pylock.cpu.toml", "pip install -r pylock.cpu.toml"),
        ("pylock.toml", "uv pip install -r pylock.toml"),
    ],
)
def test_a_lock_of_pep_751_is_the_specification(make_tree, name: str, page: str) -> None:
    own = {"own/setup.py": "from setuptools import setup\nsetup(name='own', install_requires=['toolz'])\n"}
    plan = make_plan(make_tree, {name: PYLOCK, "README.md": f"```\n{page}\n```\n", **own})
    expected = (
        'six==1.16.0; python_version < "3.13"',
        'six==1.17.0; python_version >= "3.13"',
        "attrs==23.1.0",
        FAR,
    )
    assert sorted(plan.requirements) == sorted((*expected, "toolz"))
    assert (plan.interpreter, spec_of(plan).folders) == ("3.10", ("own",))


def test_of_a_pipfile_lock_alone_the_default_section_is_the_specification(make_tree) -> None:
    lock = """{"_meta": {"requires": {"python_version": "3.11"}},
        "default": {"six": {"version": "==1.16.0", "markers": "python_version >= '2.7'"},
                    "own": {"path": "./own"}, "far": {"git": "https://github.com/a/far", "ref": "0123456789"}},
        "develop": {"pytest": {"version": "==8.0.0"}}}"""
    plan = make_plan(make_tree, {"Pipfile.lock": lock, "README.md": "```\npipenv sync\n```\n"})
    assert plan.interpreter == "3.11"
    assert plan.requirements[:1] == ('six==1.16.0; python_version >= "2.7"',)
    assert FAR in plan.requirements
    assert "pytest==8.0.0" not in plan.requirements


CONDA_LOCK = """
version: 1
metadata:
  platforms:
  - linux-64
package:
- name: python
  version: 3.10.13
  manager: conda
  platform: linux-64
  dependencies:
    libzlib: '>=1.2.13'
  url: https://conda.example/conda-forge/linux-64/python-3.10.13-hd12c33a_0_cpython.conda
  category: main
  optional: false
- name: six
  version: 1.16.0
  manager: conda
  platform: linux-64
  category: main
- name: six
  version: 1.15.0
  manager: conda
  platform: osx-arm64
  category: main
- name: pytest
  version: 8.0.0
  manager: conda
  platform: linux-64
  category: dev
- name: attrs
  version: 23.1.0
  manager: pip
  platform: linux-64
  category: main
"""
PIXI_LOCK = """
version: 6
environments:
  test:
    packages:
      linux-64:
      - pypi: https://files.example/packages/aa/ruff-0.5.0-py3-none-any.whl
  default:
    channels:
    - url: https://conda.example/conda-forge/
    packages:
      linux-64:
      - conda: https://conda.example/conda-forge/linux-64/python-3.10.13-hd12c33a_0_cpython.conda
      - conda: https://conda.example/conda-forge/noarch/six-1.16.0-pyh6c4a22f_0.tar.bz2
      - pypi: https://files.example/packages/bb/attrs-23.1.0-py3-none-any.whl
      osx-64:
      - pypi: https://files.example/packages/bb/attrs-22.1.0-py3-none-any.whl
packages:
- conda: https://conda.example/conda-forge/linux-64/python-3.10.13-hd12c33a_0_cpython.conda
  sha256: 00
- pypi: https://files.example/packages/bb/attrs-23.1.0-py3-none-any.whl
  name: attrs
  version: 23.1.0
"""


@pytest.mark.parametrize(
    ("name", "text", "page"),
    [
        ("conda-lock.yml", CONDA_LOCK, "conda-lock install --name app"),
        ("conda-lock.yml", CONDA_LOCK, "micromamba create -n app -f conda-lock.yml"),
        ("conda-lock.yml", CONDA_LOCK, "python main.py"),
        ("pixi.lock", PIXI_LOCK, "python main.py"),
        (
            "linux.lst",
            "# platform: linux-64\n@EXPLICIT\n"
            "https://conda.example/conda-forge/linux-64/python-3.10.13-hd12c33a_0_cpython.conda#00\n"
            "https://conda.example/conda-forge/noarch/six-1.16.0-pyh6c4a22f_0.tar.bz2\n"
            "https://conda.example/conda-forge/noarch/attrs-23.1.0-pyh71513ae_1.conda\n",
            "mamba create -n app --file linux.lst",
        ),
    ],
)
def test_locks_of_conda_are_the_specification(make_tree, name: str, text: str, page: str) -> None:
    plan = make_plan(make_tree, {name: text, "README.md": f"```\n{page}\n```\n"})
    assert plan.interpreter == "3.10"
    assert sorted(plan.requirements) == ["attrs==23.1.0", "six==1.16.0"]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("what-we-used", "pip install -r what-we-used"),
        ("install.lst", "uv pip sync install.lst"),
        ("ci/frozen-2023.lock", "pip install -r ci/frozen-2023.lock"),
        ("deps.compiled", "pip-sync deps.compiled"),
        ("used.list", "conda install --file used.list"),
    ],
)
def test_a_page_may_name_a_list_of_any_name(make_tree, name: str, command: str) -> None:
    plan = make_plan(make_tree, {name: "six==1.16.0\n", "README.md": f"```\n{command}\npython main.py\n```\n"})
    assert plan.requirements == ("six==1.16.0",)


@pytest.mark.parametrize(
    "name", ["poetry.lock", "uv.lock", "pylock.toml", "Pipfile.lock", "pixi.lock", "conda-lock.yml"]
)
@pytest.mark.parametrize(
    "text", ["", "<<<<<<<", "[[package]]\nname = 3\n", "package:\n- name: x\n", "{]", "[[packages]]\n"]
)
def test_what_is_no_lock_is_no_mistake(make_tree, name: str, text: str) -> None:
    assert make_plan(make_tree, {name: text}).steps
