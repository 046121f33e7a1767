"""A repository that its own code imports by the name of its clone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.code.self_import import ABOVE, find_own_name
from checker.ecosystems.python.ecosystem import find_missing as missing
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2022, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/lamp", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
TRAIN = "from lamp import model\nimport lamp.data\n\nif __name__ == '__main__':\n    model.run()\n"
FILES = {"train.py": TRAIN, "model.py": "", "data/read.py": ""}


@pytest.mark.parametrize("way", Way)
def test_a_link_of_that_name_stands_on_the_path(make_tree, way: Way) -> None:
    tree = make_tree(FILES)
    plan = plan_for(survey(tree), FACTS, way)
    assert dict(plan.env)["PYTHONPATH"] == ABOVE
    step = next(step for step in plan.steps if step.name == "name the repository lamp")
    assert step.argv[-3:] == (ABOVE, "/code/src", "lamp")
    assert ("train.py", 1) in {(e.source, e.line) for e in plan.evidence}
    assert missing(tree, ()) == ()


@pytest.mark.parametrize(
    "files",
    [
        {**FILES, "model.py": None},
        {**FILES, "lamp/__init__.py": ""},
        {"train.py": "from lamp import model\n", "model.py": ""},
        {"train.py": "import json.decoder\nfrom json import model\n", "model.py": "", "decoder.py": ""},
        {"train.py": "from torch import optim\nimport torch.utils\n", "optim.py": "", "utils.py": ""},
    ],
    ids=["one is not there", "the package is there", "one alone", "standard library", "a known package"],
)
def test_no_name_of_its_own(make_tree, files: dict[str, str | None]) -> None:
    tree = make_tree({path: text for path, text in files.items() if text is not None})
    assert find_own_name(tree, survey(tree).scan.imports) is None
