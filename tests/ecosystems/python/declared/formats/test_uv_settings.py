"""What a plan hands over of a repository's settings for uv, which our own uv never reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.declared.formats.uv_settings import UvSettings, read_uv_settings
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey
from checker.sandbox.docker.sandbox import VARIABLES

PYPROJECT = """
[tool.uv]
index = [{ name = "torch", url = "https://torch.example/whl" }, { url = 3 }, 4]
extra-index-url = ["https://extra.example/simple", 5]
[tool.uv.pip]
index-url = "https://mirror.example/simple/"
"""

OF_DEVELOPERS = """
required-version = "==0.4.18"
exclude-newer = "2024-03-25"
constraint-dependencies = ["six<2", 3]
override-dependencies = ["numpy==1.26.4"]
no-build-isolation-package = ["flash-attn"]
prerelease = "allow"
index-url = "https://pypi.org/simple"
"""

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.12",))


def test_every_way_to_name_an_index(make_tree) -> None:
    files = {"pyproject.toml": PYPROJECT, "sub/uv.toml": 'default-index = "https://sub.example/simple"\n'}
    tree = make_tree(files)
    whole = ("https://extra.example/simple", "https://torch.example/whl", "https://mirror.example/simple/")
    assert read_uv_settings(tree).indexes == whole
    assert read_uv_settings(tree, "sub").indexes == ("https://sub.example/simple", *whole)


@pytest.mark.parametrize("date", ["'1 week'", "3", "'x'", "[]"])
def test_no_settings_and_broken_ones_say_nothing(make_tree, date: str) -> None:
    assert read_uv_settings(make_tree({"a.py": ""})) == UvSettings()
    files = {"pyproject.toml": "<<<<<<<\n", "uv.toml": f"pip = 3\nindex = 4\nexclude-newer = {date}\n"}
    assert read_uv_settings(make_tree(files)) == UvSettings()


def test_the_sandbox_s_uv_reads_no_settings() -> None:
    assert VARIABLES["UV_NO_CONFIG"] == "1"


@pytest.mark.parametrize("name", ["uv.toml", "pyproject.toml"])
@pytest.mark.parametrize("way", Way)
def test_what_concerns_packages_is_handed_over(make_tree, name: str, way: Way) -> None:
    table = OF_DEVELOPERS if name == "uv.toml" else f"[tool.uv]{OF_DEVELOPERS}"
    files = {name: table, "README.md": "```\nuv pip install six\nuv run a.py\n```\n", "a.py": "import six\n"}
    plan = plan_for(survey(make_tree(files)), FACTS, way)
    assert (plan.constraints, plan.overrides, plan.indexes) == (("six<2",), ("numpy==1.26.4",), ())
    assert (spec_of(plan).no_build_isolation, spec_of(plan).prereleases) == (("flash-attn",), True)
    resolve = next(step for step in plan.steps if step.name == "resolve")
    assert resolve.argv[resolve.argv.index("--prerelease") + 1] == "allow"
    of_author = datetime(2024, 3, 25, tzinfo=UTC)
    assert (plan.cutoff == of_author) is (way is Way.AS_PUBLISHED)


def test_who_installs_with_pip_gets_nothing_of_it(make_tree) -> None:
    files = {"uv.toml": OF_DEVELOPERS, "README.md": "```\npip install six\n```\n", "a.py": "import six\n"}
    plan = plan_for(survey(make_tree(files)), FACTS, Way.AS_PUBLISHED)
    assert (plan.constraints, plan.overrides, plan.cutoff) == ((), (), None)
    assert not spec_of(plan).prereleases
