"""Groups and extras are installed where the author's own command installs them, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.12",))
BUILT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'

STANDARD = (
    """
[project]
name = "app"
version = "1"
dependencies = ["six"]
optional-dependencies = {viz = ["attrs"], all = ["app[viz]", "toolz"]}
[dependency-groups]
dev = ["ruff"]
docs = ["sphinx"]
exp = ["wheel", {include-group = "more"}]
more = ["parse"]
"""
    + BUILT
)
POETRY = """
[tool.poetry]
name = "app"
version = "1"
[tool.poetry.dependencies]
python = "*"
six = "*"
attrs = {version = "*", optional = true}
toolz = {version = "*", optional = true}
[tool.poetry.extras]
viz = ["attrs"]
all = ["attrs", "toolz"]
[tool.poetry.group.exp.dependencies]
wheel = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
sphinx = "*"
[tool.poetry.dev-dependencies]
ruff = "*"
"""
PDM = STANDARD + '[tool.pdm.dev-dependencies]\nlint = ["black"]\n'
HATCH = (
    STANDARD
    + """
[tool.hatch.envs.default]
dependencies = ["pandas"]
features = ["viz"]
[tool.hatch.envs.gpu]
extra-dependencies = ["numba"]
[tool.hatch.envs.bare]
detached = true
dependencies = ["click"]
"""
)


@pytest.mark.parametrize(
    ("text", "command", "more"),
    [
        (STANDARD, "pip install .", ""),
        (STANDARD, "pip install -e .[viz]", "attrs"),
        (STANDARD, "pip install '.[all]'", "attrs toolz"),
        (STANDARD, "pip install --group exp .", "wheel parse"),
        (STANDARD, "uv sync", "ruff"),
        (STANDARD, "uv run main.py", "ruff"),
        (STANDARD, "uv run --group exp main.py --extra viz", "ruff wheel parse"),
        (STANDARD, "uv sync --no-dev --extra viz", "attrs"),
        (STANDARD, "uv sync --all-extras --no-default-groups", "attrs toolz"),
        (STANDARD, "uv sync --all-groups --no-group docs", "ruff wheel parse"),
        (STANDARD + '[tool.uv]\ndefault-groups = ["exp"]\n', "uv sync", "wheel parse"),
        (STANDARD + '[tool.uv]\ndefault-groups = "all"\n', "uv sync", "ruff sphinx wheel parse"),
        (STANDARD + '[tool.uv]\ndev-dependencies = ["flask"]\n', "uv sync", "ruff flask"),
        (POETRY, "pip install .", ""),
        (POETRY, "poetry install", "ruff wheel"),
        (POETRY, "poetry run python main.py", "ruff wheel"),
        (POETRY, "poetry install --without dev,exp", ""),
        (POETRY, "poetry install --no-dev -E viz", "attrs"),
        (POETRY, "poetry install --with docs --extras all", "ruff wheel sphinx attrs toolz"),
        (STANDARD, "pdm install --prod", ""),
        (PDM, "pdm install", "ruff sphinx wheel parse black"),
        (PDM, "pdm sync --prod -G viz", "attrs"),
        (HATCH, "hatch run python main.py", "pandas attrs"),
        (HATCH, "hatch run gpu:python main.py", "numba pandas attrs"),
        (HATCH, "hatch -e gpu run python main.py", "numba pandas attrs"),
        (POETRY, "poetry -C . run python main.py", "ruff wheel"),
        (HATCH, "hatch run bare:python main.py", "click"),
        (HATCH, "pip install .", ""),
        (STANDARD, "uv pip install -r pyproject.toml --extra viz", "attrs"),
        (STANDARD, "uv pip install -r pyproject.toml --all-extras", "attrs toolz"),
        (STANDARD, "cd app && uv sync", "ruff"),
    ],
)
def test_what_a_command_installs(make_tree, text: str, command: str, more: str) -> None:
    files = {"pyproject.toml": text, "README.md": f"```\n{command}\n```\n", "main.py": "", "app/__init__.py": ""}
    plan = plan_for(survey(make_tree(files)), FACTS, Way.AS_PUBLISHED)
    assert sorted(plan.requirements) == sorted(["six", *more.split()])


@pytest.mark.parametrize(
    ("text", "command", "built"),
    [
        (STANDARD, "uv sync", True),
        (STANDARD, "uv sync --no-install-project", False),
        (STANDARD.replace(BUILT, ""), "uv sync", False),
        (STANDARD.replace(BUILT, ""), "pip install .", True),
        (STANDARD.replace(BUILT, ""), "python main.py", True),
        (STANDARD.replace(BUILT, "[tool.uv]\n"), "uv sync", False),
        (STANDARD.replace(BUILT, "[tool.uv]\n"), "pip install -e .", True),
        (STANDARD.replace(BUILT, "[tool.uv]\npackage = true\n"), "uv sync", True),
        (STANDARD + "[tool.uv]\npackage = false\n", "uv sync", False),
        (POETRY, "poetry install", True),
        (POETRY, "poetry install --no-root", False),
        (POETRY.replace('name = "app"', "package-mode = false"), "poetry install", False),
        (HATCH, "hatch run python main.py", True),
        (HATCH.replace("features", "skip-install = true\nfeatures"), "hatch run gpu:python main.py", False),
        (PDM + "[tool.pdm]\ndistribution = false\n", "pdm install", False),
    ],
)
def test_whether_the_project_itself_is_built(make_tree, text: str, command: str, built: bool) -> None:
    files = {"pyproject.toml": text, "README.md": f"```\n{command}\n```\n", "main.py": "", "app/__init__.py": ""}
    plan = plan_for(survey(make_tree(files)), FACTS, Way.AS_PUBLISHED)
    assert spec_of(plan).folders == ((".",) if built else ())


@pytest.mark.parametrize(("command", "more"), [("pipenv install", []), ("pipenv install --dev", ["ruff"])])
def test_what_pipenv_installs(make_tree, command: str, more: list[str]) -> None:
    files = {
        "Pipfile": '[packages]\nsix = "*"\n[dev-packages]\nruff = "*"\n',
        "README.md": f"```\n{command}\n```\n",
    }
    plan = plan_for(survey(make_tree({**files, "main.py": ""})), FACTS, Way.AS_PUBLISHED)
    assert sorted(plan.requirements) == sorted(["six", *more])


@pytest.mark.parametrize(
    ("command", "requirements", "folders"),
    [
        ("uv sync", ["six"], []),
        ("uv sync --package one", ["attrs", "six"], ["libs/one"]),
        ("uv run --package two two.py", ["six", "toolz"], ["libs/two"]),
        ("uv sync --all-packages", ["attrs", "six", "toolz"], ["libs/one", "libs/two"]),
    ],
)
def test_members_of_a_workspace(make_tree, command: str, requirements: list[str], folders: list[str]) -> None:
    member = '[project]\nname = "one"\nversion = "1"\ndependencies = ["attrs"]\n' + BUILT
    root = member.replace("one", "app").replace("attrs", "six").replace(BUILT, "[tool.uv.workspace]\n")
    root += 'members = ["libs/*"]\n'
    files = {
        "pyproject.toml": root,
        "libs/one/pyproject.toml": member,
        "libs/two/pyproject.toml": member.replace("one", "two").replace("attrs", "toolz"),
        "README.md": f"```\n{command}\n```\n",
        "main.py": "",
    }
    plan = plan_for(survey(make_tree(files)), FACTS, Way.AS_PUBLISHED)
    assert (sorted(plan.requirements), sorted(spec_of(plan).folders)) == (requirements, folders)
