"""Which steps are tried above an environment, and which rung each can bear out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.base import Facts
from checker.ecosystems.python import ecosystem as python
from checker.models import Phase

MOMENT = datetime(2023, 5, 1, tzinfo=UTC)
FACTS = Facts(repository="github.com/ada/paper", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
SCRIPT = "import argparse\np = argparse.ArgumentParser()\np.add_argument('name')\np.parse_args()\n"


@pytest.mark.parametrize(
    ("command", "phase"),
    [
        ("python convert.py mnist", Phase.RUN),
        ("python convert.py --out=/data/out mnist", Phase.RUN),
        ("python convert.py $NAME", Phase.START),
        ("python convert.py <name>", Phase.START),
        ("python convert.py {name}", Phase.START),
    ],
)
def test_a_command_with_marks_left_open_bears_out_no_run(tmp_path: Path, command: str, phase: Phase) -> None:
    tree = make_tree(tmp_path / "tree", {"README.md": f"```\n{command}\n```\n", "convert.py": SCRIPT})
    steps = python.plans(tree, FACTS)[0].steps
    assert [step.phase for step in steps if step.name == "start python convert.py"] == [phase]
