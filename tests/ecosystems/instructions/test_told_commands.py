"""Inline code that a sentence has its reader type is a command; inline code that is only mentioned is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.declared.page_commands import read_commands


@pytest.mark.parametrize(
    ("sentence", "commands"),
    [
        ("Run `tox` to reproduce.", ["tox"]),
        ("To begin, execute `make all`.", ["make all"]),
        ("Tests are started by running `pytest -q`.", ["pytest -q"]),
        ("You can run the analysis with `uv run fit.py`.", ["uv run fit.py"]),
        ("Do not run `make clean` here.", []),
        ("Instead of calling `make`, use the script.", []),
        ("We need `make` and a compiler.", []),
        ("Run `frobnicate` first.", []),
        ("### Training: python fit.py --epochs 1", ["python fit.py --epochs 1"]),
        ("2. Second step: sh all.sh", ["sh all.sh"]),
        ("Call <code>python fit.py --n &lt;N&gt;</code> twice.", ["python fit.py --n <N>"]),
        ("Note: python fit.py reads the table that was downloaded.", []),
        ("See https: python fit.py and others", []),
    ],
)
def test_what_a_sentence_has_its_reader_type(tmp_path: Path, sentence: str, commands: list[str]) -> None:
    tree = make_tree(tmp_path, {"README.md": f"# Lamps\n\n{sentence}\n"})
    assert [command.raw for command in read_commands(tree)] == commands
