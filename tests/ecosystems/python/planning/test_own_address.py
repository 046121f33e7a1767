"""A line that installs the checked repository from its host means the code that is here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2022, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="Ada/Paper", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
SETUP = "from setuptools import setup\nsetup(name='ada-lib', packages=['ada'])\n"


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("git+https://github.com/ada/paper.git", False),
        ("git+https://github.com/ada/paper@v1.0", False),
        ("git+ssh://git@github.com/ada/paper.git@main", False),
        ("git+https://github.com/other/paper.git", True),
        ("git+https://github.com/ada/paper-two", True),
    ],
)
def test_the_own_address(make_tree, way: Way, address: str, kept: bool) -> None:
    page = f"```\npip install numpy\npip install {address}\n```\n"
    plan = plan_for(survey(make_tree({"README.md": page, "setup.py": SETUP, "ada/__init__.py": ""})), FACTS, way)
    assert "numpy" in plan.requirements
    assert any("git+" in line for line in plan.requirements) is kept
    assert spec_of(plan).folders == (".",)
