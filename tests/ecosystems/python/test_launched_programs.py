"""Project managers are looked through to what they run, wherever their options stand."""

from __future__ import annotations

import shlex

import pytest

from checker.ecosystems.python.launchers import find_launch


@pytest.mark.parametrize(
    "command",
    [
        "pixi run -e exp python main.py --n 3",
        "pixi run --environment exp python main.py --n 3",
        "pixi run --manifest-path pixi.toml python main.py --n 3",
        "uv run --extra a --group b --with x main.py --n 3",
        "uv --directory x run main.py --n 3",
        "poetry -C src run python main.py --n 3",
        "hatch run exp:python main.py --n 3",
        "hatch -e exp run python main.py --n 3",
        "conda run -n x --no-capture-output python main.py --n 3",
    ],
)
def test_the_command_of_a_manager(command: str) -> None:
    launch = find_launch(shlex.split(command))
    assert launch is not None
    assert launch.argv == ("python", "main.py", "--n", "3")


@pytest.mark.parametrize("command", ["uv sync", "uv tool run x", "poetry", "hatch", "hatch -e", "pixi run"])
def test_what_runs_nothing(command: str) -> None:
    assert find_launch(shlex.split(command)) is None
