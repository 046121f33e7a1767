from __future__ import annotations

import pytest

from checker.ecosystems.python.declared.choose import find_projects, main_project
from checker.ecosystems.python.declared.find_files import find_project_folder, find_specifications, group_of
from checker.ecosystems.python.planning.resolver_input import normalise_requirements, read_as_written
from checker.ecosystems.python.stated import Problem
from checker.ecosystems.python.survey import survey


def test_root_first_then_shallow_then_pages(make_tree) -> None:
    tree = make_tree(
        {
            "README.md": "```\npip install torch==1.7.0\n```\n",
            "tools/requirements.txt": "six\n",
            "requirements.txt": "numpy\n",
            "setup.py": "from setuptools import setup\nsetup(name='demo')\n",
            "poetry.lock": "",
        }
    )
    assert [(s.path, s.kind) for s in find_specifications(tree)] == [
        ("requirements.txt", "requirements"),
        ("setup.py", "setup.py"),
        ("poetry.lock", "lock"),
        ("tools/requirements.txt", "requirements"),
        ("README.md", "readme"),
    ]
    main = main_project(tree)
    assert main.folder == "."
    assert [s.path for s in main.specifications] == ["requirements.txt", "setup.py", "README.md"]
    assert [s.path for s in main.alternatives] == ["poetry.lock"]


def test_of_two_lists_one_is_followed(make_tree) -> None:
    environment = "name: x\ndependencies:\n  - scipy\n"
    files = {"requirements.txt": "numpy\n", "requirements-min.txt": "six\n", "environment.yml": environment}
    main = main_project(make_tree(files))
    assert [s.path for s in main.specifications] == ["requirements.txt"]
    assert [s.path for s in main.alternatives] == ["environment.yml", "requirements-min.txt"]
    told = main_project(make_tree({**files, "README.md": "`conda env create -f environment.yml`\n"}))
    assert [s.path for s in told.specifications] == ["environment.yml", "README.md"]


def test_a_lock_is_followed_where_the_page_uses_it(make_tree) -> None:
    lock = '[[package]]\nname = "numpy"\nversion = "1.19.5"\n'
    files = {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["numpy"]\n', "uv.lock": lock}
    assert [s.kind for s in main_project(make_tree(files)).specifications] == ["pyproject"]
    told = main_project(make_tree({**files, "README.md": "```\nuv sync\n```\n"}))
    assert [s.kind for s in told.specifications] == ["pyproject", "lock", "readme"]


def test_translations_of_the_page_are_left_out(make_tree) -> None:
    text = "```\npip install numpy\n```\n"
    tree = make_tree({"README.md": text, "README_zh.md": text, "docs/install.md": text})
    main = main_project(tree)
    assert [s.path for s in main.specifications] == ["README.md"]


def test_an_included_file_is_not_listed_again(make_tree) -> None:
    tree = make_tree({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "numpy\n"})
    assert [s.path for s in find_specifications(tree)] == ["requirements.txt"]


def test_several_projects_the_one_with_most_code_first(make_tree) -> None:
    code = {f"{folder}/m{n}.py": "" for folder, count in (("gpt", 3), ("llama", 6)) for n in range(count)}
    tree = make_tree({**code, "gpt/requirements.txt": "torch\n", "llama/requirements/requirements.txt": "jax\n"})
    assert [p.folder for p in find_projects(tree)] == ["llama", "gpt"]
    assert main_project(tree).evidence[0].source == "llama/requirements/requirements.txt"


def test_a_specification_of_a_helper_does_not_make_the_helper_the_project(make_tree) -> None:
    code = {f"main/m{n}.py": "" for n in range(7)} | {f"helper/m{n}.py": "" for n in range(4)}
    main = main_project(make_tree({**code, "helper/requirements.txt": "numpy\n"}))
    assert main.folder == "."
    assert [s.path for s in main.specifications] == ["helper/requirements.txt"]


def test_third_party_folders_do_not_speak_for_the_repository(make_tree) -> None:
    tree = make_tree(
        {"a.py": "", "third_party/x/setup.py": "from setuptools import setup\nsetup()\n", "third_party/x/x.py": ""}
    )
    main = main_project(tree)
    assert (main.folder, main.specifications) == (".", ())


def test_the_page_stands_in_where_there_is_no_file(make_tree) -> None:
    tree = make_tree({"README.md": "```\npip install torch==1.7.0 numpy\n```\n", "a.py": ""})
    main = main_project(tree)
    assert [s.kind for s in main.specifications] == ["readme"]
    assert [r.text for r in main.specifications[0].requirements] == ["torch==1.7.0", "numpy"]


def test_what_the_page_installs_from_comes_first(make_tree) -> None:
    files = {
        "requirements.txt": "numpy\n",
        "requirements_torch.txt": "torch\n",
        "environment.yml": "name: x\ndependencies:\n  - scipy\n",
        "a.py": "",
    }
    followed = main_project(make_tree({**files, "README.md": "`pip install -r requirements_torch.txt`\n"}))
    assert followed.specifications[0].path == "requirements_torch.txt"


def test_a_file_below_that_the_root_page_names(make_tree) -> None:
    code = {f"pkg/m{n}.py": "" for n in range(9)}
    tree = make_tree(
        {
            **code,
            "README.md": "```\npip install -r tools/env/needs-requirements.txt\n```\n",
            "tools/env/needs-requirements.txt": "numpy\n",
        }
    )
    main = main_project(tree)
    assert main.evidence[0].claim == "the README installs from it"
    assert [r.text for r in main.specifications[0].runtime] == ["numpy"]


def test_an_optional_list_that_the_page_names_does_not_stand_for_the_plain_one(make_tree) -> None:
    files = {"requirements.txt": "numpy\n", "requirements/optional.txt": "scipy\n"}
    main = main_project(make_tree({**files, "README.md": "`pip install -r requirements/optional.txt`\n"}))
    assert [r.text for s in main.specifications for r in s.runtime] == ["numpy"]
    assert [(s.path, s.group) for s in main.specifications][1] == ("requirements/optional.txt", "extra:optional")


def test_the_project_itself_among_requirements(make_tree) -> None:
    tree = make_tree(
        {
            "pyproject.toml": """
                [project]
                name = "My_Demo"
                dependencies = ["numpy"]
                [project.optional-dependencies]
                all = ["my-demo[plot]"]
            """,
            "README.md": "```\npip install my-demo\n```\n",
        }
    )
    problems = {(s.kind, r.name): r.problem for s in find_specifications(tree) for r in s.requirements}
    assert problems == {
        ("pyproject", "numpy"): None,
        ("pyproject", "my-demo"): Problem.SELF,
        ("readme", "my-demo"): Problem.SELF,
    }


def test_pyproject_beside_a_setup_script_that_was_read_is_settled(make_tree) -> None:
    build = '[build-system]\nrequires = ["setuptools"]\n'
    settled = make_tree(
        {"pyproject.toml": build, "setup.py": "from setuptools import setup\nsetup(install_requires=['six'])\n"}
    )
    assert [s.dynamic for s in find_specifications(settled)] == [False, False]


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("requirements.txt", None),
        ("requirements-dev.txt", "dev"),
        ("requirements/tests.txt", "test"),
        ("requirements/runtime.txt", None),
        ("requirements/build.txt", "build"),
        ("docs/requirements.txt", "docs"),
        ("requirements/optional.txt", "extra:optional"),
        ("requirements_torch.txt", None),
        ("requirements-flashattention.txt", "extra:flashattention"),
        ("requirements_py37.txt", None),
    ],
)
def test_groups_by_name(path: str, group: str | None) -> None:
    assert group_of(path) == group


@pytest.mark.parametrize(
    ("path", "project"),
    [
        ("requirements.txt", "."),
        ("requirements/base.txt", "."),
        ("a/requirements/base.txt", "a"),
        ("docker/env/x.yml", "."),
    ],
)
def test_folders_of_specifications_belong_to_the_folder_above(path: str, project: str) -> None:
    assert find_project_folder(path) == project


def test_hidden_and_built_folders_are_left_out(make_tree) -> None:
    tree = make_tree(
        {
            ".history/requirements.txt": "a\n",
            "x.egg-info/requires.txt": "b\n",
            "venv/lib/site-packages/y/setup.py": "",
        }
    )
    assert find_specifications(tree) == ()


def test_an_empty_tree(make_tree) -> None:
    tree = make_tree({})
    assert find_specifications(tree) == ()
    assert main_project(tree).folder == "."


@pytest.mark.parametrize(
    ("second", "followed"),
    [
        ("- torch=1.9.0", ["env.yml"]),
        ("- torch=1.8.1", ["env.yml", "quick.yml"]),
        ("- nglview", ["env.yml", "quick.yml"]),
    ],
)
def test_an_environment_that_contradicts_the_one_named_before_stands_for_it(
    make_tree, second: str, followed: list[str]
) -> None:
    tree = make_tree(
        {
            "README.md": """
                ```bash
                conda env create -f env.yml
                ```
                or, faster,
                ```bash
                conda env create -f quick.yml
                ```
            """,
            "env.yml": "channels: [defaults]\ndependencies:\n- torch=1.8.1\n- numpy\n",
            "quick.yml": f"channels: [defaults]\ndependencies:\n- numpy\n{second}\n",
        }
    )
    main = main_project(tree)
    assert [s.path for s in main.specifications if s.kind == "conda"] == followed


def test_a_group_that_names_others_of_the_project_brings_them(make_tree) -> None:
    project = """
        [project]
        name = "own_tool"
        version = "1"
        [project.optional-dependencies]
        plain = ["scipy", "own-tool[more]"]
        more = ["psutil", "own_tool[plain]"]
        test = ["own_tool[plain]", "numba"]
        docs = ["sphinx"]
        """
    seen = survey(make_tree({"pyproject.toml": project, "own_tool/__init__.py": ""}))
    assert seen.test_requirements == ("numba", "scipy", "psutil")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("git+ssh://git@github.com/ada/suite.git@v1", "git+https://github.com/ada/suite.git@v1"),
        ("git+ssh://github.com/ada/suite@v1", "git+https://github.com/ada/suite@v1"),
    ],
)
def test_an_address_over_ssh_is_taken_for_https(make_tree, address: str, public: str) -> None:
    seen = survey(make_tree({"requirements.txt": f"suite @ {address}\n", "run.py": "import suite\n"}))
    assert read_as_written(seen).lines == (f"suite @ {address}",)
    demand = normalise_requirements(seen, "3.8")
    assert demand.lines == (f"suite @ {public}",)
    assert [repair.name for repair in demand.repairs] == ["git over ssh"]


@pytest.mark.parametrize("host", ["github.com/", "github.com:"])
def test_the_git_protocol_is_taken_for_https_and_that_is_a_repair(make_tree, host: str) -> None:
    address = f"git+git://{host}ada/suite.git@v1"
    seen = survey(make_tree({"requirements.txt": f"{address}\nnumpy\n", "run.py": "import suite\n"}))
    assert read_as_written(seen).lines == (f"suite @ {address}", "numpy")
    demand = normalise_requirements(seen, "3.8")
    assert demand.lines == ("suite @ git+https://github.com/ada/suite.git@v1", "numpy")
    assert [repair.name for repair in demand.repairs] == ["git protocol"]


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({"fit.py": "import numpy\n"}, False),
        ({"fit.py": "import numpy, lm_eval\n"}, True),
        ({"fit.py": "import numpy\n", "requirements.txt": "-e tools/lm-eval\n"}, True),
        ({"fit.py": "import numpy\n", "README.md": "```\npip install -e tools/lm-eval\n```\n"}, True),
    ],
)
def test_what_a_copy_of_a_known_distribution_imports_counts_where_it_is_used(
    make_tree, files, counts: bool
) -> None:
    copy = {"setup.py": "setup(name='lm_eval')\n", "lm_eval/__init__.py": "import accelerate\n"}
    seen = survey(make_tree({**files, **{f"tools/lm-eval/{name}": text for name, text in copy.items()}}))
    assert ("accelerate" in {item.module for item in seen.find_required_modules("3.8")}) is counts


@pytest.mark.parametrize(
    ("more", "folders"),
    [
        ({"README.md": "```\npip install torch scipy\n```\n", "fit.py": ""}, {"."}),
        ({"README.md": "```\npip install torch scipy\n```\n", "conftest.py": ""}, {"red", "blue"}),
        ({"README.md": "Fit it.\n", "fit.py": ""}, {"red", "blue"}),
    ],
)
def test_the_root_goes_before_several_projects_where_its_page_says_what_it_needs(make_tree, more, folders) -> None:
    baselines = {f"{name}/{number}.py": "" for name in ("red", "blue") for number in range(4)}
    lists = {"red/environment.yml": "dependencies: [numpy]\n", "blue/requirements.txt": "numpy\n"}
    assert (
        main_project(make_tree({**baselines, **lists, "nets/a.py": "", "nets/b.py": "", **more})).folder in folders
    )


def test_a_mistake_in_a_file_that_the_page_does_not_install_from_is_no_hindrance(make_tree) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "x"\ndependencies = ["six"\n',
        "requirements.txt": "numpy\n",
        "README.md": "```\npip install -r requirements.txt\npython main.py\n```\n",
    }
    assert [s.path for s in main_project(make_tree(files)).specifications] == ["requirements.txt", "README.md"]
    told = make_tree({**files, "README.md": "```\npip install -r requirements.txt\npip install -e .\n```\n"})
    assert "pyproject.toml" in [s.path for s in main_project(told).specifications]


RECIPE = """
{% set version = "1.2" %}
package:
  name: toy
  version: {{ version }}
requirements:
  build:
    - {{ compiler("c") }}
  run:
    - python >=3.9
    - {{ pin_compatible("numpy") }}
    - biopython >=1.79
    - pywin32  # [win]
"""


@pytest.mark.parametrize("path", ["meta.yaml", "conda/meta.yaml", "conda.recipe/meta.yaml"])
def test_a_recipe_for_conda_counts_where_nothing_else_is_stated(make_tree, path: str) -> None:
    tree = make_tree({path: RECIPE, "main.py": "import Bio\n"})
    assert read_as_written(survey(tree)).lines == ("biopython>=1.79",)
    beside = make_tree({path: RECIPE, "main.py": "import Bio\n", "requirements.txt": "six\n"})
    assert read_as_written(survey(beside)).lines == ("six",)


@pytest.mark.parametrize("text", ["", "a: [", "requirements: 3\n", "requirements:\n  run: x\n", "{% if %}\n- a\n"])
def test_what_is_no_recipe_is_no_mistake(make_tree, text: str) -> None:
    assert read_as_written(survey(make_tree({"meta.yaml": text, "main.py": ""}))).lines == ()


PLAIN = {"requirements.txt": "numpy\n"}


@pytest.mark.parametrize(
    ("page", "files", "found"),
    [
        ("pip install -r requirements.txt -r requirements-dev.txt", {"requirements-dev.txt": "scipy\n"}, True),
        ("pip install -r requirements-dev.txt", {"requirements-dev.txt": "-r requirements.txt\nscipy\n"}, True),
        ("pip install -r requirements-dev.txt", {"requirements-dev.txt": "scipy\n"}, False),
        ("pip install -r requirements.txt\npip install -r reqs/plot.txt", {"reqs/plot.txt": "scipy\n"}, True),
        ("pip install -r requirements.txt\npip install -r reqs/gpu.txt", {"reqs/gpu.txt": "scipy\n"}, False),
        ("pip-sync requirements.txt requirements-dev.txt", {"requirements-dev.txt": "scipy\n"}, True),
        (
            "pip install -r requirements.txt\n```\n# Development\n```\npip install -r reqs/plot.txt",
            {"reqs/plot.txt": "scipy\n"},
            False,
        ),
        (
            "pip install -r requirements.txt\n```\nOr:\n\nso\n```\npip install -r requirements-dev.txt",
            {"requirements-dev.txt": "scipy\n"},
            False,
        ),
    ],
)
def test_which_lists_a_page_has_every_reader_install(
    make_tree, page: str, files: dict[str, str], *, found: bool
) -> None:
    main = main_project(make_tree({**PLAIN, **files, "README.md": f"```\n{page}\n```\n"}))
    assert {r.text for s in main.specifications for r in s.runtime} == {"numpy", *(["scipy"] if found else [])}
