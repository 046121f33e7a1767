from __future__ import annotations

import pytest

from checker.ecosystems.python.declared.formats.setup_cfg import read_setup_cfg
from checker.ecosystems.python.declared.formats.setup_py import read_setup_py


def read(make_tree, setup: str, **files: str):
    named = {name.replace("__", "/").replace("_txt", ".txt"): text for name, text in files.items()}
    found = read_setup_py(make_tree({"setup.py": setup, **named}), "setup.py")
    assert found is not None
    return found


def texts(spec, group: str | None = None) -> list[str]:
    return [r.text for r in spec.requirements if r.group == group]


def test_literal_arguments(make_tree) -> None:
    spec = read(
        make_tree,
        """
        from setuptools import find_packages, setup
        setup(name="demo", packages=find_packages(), python_requires=">=3.6",
              install_requires=["numpy>=1.0", "torch==1.7.0"],
              extras_require={"dev": ["pytest"], ":python_version<'3.7'": ["dataclasses"]},
              tests_require=["nose"], setup_requires=["cython"],
              classifiers=["Programming Language :: Python :: 3.7"])
        """,
    )
    assert (spec.name, texts(spec)) == ("demo", ["numpy>=1.0", "torch==1.7.0"])
    assert (texts(spec, "extra:dev"), texts(spec, "test")) == (["pytest"], ["nose"])
    assert [r.text for r in spec.build_requires] == ["cython"]
    assert [(s.specifier, s.strength) for s in spec.python] == [(">=3.6", "bound"), ("==3.7.*", "weak")]
    assert not spec.dynamic


@pytest.mark.parametrize(
    "setup",
    [
        "from setuptools import setup\nsetup(install_requires=open('requirements.txt').read().splitlines())",
        "from setuptools import setup\nwith open('requirements.txt') as f:\n    needs = f.read().splitlines()\n"
        "setup(install_requires=needs)",
        "from setuptools import setup\ndef load(path):\n    return [x for x in open(path)]\n"
        "setup(install_requires=load('requirements.txt'))",
        "from setuptools import setup\n"
        "def load():\n    with open('requirements.txt') as f:\n        return f.readlines()\n"
        "setup(install_requires=load())",
        "import os\nfrom setuptools import setup\nhere = os.path.abspath(os.path.dirname(__file__))\n"
        "needs = [l.strip() for l in open(os.path.join(here, 'requirements.txt')) if not l.startswith('#')]\n"
        "if __name__ == '__main__':\n    setup(install_requires=needs)",
        "from pathlib import Path\nfrom setuptools import setup\n"
        "setup(install_requires=Path(__file__).parent.joinpath('requirements.txt').read_text().split())",
        "from setuptools import setup\nargs = dict(install_requires=open('requirements.txt').readlines())\n"
        "setup(**args)",
    ],
)
def test_requirements_read_from_a_file(make_tree, setup: str) -> None:
    spec = read(make_tree, setup, requirements_txt="# comment\nnumpy==1.19\n-r more.txt\n", more_txt="six\n")
    assert texts(spec) == ["numpy==1.19", "six"]
    assert not spec.dynamic


def test_a_list_of_all_requirements_is_picked_from_by_name(make_tree) -> None:
    spec = read(
        make_tree,
        """
        import re
        from setuptools import setup
        _deps = ["numpy>=1.17", "torch>=1.4,!=1.9", "numpydoc"]
        deps = {b: a for a, b in (re.findall(r"(x)", x)[0] for x in _deps)}
        def deps_list(*names):
            return [deps[name] for name in names]
        extras = {}
        extras["torch"] = deps_list("torch")
        setup(install_requires=[deps["numpy"]], extras_require=extras)
        """,
    )
    assert texts(spec) == ["numpy>=1.17"]
    assert texts(spec, "extra:torch") == ["torch!=1.9,>=1.4"]


def test_lists_that_grow(make_tree) -> None:
    spec = read(
        make_tree,
        """
        from setuptools import setup
        needs = ["numpy"]
        needs += ["scipy"]
        needs.append("six")
        setup(install_requires=needs + ["tqdm"])
        """,
    )
    assert texts(spec) == ["numpy", "scipy", "six", "tqdm"]


def test_what_only_running_would_tell_is_dynamic(make_tree) -> None:
    spec = read(
        make_tree,
        """
        import subprocess
        from setuptools import setup
        setup(install_requires=subprocess.check_output(["cat", "x"]).split())
        """,
    )
    assert spec.dynamic
    assert texts(spec) == []


def test_undeclared_build_dependencies_and_extensions(make_tree) -> None:
    spec = read(
        make_tree,
        """
        import numpy as np
        from Cython.Build import cythonize
        from setuptools import setup
        setup(name="x", ext_modules=cythonize("x.pyx"), include_dirs=[np.get_include()])
        """,
    )
    assert [r.text for r in spec.build_requires] == ["numpy", "cython"]
    assert spec.extensions


def test_python_2_scripts_are_read_by_pattern_and_said(make_tree) -> None:
    spec = read(
        make_tree,
        """
        from setuptools import setup
        print "building"
        setup(name="old", install_requires=["numpy>=1.0", 'scipy'])
        """,
    )
    assert texts(spec) == ["numpy>=1.0", "scipy"]
    assert "setup.py:2: not Python 3" in spec.unreadable[0]
    assert spec.python[0].version == "2.7"


@pytest.mark.parametrize(
    "bomb",
    [
        "x = 'a'\n" + "x = x + x\n" * 60,
        "x = '%0999999999d' % 1\n",
        "x = " + "(" * 150 + "1" + ")" * 150 + "\n",
        "x = [" * 3000,
    ],
)
def test_hostile_scripts_are_bounded(make_tree, bomb: str) -> None:
    spec = read(make_tree, f"from setuptools import setup\n{bomb}\nsetup(install_requires=['numpy'])\n")
    assert texts(spec) == ["numpy"]


def test_a_setup_script_that_sets_nothing_up_is_none(make_tree) -> None:
    assert read_setup_py(make_tree({"setup.py": "print('configure me')\n"}), "setup.py") is None


def test_setup_cfg(make_tree) -> None:
    tree = make_tree(
        {
            "setup.cfg": """
                [metadata]
                name = demo
                [options]
                python_requires = >=3.7
                install_requires =
                    numpy>=1.0
                    torch ; platform_system != "Darwin"
                [options.extras_require]
                dev = pytest
            """,
            "sub/setup.cfg": "[options]\ninstall_requires = file: needs.txt\n",
            "sub/needs.txt": "six\n",
            "tools/setup.cfg": "[flake8]\nmax-line-length = 100\n",
            "bad/setup.cfg": "install_requires = numpy\n[options\n",
        }
    )
    spec = read_setup_cfg(tree, "setup.cfg")
    assert spec is not None
    assert texts(spec) == ["numpy>=1.0", 'torch; platform_system != "Darwin"']
    assert spec.requirements[0].evidence.line == 6
    assert texts(spec, "extra:dev") == ["pytest"]
    sub = read_setup_cfg(tree, "sub/setup.cfg")
    assert sub is not None
    assert texts(sub) == ["six"]
    assert read_setup_cfg(tree, "tools/setup.cfg") is None
    bad = read_setup_cfg(tree, "bad/setup.cfg")
    assert bad is not None
    assert bad.unreadable


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("numpy>=1.9,<2", ["numpy<2,>=1.9"]),
        ("numpy; scipy>=1", ["numpy", "scipy>=1"]),
        ("numpy, scipy", ["numpy", "scipy"]),
        ("\n    numpy>=1.9,<2\n    scipy", ["numpy<2,>=1.9", "scipy"]),
    ],
)
def test_lists_of_setup_cfg(make_tree, written: str, names: list[str]) -> None:
    text = f"[metadata]\nname = a\n[options]\ninstall_requires = {written}\n"
    spec = read_setup_cfg(make_tree({"setup.cfg": text}), "setup.cfg")
    assert spec is not None
    assert [r.text for r in spec.requirements] == names
