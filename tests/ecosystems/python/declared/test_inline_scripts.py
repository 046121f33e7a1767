"""Scripts that state what they need in a comment, after PEP 723."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.declared.managers.inline_scripts import read_block
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.survey import survey

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.10", "3.11", "3.12"))
FIT = """
#!/usr/bin/env -S uv run --script
# /// script
# requires-python = "==3.11.*"
# dependencies = [
#   "six",
#   "attrs>=22",
# ]
#
# [tool.uv.sources]
# attrs = { git = "https://github.com/python-attrs/attrs", tag = "23.1.0" }
# ///
import attr, six
"""
PLOT = "# /// script\n# dependencies = ['wheel']\n# ///\nimport wheel\n"
ATTRS = "attrs @ git+https://github.com/python-attrs/attrs@23.1.0"


@pytest.mark.parametrize(
    ("page", "requirements"),
    [
        ("uv run fit.py", [ATTRS, "six"]),
        ("uv run --script fit.py --n 3", [ATTRS, "six"]),
        ("pipx run fit.py", [ATTRS, "six"]),
        ("python fit.py", [ATTRS, "six"]),
        ("./fit.py", [ATTRS, "six"]),
        ("cd tools && uv run plot.py", ["wheel"]),
        ("uv run fit.py\nuv run tools/plot.py", [ATTRS, "six", "wheel"]),
        ("", [ATTRS, "six", "wheel"]),
    ],
)
def test_the_scripts_that_a_page_starts_count(make_tree, page: str, requirements: list[str]) -> None:
    files = {"fit.py": FIT, "tools/plot.py": PLOT, "README.md": f"```\n{page}\n```\n"}
    plan = plan_for(survey(make_tree(files)), FACTS, Way.AS_PUBLISHED)
    assert sorted(plan.requirements) == requirements
    assert (plan.interpreter == "3.11") is ("six" in requirements)


def test_beside_a_specification_only_what_is_started_counts(make_tree) -> None:
    files = {"tools/plot.py": PLOT, "requirements.txt": "six\n", "main.py": "import six\n"}
    for page, requirements in (("python main.py", ["six"]), ("uv run tools/plot.py", ["six", "wheel"])):
        tree = make_tree({**files, "README.md": f"```\n{page}\n```\n"})
        assert sorted(plan_for(survey(tree), FACTS, Way.AS_PUBLISHED).requirements) == requirements


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("# /// script\n# a = 1\n#\n# b = 2\n# ///\n", "a = 1\n\nb = 2"),
        ("# /// script\n# a = 1\n", None),
        ("# /// script\n# a = 1\nx = 1\n# ///\n", None),
        ("# /// script\n# a = '''\n# ///\n# '''\n# ///\n", "a = '''\n///\n'''"),
        ("x = 1\n", None),
        ("# /// other\n# ///\n", None),
    ],
)
def test_where_a_block_begins_and_ends(text: str, block: str | None) -> None:
    assert read_block(text) == block


def test_a_block_with_a_mistake_is_told(make_tree) -> None:
    tree = make_tree({"fit.py": "# /// script\n# dependencies = [\n# ///\nimport six\n"})
    [spec] = survey(tree).project.specifications
    assert spec.unreadable[0].startswith("fit.py: ")
