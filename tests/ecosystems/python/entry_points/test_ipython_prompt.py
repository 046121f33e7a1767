"""Scripts that pages start at IPython's prompt: `run fit.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.find import find_entry_points
from checker.ecosystems.python.launchers import find_launch


@pytest.mark.parametrize(
    ("command", "script", "arguments"),
    [
        ("run studies/fit.py", "studies/fit.py", ()),
        ("%run -i -t fit.py 3 --fast", "fit.py", ("3", "--fast")),
        ("run ./fit.py", "fit.py", ()),
    ],
)
def test_run_starts_a_script(command: str, script: str, arguments: tuple[str, ...]) -> None:
    launch = find_launch(command.split())
    assert launch is not None
    assert (launch.script, launch.arguments, launch.prompt) == (script, arguments, True)


@pytest.mark.parametrize("command", ["run all", "run fit.pyx", "run make fit.py", "runs fit.py", "run"])
def test_other_words_start_nothing(command: str) -> None:
    assert find_launch(command.split()) is None


def test_a_module_beside_the_page_is_found_as_at_the_prompt(tmp_path: Path) -> None:
    page = "First `ipython`.\n\n```\nrun studies/fit.py\nrun away from it\n```\n"
    tree = make_tree(
        tmp_path, {"README.md": page, "studies/fit.py": "import stars\nstars.fit()\n", "stars.py": "x = 1\n"}
    )
    found = [entry for entry in find_entry_points(tree, read_commands(tree)) if entry.declared]
    assert [(entry.start, entry.cwd) for entry in found] == [(("python", "studies/fit.py"), ".")]
    assert dict(found[0].env) == {"PYTHONPATH": "/code/src"}


def test_ipython_itself_puts_its_folder_on_the_path(tmp_path: Path) -> None:
    tree = make_tree(
        tmp_path,
        {"README.md": "```\nipython studies/fit.py\npython studies/fit.py 2\n```\n", "studies/fit.py": "x = 1\n"},
    )
    found = [entry for entry in find_entry_points(tree, read_commands(tree)) if entry.declared]
    assert {entry.start: dict(entry.env) for entry in found} == {
        ("python", "studies/fit.py"): {"PYTHONPATH": "/code/src"},
        ("python", "studies/fit.py", "2"): {},
    }
