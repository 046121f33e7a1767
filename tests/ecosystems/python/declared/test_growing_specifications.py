"""Specifications whose parts name each other: each part is read once, whatever names it how often."""

from __future__ import annotations

import time
from pathlib import Path

from checker.core.tree import Tree
from checker.ecosystems.python.declared.formats.pyproject import read_pyproject
from checker.ecosystems.python.survey import survey


def test_groups_that_include_each_other_twice_are_read_once(tmp_path: Path) -> None:
    rows = [f"g{i}=[{{include-group='g{i - 1}'}},{{include-group='g{i - 1}'}},'a{i}']" for i in range(1, 40)]
    text = "\n".join(
        ["[project]", "name='p'", "[dependency-groups]", "g0=['six']", *rows, "own=[{include-group='own'}]"]
    )
    (tmp_path / "pyproject.toml").write_text(text + "\n")
    began = time.process_time()
    found = read_pyproject(Tree(tmp_path), "pyproject.toml")
    assert time.process_time() - began < 5
    assert found is not None
    last = [item.name for item in found.requirements if item.listed == "g39"]
    assert sorted(last) == sorted(["six", *(f"a{i}" for i in range(1, 40))])
    assert any("own includes itself" in said for said in found.unreadable)


def test_groups_nested_without_end_are_bounded(tmp_path: Path) -> None:
    rows = [f"g{i}=[{{include-group='g{i + 1}'}},'six']" for i in range(3_000)]
    (tmp_path / "pyproject.toml").write_text("\n".join(["[dependency-groups]", *rows]) + "\n")
    began = time.process_time()
    assert read_pyproject(Tree(tmp_path), "pyproject.toml") is not None
    assert time.process_time() - began < 15


def test_a_workspace_is_read_once_for_all_its_members(tmp_path: Path) -> None:
    count = 600
    sources = "\n".join(f"m{i}={{workspace=true}}" for i in range(count))
    workspace = "[tool.uv.workspace]\nmembers=['libs/*']\n[tool.uv.sources]\n"
    (tmp_path / "pyproject.toml").write_text(
        f"[project]\nname='p'\nversion='1'\ndependencies=['m0']\n{workspace}{sources}\n"
    )
    for number in range(count):
        folder = tmp_path / "libs" / f"m{number}"
        folder.mkdir(parents=True)
        following = (number + 1) % count
        (folder / "pyproject.toml").write_text(
            f"[project]\nname='m{number}'\nversion='1'\ndependencies=['m{following}']\n"
            f"[tool.uv.sources]\nm{following}={{workspace=true}}\n"
        )
    (tmp_path / "main.py").write_text("import six\n")
    began = time.process_time()
    found = survey(Tree(tmp_path))
    assert found.entry_points is not None
    assert time.process_time() - began < 10
