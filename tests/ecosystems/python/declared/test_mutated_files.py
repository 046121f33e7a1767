"""Files that state dependencies, cut and changed anywhere, are read as far as they go: no mistake of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.core.tree import Tree
from checker.core.values.plans import Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.survey import survey

TODAY = datetime(2026, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/paper", code_date=TODAY, today=TODAY, interpreters=("3.10", "3.12"))

FILES = {
    "pyproject.toml": """
[project]
name = "app"
version = "1"
dependencies = ["six", "toolz @ {root:uri}/libs/toolz"]
[dependency-groups]
dev = ["ruff", {include-group = "exp"}]
exp = ["attrs"]
[tool.uv]
default-groups = ["dev"]
exclude-newer = "2024-01-01"
index = [{ url = "https://a.example/simple" }]
[tool.uv.sources]
six = [{ workspace = true, marker = "os_name == 'nt'" }]
[tool.uv.workspace]
members = ["libs/*"]
[tool.poetry.group.exp.dependencies]
wheel = { path = "libs/wheel", extras = ["x"] }
[tool.hatch.envs.exp]
template = "default"
dependencies = ["click"]
[tool.pdm.dev-dependencies]
lint = ["-e file:///${PROJECT_ROOT}/libs/toolz#egg=toolz"]
[tool.pixi.feature.exp.tasks]
go = { cmd = ["python", "main.py"], depends-on = ["go"] }
""",
    "pixi.toml": """
[tasks]
go = { cmd = "python main.py --n {{ n }}", args = [{ arg = "n", default = "3" }], depends-on = ["a"] }
a = ["go", { task = "go", args = ["1"] }]
[dependencies]
python = "3.10.*"
six = { version = ">=1", channel = "x" }
[pypi-dependencies]
own = { path = "libs/own", editable = true }
[feature.exp.target.linux-64.pypi-dependencies]
attrs = { git = "https://github.com/a/b", rev = "x" }
[environments]
exp = { features = ["exp"] }
default = ["exp"]
""",
    "pylock.toml": """
lock-version = "1.0"
requires-python = ">=3.10"
default-groups = ["x"]
[[packages]]
name = "six"
version = "1.16.0"
marker = "'x' in dependency_groups and python_version < '3.13'"
[[packages]]
name = "far"
vcs = { type = "git", url = "https://github.com/a/far", commit-id = "012" }
[[packages]]
name = "own"
directory = { path = "own" }
""",
    "uv.lock": """
version = 1
requires-python = ">=3.10"
[[package]]
name = "six"
version = "1.16.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version >= '3.12'", "os_name == 'nt'"]
[[package]]
name = "six"
version = "1.15.0"
""",
    "poetry.lock": """
[[package]]
name = "six"
version = "1.16.0"
python-versions = ">=3.9,<4"
[[package]]
name = "six"
version = "1.15.0"
python-versions = "!=3.0.*,>=2.7"
""",
    "conda-lock.yml": "package:\n- name: python\n  version: 3.10.13\n  manager: conda\n  platform: linux-64\n",
    "pixi.lock": (
        "version: 6\nenvironments:\n  default:\n    packages:\n      linux-64:\n"
        "      - conda: https://c.example/linux-64/python-3.10.13-h_0.conda\n"
        "      - pypi: https://f.example/six-1.16.0-py3-none-any.whl\npackages:\n"
        "- pypi: https://f.example/six-1.16.0-py3-none-any.whl\n  name: six\n  version: 1.16.0\n"
    ),
    "meta.yaml": "{% set v = 1 %}\nrequirements:\n  run:\n    - python >=3.9\n    - {{ x }}\n    - six\n",
    "main.py": "# /// script\n# dependencies = ['six']\n# requires-python = '>=3.9'\n# ///\nimport six\n",
    "pytest.ini": "[pytest]\nminversion = 9\nrequired_plugins = a b\naddopts = --far=x -m 'not slow'\n  --own y\n",
}
COMMANDS = (
    "uv sync --extra x",
    "pixi run -e exp go",
    "hatch run exp:go",
    "poetry install",
    "pdm install",
    "pytest",
)
PAGE = "```\n" + "\n".join(COMMANDS) + "\npip install -r pylock.toml\n```\n"
BESIDE = {"main.py": "import six\n", "test_a.py": "def test(): 1\n", "README.md": PAGE}
CHANGES = (
    "",
    "[",
    "]",
    "'",
    '"',
    "=",
    "\0",
    "{",
    "x" * 40,
    "\n",
    "3",
    "é",
    "[[package]]\n",
    "{root:uri}/..",
    "file:",
)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_changed_file_is_no_mistake_of_ours(name: str, data: st.DataObject) -> None:
    text = FILES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.sampled_from((at, at + 1, at + 20, len(text))))
        text = text[:at] + data.draw(st.sampled_from(CHANGES)) + text[end:]
    with TemporaryDirectory() as folder:
        for path, content in {**BESIDE, name: text}.items():
            Path(folder, path).write_text(content, "utf-8")
        seen = survey(Tree(Path(folder)))
        for way in (Way.AS_PUBLISHED, Way.REPAIRED):
            assert plan_for(seen, FACTS, way).steps
