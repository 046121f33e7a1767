from __future__ import annotations

import pytest

from checker.ecosystems.python.declared.formats.pipfile import read_pipfile
from checker.ecosystems.python.declared.formats.pyproject import read_pyproject
from checker.ecosystems.python.declared.locks.lockfiles import read_lock
from checker.ecosystems.python.stated import Problem
from checker.ecosystems.python.version_statement import plain


def read(make_tree, text: str, **files: str):
    named = {name.replace("_txt", ".txt"): content for name, content in files.items()}
    return read_pyproject(make_tree({"pyproject.toml": text, **named}), "pyproject.toml")


def texts(spec, group: str | None = None) -> list[str]:
    return [r.text for r in spec.requirements if r.group == group]


def test_the_project_table(make_tree) -> None:
    spec = read(
        make_tree,
        """
        [build-system]
        requires = ["hatchling", "cython"]
        build-backend = "hatchling.build"
        [project]
        name = "demo"
        requires-python = ">=3.8,<3.12"
        dependencies = ["numpy>=1.20", "demo[plot]"]
        [project.optional-dependencies]
        plot = ["matplotlib"]
        [dependency-groups]
        test = ["pytest", {include-group = "base"}]
        base = ["tox"]
        """,
    )
    assert (spec.kind, spec.name, spec.installs_project, spec.dynamic) == ("pyproject", "demo", True, False)
    assert texts(spec) == ["numpy>=1.20", "demo[plot]"]
    assert spec.requirements[0].evidence.line == 7
    assert (texts(spec, "extra:plot"), texts(spec, "test")) == (["matplotlib"], ["pytest", "tox"])
    assert [r.text for r in spec.build_requires] == ["hatchling", "cython"]
    assert spec.python[0].specifier == "<3.12,>=3.8"


@pytest.mark.parametrize(
    ("backend", "beside", "builds"),
    [
        ('"setuptools.build_meta"', {}, False),
        ('"setuptools.build_meta"', {"setup.cfg": "[metadata]\nname = demo\n"}, True),
        ('"mesonpy"', {}, True),
    ],
    ids=["settings of tools", "a setup.cfg beside", "a back end with files of its own"],
)
def test_a_build_system_that_has_nothing_to_build(
    make_tree, backend: str, beside: dict[str, str], builds: bool
) -> None:
    text = f'[build-system]\nrequires = ["x"]\nbuild-backend = {backend}\n[tool.black]\nline-length = 99\n'
    spec = read_pyproject(make_tree({"pyproject.toml": text, **beside}), "pyproject.toml")
    assert (spec.installs_project, spec.dynamic) == (builds, builds)


def test_dynamic_dependencies_from_files(make_tree) -> None:
    spec = read(
        make_tree,
        """
        [project]
        name = "demo"
        dynamic = ["dependencies"]
        [tool.setuptools.dynamic]
        dependencies = {file = ["needs.txt"]}
        """,
        needs_txt="numpy\n-r more.txt\n",
        more_txt="six\n",
    )
    assert texts(spec) == ["numpy", "six"]
    assert not spec.dynamic
    unknown = read(make_tree, '[project]\nname = "demo"\ndynamic = ["dependencies"]\n')
    assert unknown.dynamic


def test_poetry(make_tree) -> None:
    spec = read(
        make_tree,
        """
        [tool.poetry]
        name = "demo"
        [tool.poetry.dependencies]
        python = "^3.8"
        numpy = "^1.19.5"
        torch = {version = "1.7.0", source = "pytorch"}
        click = "~7.1"
        anything = "*"
        plot = {version = "^3", optional = true}
        mine = {git = "https://github.com/o/mine.git", branch = "main"}
        near = {path = "../near"}
        [tool.poetry.extras]
        draw = ["plot"]
        [tool.poetry.group.test.dependencies]
        pytest = ">=6"
        [tool.poetry.dev-dependencies]
        black = {version = "19.10b0", allow-prereleases = true}
        """,
    )
    assert spec.kind == "poetry"
    assert texts(spec) == [
        "numpy<2,>=1.19.5",
        "torch==1.7.0",
        "click<7.2,>=7.1",
        "anything",
        "mine @ git+https://github.com/o/mine.git@main",
        "near",
    ]
    assert [r.problem for r in spec.requirements if r.name in {"mine", "near"}] == [
        Problem.GIT,
        Problem.LOCAL_PATH,
    ]
    assert (texts(spec, "extra:draw"), texts(spec, "test"), texts(spec, "dev")) == (
        ["plot<4,>=3"],
        ["pytest>=6"],
        ["black==19.10b0"],
    )
    assert spec.python[0].specifier == "<4,>=3.8"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("1.2.*", "==1.2.*"),
        (">=1.2, <2", ">=1.2,<2"),
        ("*", ""),
    ],
)
def test_versions_as_poetry_means_them(written: str, meant: str) -> None:
    assert plain(written) == meant


def test_other_tools(make_tree) -> None:
    spec = read(
        make_tree,
        """
        [project]
        name = "demo"
        dependencies = ["torch", "helper"]
        [tool.uv]
        dev-dependencies = ["ruff"]
        [tool.uv.sources]
        helper = {git = "https://github.com/o/helper", tag = "v1"}
        [[tool.uv.index]]
        url = "https://download.example.org/cpu"
        [tool.pdm.dev-dependencies]
        test = ["pytest"]
        [tool.hatch.envs.default]
        dependencies = ["coverage"]
        """,
    )
    assert texts(spec) == ["torch", "helper @ git+https://github.com/o/helper@v1"]
    assert sorted(texts(spec, "dev")) == ["coverage", "ruff"]
    assert texts(spec, "test") == ["pytest"]
    assert [o.value for o in spec.options] == ["https://download.example.org/cpu"]


def test_old_flit(make_tree) -> None:
    text = '[tool.flit.metadata]\nmodule = "demo"\nrequires = ["numpy"]\nrequires-python = ">=3.6"\n'
    spec = read(make_tree, text)
    assert texts(spec) == ["numpy"]
    assert spec.python[0].specifier == ">=3.6"


def test_tool_settings_alone_are_no_specification(make_tree) -> None:
    assert read(make_tree, "[tool.black]\nline-length = 100\n") is None


def test_broken_toml_and_circular_groups_are_said(make_tree) -> None:
    broken = read(make_tree, "[project]\nname = demo\n")
    assert "pyproject.toml" in broken.unreadable[0]
    circular = read(
        make_tree, '[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}, "six"]\n'
    )
    assert any("includes itself" in said for said in circular.unreadable)


def test_pipfile(make_tree) -> None:
    tree = make_tree(
        {
            "Pipfile": """
                [[source]]
                url = "https://index.example.org/simple"
                [packages]
                numpy = "*"
                torch = "==1.7.0"
                mine = {git = "https://github.com/o/mine.git", ref = "v2"}
                demo = {path = ".", editable = true}
                [dev-packages]
                pytest = ">=6"
                [requires]
                python_version = "3.8"
            """
        }
    )
    spec = read_pipfile(tree, "Pipfile")
    assert texts(spec) == ["numpy", "torch==1.7.0", "mine @ git+https://github.com/o/mine.git@v2", ""]
    assert texts(spec, "dev") == ["pytest>=6"]
    assert [s.version for s in spec.python] == ["3.8"]
    assert spec.installs_project


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poetry.lock", '[[package]]\nname = "numpy"\nversion = "1.19.5"\n[metadata]\npython-versions = "^3.8"\n'),
        ("uv.lock", 'requires-python = ">=3.8,<4"\n[[package]]\nname = "numpy"\nversion = "1.19.5"\n'),
        (
            "Pipfile.lock",
            '{"_meta": {"requires": {"python_version": ">=3.8"}}, "default": {"numpy": {"version": "==1.19.5"}}}',
        ),
    ],
)
def test_lock_files_are_constraints(make_tree, name: str, text: str) -> None:
    spec = read_lock(make_tree({name: text}), name)
    assert spec is not None
    assert [c.text for c in spec.constraints] == ["numpy==1.19.5"]
    assert spec.requirements == ()
    assert spec.python[0].specifier.endswith(">=3.8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("poetry.lock", '[[package]]\nname = "own"\nversion = "1.0"\n[package.source]\ntype = "git"\nurl = "x"\n'),
        ("poetry.lock", '[[package]]\nname = "own"\nversion = "1.0"\n[package.source]\ntype = "directory"\n'),
        ("uv.lock", '[[package]]\nname = "own"\nversion = "1.0"\nsource = { git = "x" }\n'),
        ("pdm.lock", '[[package]]\nname = "own"\nversion = "1.0"\npath = "./own"\n'),
        ("pylock.toml", '[[packages]]\nname = "own"\nversion = "1.0"\nvcs = { type = "git" }\n'),
        ("Pipfile.lock", '{"default": {"own": {"version": "==1.0", "git": "x"}}}'),
    ],
)
def test_a_version_that_came_from_no_index_is_no_constraint(make_tree, name: str, text: str) -> None:
    spec = read_lock(make_tree({name: text}), name)
    assert spec is not None
    assert spec.constraints == ()


def test_a_build_of_another_index_is_its_plain_version(make_tree) -> None:
    spec = read_lock(make_tree({"uv.lock": '[[package]]\nname = "torch"\nversion = "2.5.1+cpu"\n'}), "uv.lock")
    assert spec is not None
    assert [c.text for c in spec.constraints] == ["torch==2.5.1"]


@pytest.mark.parametrize("kind", ["legacy", ""])
def test_an_index_of_ones_own_is_one(make_tree, kind: str) -> None:
    text = f'[[package]]\nname = "own"\nversion = "1.0"\n[package.source]\ntype = "{kind}"\nreference = "x"\n'
    spec = read_lock(make_tree({"poetry.lock": text}), "poetry.lock")
    assert spec is not None
    assert [c.text for c in spec.constraints] == ["own==1.0"]


def test_a_broken_lock_is_said(make_tree) -> None:
    spec = read_lock(make_tree({"poetry.lock": "<<<<<<< HEAD\n"}), "poetry.lock")
    assert spec is not None
    assert spec.unreadable
