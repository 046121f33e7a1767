"""Commands that are there once a project has been installed, or that Bazel builds, start the code on pages too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.declared.installed_commands import find_installed_commands, list_all_commands
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.entry_point import EntryKind, EntryPoint
from checker.ecosystems.python.entry_points.find import find_entry_points
from checker.ecosystems.python.launchers import find_bazel_launch

FIT = "import argparse\nimport torch\np = argparse.ArgumentParser()\nif __name__ == '__main__':\n    main()\n"
SETUP = """
from setuptools import setup
setup(name="lamps", scripts=["bin/lamp-sort", "lamps/fit.py"],
      entry_points={"console_scripts": ["lamp = lamps.cli:main", "check = pytest:main"]})
"""
LAMPS = {
    "setup.py": SETUP,
    "lamps/__init__.py": "",
    "lamps/cli.py": FIT.replace("if __name__ == '__main__':", "def main():"),
    "lamps/fit.py": FIT,
    "bin/lamp-sort": "#!/usr/bin/env python3\n" + FIT,
    "data/a.csv": "1\n",
}


def entries(tmp_path: Path, files: Mapping[str, str]) -> list[EntryPoint]:
    tree = make_tree(tmp_path, files)
    return [entry for entry in find_entry_points(tree, read_commands(tree)) if entry.start and entry.declared]


@pytest.mark.parametrize(
    ("line", "start", "script"),
    [
        ("lamp fit --data data/a.csv", ("lamp", "fit", "--data", "data/a.csv"), "lamps/cli.py"),
        ("$ lamp fit", ("lamp", "fit"), "lamps/cli.py"),
        ("LAMPS=1 lamp fit", ("lamp", "fit"), "lamps/cli.py"),
        ("fit.py --data data/a.csv", ("python", "lamps/fit.py", "--data", "data/a.csv"), "lamps/fit.py"),
        ("lamp-sort data/a.csv", ("python", "bin/lamp-sort", "data/a.csv"), "bin/lamp-sort"),
    ],
)
@pytest.mark.parametrize("block", ["```\n{}\n```\n", "```bash\n{}\n```\n", "```python\n>>> x\n{}\n```\n"])
def test_an_installed_command_on_a_page_is_a_start(
    tmp_path: Path, block: str, line: str, start: tuple[str, ...], script: str
) -> None:
    [entry] = entries(tmp_path, {**LAMPS, "README.md": block.format(line)})
    assert (entry.start, entry.script, entry.cwd) == (start, script, ".")
    assert entry.evidence[0].source == "README.md"


def test_a_console_script_is_called_where_it_is_installed(tmp_path: Path) -> None:
    [entry] = entries(tmp_path, {**LAMPS, "README.md": "```\nlamp fit\n```\n"})
    assert (entry.kind, entry.target) == (EntryKind.CONSOLE_SCRIPT, "lamps.cli:main")


@pytest.mark.parametrize("line", ["lamp", "lamp --help", "lamps fit", "check all", "the lamp fits"])
def test_what_is_no_start(tmp_path: Path, line: str) -> None:
    """Called bare, a command mostly says how it is to be called."""
    assert [e.start for e in entries(tmp_path, {**LAMPS, "README.md": f"```\n{line}\n```\n"})] in ([], [("lamp",)])


def test_a_shell_script_may_call_it(tmp_path: Path) -> None:
    files = {**LAMPS, "README.md": "```\nbash run.sh\n```\n", "run.sh": "lamp fit --data data/a.csv\n"}
    [entry] = entries(tmp_path, files)
    assert entry.start == ("lamp", "fit", "--data", "data/a.csv")
    assert [item.source for item in entry.evidence] == ["README.md", "run.sh"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("setup.cfg", "[options]\nscripts =\n  bin/one\n  bin/two.py\n"),
        ("pyproject.toml", '[tool.setuptools]\nscript-files = ["bin/one", "bin/two.py"]\n'),
        ("setup.py", "setup(scripts=('bin/one', 'bin/two.py', 'bin/never.py', *MORE))\n"),
    ],
)
def test_script_files_of_every_declaration(tmp_path: Path, name: str, text: str) -> None:
    tree = make_tree(tmp_path, {name: text, "bin/one": "#!/bin/sh\n", "bin/two.py": FIT})
    found = find_installed_commands(tree)
    assert {key: each.path for key, each in found.items()} == {"one": "bin/one", "two.py": "bin/two.py"}
    assert list_all_commands(tree) == {"one", "two.py"}


@pytest.mark.parametrize(
    ("line", "module", "arguments"),
    [
        ("bazel-bin/stars/fit --steps=3", "stars.fit", ("--steps=3",)),
        ("./bazel-bin/stars/data/make a", "stars.data.make", ("a",)),
        ("bazel run //stars:fit -- --steps=3", "stars.fit", ("--steps=3",)),
        ("bazel run -c opt stars/fit", "stars.fit.fit", ()),
        ("bazel run :fit", "fit", ()),
        ("bazel build stars/...", None, ()),
        ("bazel run", None, ()),
        ("bazel-bin", None, ()),
    ],
)
def test_what_bazel_builds_is_a_module(line: str, module: str | None, arguments: tuple[str, ...]) -> None:
    launch = find_bazel_launch(line.split())
    assert (launch and (launch.module, launch.arguments)) == (module and (module, arguments))


def test_a_program_of_bazel_is_run_from_its_workspace_and_is_not_word_for_word(tmp_path: Path) -> None:
    page = "```bash\nbazel build stars/...\nbazel-bin/stars/fit --steps=3\n```\n"
    [entry] = entries(tmp_path, {"code/stars/fit.py": FIT, "code/WORKSPACE": "", "code/stars/README.md": page})
    assert (entry.start, entry.cwd) == (("python", "-m", "stars.fit", "--steps=3"), "code")
    assert entry.filled == ("bazel-bin/stars/fit → python -m stars.fit",)


def test_a_name_of_the_shells_own_means_that(tmp_path: Path) -> None:
    files = {
        **LAMPS,
        "setup.py": SETUP.replace("lamp =", "test ="),
        "README.md": "```\ntest -f data/a.csv\nfit.py a\n```\n",
    }
    assert [entry.script for entry in entries(tmp_path, files)] == ["lamps/fit.py"]


def test_the_root_is_read_first_where_there_are_many_projects(tmp_path: Path) -> None:
    many = {f"a{number}/setup.py": "setup()\n" for number in range(30)}
    assert "lamp" in list_all_commands(make_tree(tmp_path, {**LAMPS, **many}))
