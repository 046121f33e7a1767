"""The Binder convention: which files count, and what runs after the installation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.instructions.binder import find_binder_file, find_binder_folder
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import make_plans
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)
MAIN = {"main.py": "import attr\nimport six\nprint(six.__version__)\n"}


def plan_of(make_tree: MakeTree, files: dict[str, str]) -> BuildPlan:
    known = Knowledge(repository="a/b", code_date=DAY, today=DAY, interpreters=("3.9", "3.11", "3.12"))
    return make_plans(make_tree({**MAIN, **files}), known)[0]


@pytest.mark.parametrize("folder", ["binder", ".binder"])
def test_where_the_folder_exists_the_roots_lists_do_not_count(make_tree: MakeTree, folder: str) -> None:
    plan = plan_of(
        make_tree,
        {
            "requirements.txt": "nothing-of-that-name==1\n",
            "environment.yml": "dependencies:\n  - nothing-else\n",
            "runtime.txt": "python-3.11\n",
            "apt.txt": "wrong\n",
            f"{folder}/requirements.txt": "attrs\nsix\n",
            f"{folder}/runtime.txt": "python-3.9\n",
            f"{folder}/apt.txt": "graphviz # to draw\n\n# gone\n",
        },
    )
    assert plan.requirements == ("attrs", "six")
    assert plan.interpreter == "3.9"
    assert plan.system_packages == ("graphviz",)


def test_of_several_lists_in_the_folder_the_environment_is_followed(make_tree: MakeTree) -> None:
    files = {
        "binder/requirements.txt": "wrong\n",
        "binder/Pipfile": '[packages]\nwrong-too = "*"\n',
        "binder/environment.yml": "dependencies:\n  - python=3.9\n  - attrs\n  - six\n",
    }
    assert plan_of(make_tree, files).requirements == ("attrs", "six")


def test_what_a_page_names_goes_before_the_folder(make_tree: MakeTree) -> None:
    files = {
        "README.md": "```\npip install -r requirements.txt\npython main.py\n```\n",
        "requirements.txt": "attrs\nsix\n",
        "binder/requirements.txt": "jupyterlab\n",
    }
    assert plan_of(make_tree, files).requirements == ("attrs", "six")


def test_a_folder_of_that_name_with_code_is_none_of_the_convention(make_tree: MakeTree) -> None:
    tree = make_tree({"binder/design.py": "print()\n", "requirements.txt": "six\n", "postBuild": "#!/bin/sh\n"})
    assert find_binder_folder(tree) is None
    assert find_binder_file(tree, "postBuild") == "postBuild"


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"binder/postBuild": "#!/bin/bash\nset -e\npip install --no-cache-dir six\n"}, "binder/postBuild"),
        ({"postBuild": "python -m pip install six\n"}, "postBuild"),
        ({".binder/postBuild": "#!/bin/bash -l\nconda install -y -c conda-forge six\n"}, ".binder/postBuild"),
    ],
)
def test_the_script_after_the_installation_is_read_and_run(
    make_tree: MakeTree, files: dict[str, str], path: str
) -> None:
    plan = plan_of(make_tree, {"requirements.txt": "attrs\n", **files})
    assert plan.requirements == ("attrs", "six")
    step = next(step for step in plan.steps if step.name == f"run {path}")
    assert (step.phase, step.network, step.required, step.argv) == (Phase.INSTALL, True, False, ("bash", path))


def test_the_lists_that_this_script_names_are_followed(make_tree: MakeTree) -> None:
    files = {"binder/postBuild": "pip install -r reqs.txt\npip install .\n", "reqs.txt": "attrs\nsix\n"}
    plan = plan_of(make_tree, {**files, "setup.py": "from setuptools import setup\nsetup(name='x')\n"})
    assert plan.requirements == ("attrs", "six")
    assert any(step.name == "install the project" for step in plan.steps)


def test_what_start_exports_is_set(make_tree: MakeTree) -> None:
    plan = plan_of(make_tree, {"binder/start": '#!/bin/bash\nexport MODE="quite fast"\nexec "$@"\n'})
    runs = [dict(step.env) for step in plan.steps if step.phase in {Phase.START, Phase.RUN}]
    assert [env.get("MODE") for env in runs] == ["quite fast"]


def test_a_local_package_of_a_pipfile_in_the_folder_is_the_roots(make_tree: MakeTree) -> None:
    files = {
        ".binder/Pipfile": '[packages]\nsix = "*"\ntoy = {path = "..", editable = true}\n',
        "setup.py": "from setuptools import setup\nsetup(name='toy', install_requires=['attrs'])\n",
    }
    plan = plan_of(make_tree, files)
    assert set(plan.requirements) == {"six", "attrs"}
    assert "install the project" in [step.name for step in plan.steps]
