"""A lock that contradicts the specification beside it is left out, and the plan says why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2022, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="github.com/ada/paper", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
LOCK = '[[package]]\nname = "numpy"\nversion = "1.19.5"\n\n[[package]]\nname = "six"\nversion = "1.16.0"\n'


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("numpy>=1.18", ("numpy==1.19.5", "six==1.16.0")),
        ("numpy>=1.22", ()),
        ("numpy>=1.22; python_version < '3.7'", ("numpy==1.19.5", "six==1.16.0")),
        ("scipy", ("numpy==1.19.5", "six==1.16.0")),
    ],
)
@pytest.mark.parametrize("way", Way)
def test_a_lock_that_the_specification_has_outgrown(
    make_tree, asked: str, kept: tuple[str, ...], way: Way
) -> None:
    files = {
        "pyproject.toml": f'[project]\nname = "a"\nversion = "1"\ndependencies = ["{asked}"]\n',
        "poetry.lock": LOCK,
        "README.md": "```\npoetry install\n```\n",
        "a.py": "import numpy\n",
    }
    plan = plan_for(survey(make_tree(files)), FACTS, way)
    assert plan.constraints == kept
    said = [e for e in plan.evidence if "poetry.lock is left out" in e.claim]
    assert [e.source for e in said] == ([] if kept else ["pyproject.toml"])
