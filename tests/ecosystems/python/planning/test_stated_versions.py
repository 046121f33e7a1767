"""An added package gets the version that the author names beside the specification."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2022, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="github.com/ada/paper", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
CODE = {"train.py": "import numpy\nimport torch\n", "requirements.txt": "numpy\n"}


def added(make_tree, files: dict[str, str], way: Way = Way.REPAIRED) -> list[str]:
    plan = plan_for(survey(make_tree({**CODE, **files})), FACTS, way)
    return [line for line in plan.requirements if line.startswith("torch")]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"README.md": "## Requirements\n\n- PyTorch 1.9.0\n"}, "torch==1.9.0"),
        ({"README.md": "Install PyTorch >= 1.9 first.\n"}, "torch>=1.9"),
        ({"environment.yml": "dependencies:\n- pip:\n  - torch==1.9.0\n"}, "torch==1.9.0"),
        (
            {"setup.cfg": "[metadata]\nname = a\n[options.extras_require]\nall = torch>=1.9,<2\n"},
            "torch<2,>=1.9",
        ),
        ({"README.md": "PyTorch 1.9.0 or, for older cards, PyTorch 1.4.0\n"}, "torch"),
        ({"README.md": "We used PyTorch 1.4 years ago.\n"}, "torch"),
        ({"other/deep/README.md": "PyTorch 1.4.0\n"}, "torch"),
        ({"README.md": "Code of the paper.\n"}, "torch"),
    ],
)
def test_the_version_that_the_author_names(make_tree, files: dict[str, str], line: str) -> None:
    assert added(make_tree, files) == [line]


def test_the_place_of_the_statement_is_evidence(make_tree) -> None:
    tree = make_tree({**CODE, "README.md": "Code of the paper.\n\nPyTorch 1.9.0\n"})
    plan = plan_for(survey(tree), FACTS, Way.REPAIRED)
    repair = next(repair for repair in plan.repairs if repair.changed == "added torch==1.9.0")
    assert [(e.source, e.line) for e in repair.evidence] == [("train.py", 2), ("README.md", 3)]


def test_the_ways_before_are_the_specification_alone(make_tree) -> None:
    for way in (Way.AS_PUBLISHED, Way.PERIOD):
        assert added(make_tree, {"README.md": "PyTorch 1.9.0\n"}, way) == []


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("tensorflow (1.8.0)", "tensorflow==1.8.0"),
        ("tensorflow 1.8", "tensorflow==1.8.*"),
        ("tensorflow 2.4.0", "tensorflow<2"),
        ("tensorflow >= 1.8", "tensorflow<2"),
    ],
)
def test_a_version_that_lies_in_the_range_that_the_code_asks_for(make_tree, page: str, line: str) -> None:
    files = {"train.py": "import tensorflow.contrib.layers\n", "README.md": f"Needs {page}.\n"}
    tree = make_tree({**CODE, **files})
    assert line in plan_for(survey(tree), FACTS, Way.REPAIRED).requirements
