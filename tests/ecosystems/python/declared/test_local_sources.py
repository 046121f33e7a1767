"""Requirements whose source is in the tree are installed from there, with what they need in turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Way
from checker.core.values.results import Attempt
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.next_plan import make_context
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.12",))

#: A library that needs another folder of the tree, which needs six; both have namesakes on the index.
LIBRARIES = {
    "libs/toolz/pyproject.toml": """
        [project]
        name = "toolz"
        version = "0.1"
        dependencies = ["attrs", "parse @ file:../parse"]
        optional-dependencies = {plot = ["wheel"], unused = ["numpy"]}
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"
        """,
    "libs/toolz/src/toolz/__init__.py": "import attr, parse\n",
    "libs/parse/setup.py": "from setuptools import setup\nsetup(name='parse', install_requires=['six'])\n",
    "libs/parse/parse.py": "import six\n",
    "main.py": "import toolz\n",
}
PROJECT = '[project]\nname = "app"\nversion = "1"\ndependencies = ["toolz[plot]"]\n'
POETRY = '[tool.poetry]\nname = "app"\nversion = "1"\n[tool.poetry.dependencies]\npython = "*"\n'
BUILT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'

STATEMENTS = {
    "uv path": {
        "pyproject.toml": PROJECT + '[tool.uv.sources]\ntoolz = { path = "libs/toolz", editable = true }\n'
    },
    "uv workspace": {
        "pyproject.toml": PROJECT
        + '[tool.uv.sources]\nToolz = { workspace = true }\n[tool.uv.workspace]\nmembers = ["libs/*"]\n'
    },
    "Poetry": {"pyproject.toml": POETRY + 'toolz = { path = "libs/toolz", extras = ["plot"] }\n'},
    "Poetry 2": {
        "pyproject.toml": PROJECT
        + '[tool.poetry.dependencies]\ntoolz = { path = "./libs/toolz", extras = ["plot"] }\n'
    },
    "PDM": {"pyproject.toml": PROJECT.replace("plot]", "plot] @ file:///${PROJECT_ROOT}/libs/toolz") + BUILT},
    "Hatch": {"pyproject.toml": PROJECT.replace("plot]", "plot] @ {root:uri}/libs/toolz") + BUILT},
    "Pipfile": {"Pipfile": '[packages]\ntoolz = {path = "libs/toolz", extras = ["plot"], editable = true}\n'},
    "editable line": {"requirements.txt": "-e ./libs/toolz[plot]\n"},
    "plain line": {"requirements.txt": "./libs/toolz[plot]\n"},
    "line with a name": {"requirements.txt": "toolz[plot] @ file:libs/toolz\n"},
    "file": {"requirements.txt": "file:libs/toolz[plot]\n"},
    "conda": {"environment.yml": "dependencies:\n  - pip\n  - pip:\n    - -e libs/toolz[plot]\n"},
    "line seen from the root": {
        "deps/list.txt": "-e ./libs/toolz[plot]\n",
        "README.md": "`pip install -r deps/list.txt`\n",
    },
    "page": {"README.md": "```\npip install -e 'libs/toolz[plot]'\n```\n"},
    "setup.py": {
        "setup.py": "from setuptools import setup\nsetup(install_requires=['toolz[plot] @ file:libs/toolz'])\n"
    },
}


def make_plan(make_tree, files: Mapping[str, str], way: Way = Way.AS_PUBLISHED) -> BuildPlan:
    return plan_for(survey(make_tree(dict(files))), FACTS, way)


@pytest.mark.parametrize("stated", STATEMENTS)
@pytest.mark.parametrize("way", [Way.AS_PUBLISHED, Way.REPAIRED])
def test_a_source_in_the_tree_brings_its_own_requirements(make_tree, stated: str, way: Way) -> None:
    plan = make_plan(make_tree, LIBRARIES | STATEMENTS[stated], way)
    assert sorted(plan.requirements) == ["attrs", "six", "wheel"]
    assert set(spec_of(plan).folders) >= {"libs/toolz", "libs/parse"}
    installed = [step.argv[-1] for step in plan.steps if "--editable" in step.argv]
    assert installed[:2] == ["/code/src/libs/toolz", "/code/src/libs/parse"]


def test_the_root_of_a_workspace_that_is_no_project_installs_all_members(make_tree) -> None:
    root = '[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/old"]\n'
    old = LIBRARIES["libs/toolz/pyproject.toml"].replace("attrs", "pandas").replace("toolz", "old")
    beside = {"pyproject.toml": root, "libs/old/pyproject.toml": old, "libs/deep/x/pyproject.toml": old}
    plan = make_plan(make_tree, LIBRARIES | beside)
    assert (sorted(plan.requirements), spec_of(plan).folders) == (["attrs", "six"], ("libs/toolz", "libs/parse"))


def test_the_sources_of_a_workspace_hold_for_its_members(make_tree) -> None:
    member = PROJECT.replace("plot]", "plot]").replace("app", "member") + BUILT
    root = '[tool.uv.sources]\ntoolz = { path = "libs/toolz" }\n[tool.uv.workspace]\nmembers = ["apps/*"]\n'
    plan = make_plan(make_tree, LIBRARIES | {"pyproject.toml": root, "apps/one/pyproject.toml": member})
    assert sorted(plan.requirements) == ["attrs", "six", "wheel"]


@pytest.mark.parametrize("name", ["toolz @ file:libs/gone", "toolz @ {root:uri}/libs/gone"])
def test_what_was_never_committed_is_not_asked_from_the_index(make_tree, name: str) -> None:
    files = {"pyproject.toml": PROJECT.replace("toolz[plot]", name) + BUILT, "main.py": "import toolz\n"}
    plan = make_plan(make_tree, files)
    assert plan.requirements == ("toolz @ file:///code/src/libs/gone",)
    repaired = make_plan(make_tree, files, Way.REPAIRED)
    assert [repair.name for repair in repaired.repairs][:1] == ["never committed"]


def test_a_member_that_is_not_there_is_not_asked_from_the_index(make_tree) -> None:
    text = PROJECT + "[tool.uv.sources]\ntoolz = { workspace = true }\n"
    plan = make_plan(make_tree, {"pyproject.toml": text, "main.py": ""})
    assert not any("toolz" in line and "file:" not in line for line in plan.requirements)


@pytest.mark.parametrize(
    "line", ["./wheels/toolz-0.1-py3-none-any.whl", "toolz @ file:wheels/toolz-0.1-py3-none-any.whl"]
)
def test_a_committed_wheel_is_installed_from_the_tree(make_tree, line: str) -> None:
    files = {"requirements.txt": f"{line}\n", "wheels/toolz-0.1-py3-none-any.whl": "", "main.py": ""}
    for way in (Way.AS_PUBLISHED, Way.REPAIRED):
        plan = make_plan(make_tree, files, way)
        assert plan.requirements == ("toolz @ file:///code/src/wheels/toolz-0.1-py3-none-any.whl",)


def test_requirements_that_go_round_in_a_circle_end(make_tree) -> None:
    one = '[project]\nname = "one"\nversion = "1"\ndependencies = ["two @ file:../two", "six"]\n' + BUILT
    two = one.replace('"one"', '"three"').replace("two", "one").replace("three", "two").replace("six", "attrs")
    plan = make_plan(make_tree, {"one/pyproject.toml": one, "two/pyproject.toml": two, "one/one.py": ""})
    assert (sorted(plan.requirements), sorted(spec_of(plan).folders)) == (["attrs", "six"], ["one", "two"])


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "--find-links ./wheels\ntoolz\n"},
        {
            "deps/requirements.txt": "-f ../wheels\ntoolz\n",
            "README.md": "`pip install -r deps/requirements.txt`\n",
        },
        {"README.md": "```\npip install toolz --find-links=wheels\n```\n"},
        {
            "README.md": "```\nuv pip install toolz\n```\n",
            "uv.toml": 'find-links = ["wheels", "https://a.example/x"]\n',
        },
    ],
)
def test_a_folder_of_wheels_in_the_tree_is_looked_at(make_tree, files: Mapping[str, str]) -> None:
    plan = make_plan(make_tree, {"wheels/toolz-0.1-py3-none-any.whl": "", "main.py": "", **files})
    assert spec_of(plan).find_links == ("wheels",)
    for step in (step for step in plan.steps if step.name in {"resolve", "install"}):
        assert step.argv[step.argv.index("--find-links") + 1] == "/code/src/wheels"


def test_no_repair_asks_an_index_for_what_the_tree_holds(make_tree) -> None:
    seen = survey(make_tree(LIBRARIES | STATEMENTS["uv workspace"]))
    attempt = Attempt(plan=plan_for(seen, FACTS, Way.REPAIRED), results=())
    assert {"toolz", "parse"} <= make_context(seen, FACTS, attempt).local_modules


@pytest.mark.parametrize("way", [Way.AS_PUBLISHED, Way.REPAIRED])
def test_a_name_that_is_installed_from_the_tree_is_not_asked_from_the_index_besides(make_tree, way: Way) -> None:
    page = "```\npip install -e libs/toolz\npip install -r requirements.txt\n```\n"
    files = {"requirements.txt": "toolz\nclick\nParse>=1\n", "README.md": page}
    assert sorted(make_plan(make_tree, LIBRARIES | files, way).requirements) == ["attrs", "click", "six"]
