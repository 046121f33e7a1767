"""Libraries copied into a tree are known by name, metadata, layout and size; their tests are their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import python_language as python
from small_trees import make_tree

from checker.core.values.plans import Phase
from checker.ecosystems.python.declared.vendored import find_copied_projects, find_forked_library
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2023, 5, 1, tzinfo=UTC)
PAPER = "github.com/ada/paper"
SETUP = "setup(name='{name}', url='https://github.com/huggingface/{name}')\n"


def library(folder: str, count: int = 70) -> dict[str, str]:
    parts = {f"{folder}/part{n}.py": "import gone_with_the_wind\n" for n in range(count)}
    return {**parts, f"{folder}/__init__.py": "__version__ = '4.1.0'\n"}


def below(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in files.items()}


TESTS = {"tests/test_a.py": "def test_a(): pass\n"}
WHOLE = {**library("src/transformers"), "setup.py": SETUP.format(name="transformers"), **TESTS}


@pytest.mark.parametrize(
    ("files", "copies"),
    [
        (below("transformers", WHOLE), ("transformers",)),
        (below("lib/transformers-4.1", WHOLE), ("lib/transformers-4.1",)),
        (library("diffusers"), ("diffusers",)),
        (library("code/diffusers"), ("code/diffusers",)),
        (library("diffusers", 10), ()),
        (library("lanterns_of_ada"), ()),
        ({**library("diffusers"), "diffusers/__init__.py": ""}, ()),
        ({**library("diffusers"), "setup.py": SETUP.format(name="diffusers")}, ()),
        (WHOLE, ()),
    ],
)
def test_copies_are_found(tmp_path: Path, files: dict[str, str], copies: tuple[str, ...]) -> None:
    assert find_copied_projects(make_tree(tmp_path, files), ".") == copies


@pytest.mark.parametrize(
    ("files", "repository", "package"),
    [
        (WHOLE, PAPER, "src/transformers"),
        (WHOLE, "github.com/ada/transformers", ""),
        (WHOLE, "github.com/huggingface/transformers", ""),
        ({**WHOLE, "setup.py": "setup(name='transformers')\n"}, PAPER, ""),
        ({**WHOLE, "setup.py": SETUP.format(name="lanterns-of-ada")}, PAPER, ""),
    ],
)
def test_forks_are_known_by_the_address_of_what_they_are_forks_of(
    tmp_path: Path, files: dict[str, str], repository: str, package: str
) -> None:
    assert find_forked_library(make_tree(tmp_path, files), ".", repository) == package


OWN = {"README.md": "```\npython fit.py\n```\n", "fit.py": "import torch\nimport transformers\n"}


@pytest.mark.parametrize("files", [below("transformers", WHOLE), {**library("transformers"), **TESTS}, WHOLE])
def test_what_a_library_wants_is_not_missing_in_the_repository(tmp_path: Path, files: dict[str, str]) -> None:
    facts = Knowledge(repository=PAPER, code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
    tree = make_tree(tmp_path, {**files, **OWN})
    plan = python.make_plans(tree, facts)[0]
    assert [step.name for step in plan.steps if step.phase is Phase.RUN] == ["start python fit.py"]
    own_tests = {**library("transformers"), **TESTS} == files
    assert any(step.phase is Phase.TEST for step in plan.steps) is own_tests
    assert "transformers" not in survey(tree).copied_modules or "gone_with" not in dict(plan.files)["imports.json"]
    assert not python.missing(tree, (), PAPER)
