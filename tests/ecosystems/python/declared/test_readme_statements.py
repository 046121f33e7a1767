from __future__ import annotations

import pytest

from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.pages import find_pages
from checker.ecosystems.python.declared.author import collect_author_statements
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.declared.versions_in_words import find_packages, find_python
from checker.ecosystems.python.stated import Strength

HERE = Evidence(claim="prose", source="README.md", line=1)


@pytest.mark.parametrize(
    ("text", "specifier", "strength"),
    [
        ("- Python 3.8", "==3.8.*", Strength.STATED),
        ("**Python3.8**", "==3.8.*", Strength.STATED),
        ("Using `Python 3.6.9`, create", "==3.6.*", Strength.STATED),
        ("* Python==3.7.6", "==3.7.*", Strength.STATED),
        ("- **Python**: The recommended version is **3.9**.", "==3.9.*", Strength.STATED),
        ("Python 3.8+", ">=3.8", Strength.BOUND),
        ("Python >= 3.7", ">=3.7", Strength.BOUND),
        ("python 3.6 or higher", ">=3.6", Strength.BOUND),
        ("Python 3.6-3.9", "<=3.9.99,>=3.6", Strength.BOUND),
        ("![p](https://img.shields.io/badge/python-3.8+-blue.svg)", ">=3.8", Strength.WEAK),
        ("Python 3", "==3.*", Strength.WEAK),
        ("* Python version 2.7 or >=3.4", ">=3.4", Strength.BOUND),
        ("Python 2.7 and 3.6", "==3.6.*", Strength.STATED),
        ("Python 2/3", ">=3", Strength.BOUND),
        ("Python 2.7 (or 3.5+)", ">=3.5", Strength.BOUND),
        ("Python 3.6.8/3.7.3", "<=3.7.99,>=3.6", Strength.BOUND),
        ("Python 3.8, 3.9 and 3.10", "<=3.10.99,>=3.8", Strength.BOUND),
        ("Python 3.6, 3 GPUs", "==3.6.*", Strength.STATED),
        ("Python 3.8, PyTorch 1.7", "==3.8.*", Strength.STATED),
        ("Python 2.7", "==2.7.*", Strength.STATED),
    ],
)
def test_python_in_words(text: str, specifier: str, strength: Strength) -> None:
    [said] = find_python(text, HERE)
    assert (said.specifier, said.strength) == (specifier, strength)


@pytest.mark.parametrize(
    "text",
    [
        "python3 train.py --epochs 3.5",
        "pythonic 3.8 ways",
        "- Fix a crash on Python 3.9",
        "CUDA 11.1",
        "see python.org",
        "It does not work with Python 3.10.",
        "Python 2.7 is no longer supported",
    ],
)
def test_what_says_nothing_about_python(text: str) -> None:
    assert list(find_python(text, HERE)) == []


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("PyTorch 1.7", "torch==1.7.*"),
        ("- [PyTorch](https://pytorch.org) 1.7.1", "torch==1.7.1"),
        ("PyTorch 1.8 or higher", "torch>=1.8"),
        ("PyTorch: 1.10.0 ~ 1.11.0", "torch<=1.11.0,>=1.10.0"),
        ("TensorFlow-gpu==1.15.0", "tensorflow==1.15.0"),
        ("sklearn 0.24.1", "scikit-learn==0.24.1"),
        ("under `timm>=0.3.2`. Use", "timm>=0.3.2"),
        ("Use PyTorch 1.7 (not compatible with PyTorch 2.0).", "torch==1.7.*"),
        ("Written for PyTorch 0.4 two years ago. It needs PyTorch 1.8 now.", "torch==1.8.*"),
        ("Install PyTorch 1.7 before you begin", "torch==1.7.*"),
    ],
)
def test_packages_in_words(text: str, requirement: str) -> None:
    assert [r.text for r in find_packages(text, HERE)] == [requirement]


@pytest.mark.parametrize(
    "text",
    [
        "We made this three years ago for PyTorch 0.3 as an exercise.",
        "This doesn't work with PyTorch 2.0",
        "PyTorch 1.0 is no longer supported",
        "There is a bug in torch 1.8.0",
        "Results differ before PyTorch 1.2",
        "timm 0.9 has not been tested",
        "We hope to support TensorFlow 2.0 at a later date",
        "We are going to add support for PyTorch 2.0",
    ],
)
def test_what_was_once_or_does_not_work_is_no_requirement(text: str) -> None:
    assert list(find_packages(text, HERE)) == []


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("conda create lamp python=3.10 scipy pandas", {"scipy", "pandas"}),
        ("conda create -y -c conda-forge lamp scipy", {"scipy"}),
        ("conda create --name=lamp scipy", {"scipy"}),
        ("conda create -n lamp scipy", {"scipy"}),
        ("conda create python=3.10 scipy", {"scipy"}),
        ("conda install lamp scipy", {"lamp", "scipy"}),
    ],
)
def test_the_name_of_an_environment_is_no_package(make_tree, command: str, names: set[str]) -> None:
    said = collect_author_statements(make_tree({"README.md": f"```\n{command}\n```\n"}))
    assert {package.name for package in said.packages} == names


@pytest.mark.parametrize(
    ("page", "installed"),
    [
        ("git clone https://a.b/x/toolkit.git\ncd toolkit\npip install -e .\n", False),
        ("git clone https://a.b/x/lamps.git\ncd lamps\npip install -e .\n", True),
        ("pip install -e .\n", True),
    ],
)
def test_what_is_installed_after_a_clone_is_the_clone_where_nothing_here_can_be(
    make_tree, page, installed
) -> None:
    """Of its own repository a page that says so lacks a file; of another's it lacks nothing."""
    said = collect_author_statements(
        make_tree({"README.md": f"# Lamps\n```\n{page}```\n", "fit.py": "import toolkit\n"})
    )
    assert bool(said.packages) is installed


README = """
    # Demo

    ## Installation

    ```bash
    git clone https://github.com/o/demo.git
    cd demo
    conda create -n demo python=3.7 -y
    (demo) $ pip install torch==1.7.0+cu110 -f https://download.example.org/whl  # CUDA 11
    pip install -r requirements.txt
    sudo apt-get install -y libgl1-mesa-glx
    ```

    Tested with PyTorch 1.7.

    ## Train

    ```
    CUDA_VISIBLE_DEVICES=0,1 python tools/train.py \\
        --config a.yaml \\
        > log.txt 2>&1
    ├── data
    Epoch 1: loss 0.3
    ```

    ```python
    import demo
    python tools/train.py --from-a-python-block
    ```

    Or run `python tools/train.py --help`, or

        cd tools && ./run.sh

    ```
    python train.py
    ```
"""


def test_commands_in_order_with_place_prompt_and_folder(make_tree) -> None:
    tree = make_tree({"README.md": README, "requirements.txt": "six\n", "tools/train.py": "", "tools/run.sh": ""})
    commands = read_commands(tree)
    shown = [(c.line, c.cwd, " ".join(c.argv)) for c in commands]
    assert (9, ".", "pip install torch==1.7.0+cu110 -f https://download.example.org/whl") in shown
    assert (19, ".", "python tools/train.py --config a.yaml") in shown
    assert (28, ".", "python tools/train.py --from-a-python-block") in shown
    assert (31, ".", "python tools/train.py --help") in shown
    assert (33, "tools", "./run.sh") in shown
    assert (36, "tools", "python train.py") in shown
    assert not [argv for *_, argv in shown if argv.startswith(("├", "Epoch", "import"))]
    train = next(c for c in commands if c.line == 19)
    assert (train.env, train.heading) == ((("CUDA_VISIBLE_DEVICES", "0,1"),), "Train")


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("Run `pip install the following packages` first.", []),
        ("pip install numpy and scipy", ["numpy", "scipy"]),
        ("```\npip install all dependencies below\n```", []),
    ],
)
def test_words_of_a_sentence_behind_pip_install_are_no_packages(make_tree, page: str, asked: list[str]) -> None:
    stated = collect_author_statements(make_tree({"README.md": f"{page}\n", "run.py": "1\n"}))
    assert [package.text for package in stated.packages] == asked


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("run python tools/fit.py", [("python", "tools/fit.py")]),
        ("Then run: python fit.py --k 3 --all.", [("python", "fit.py", "--k", "3", "--all")]),
        ("Simply run bash fit.sh", [("bash", "fit.sh")]),
        ("run python fit.py to fit the model", []),
        ("You can run python fit.py", []),
        ("run python in a shell", []),
    ],
)
def test_a_command_behind_a_verb(make_tree, line: str, commands: list[tuple[str, ...]]) -> None:
    assert [command.argv for command in read_commands(make_tree({"README.md": f"# Use\n\n{line}\n"}))] == commands


def test_a_comment_behind_the_backslash_ends_no_command(make_tree) -> None:
    page = (
        "```\npython -u run.py \\\n  --task a \\   # the task\n  --root <dir> \\ # where the data is\n"
        "  --out b \\ \n  --note 'c#d'\necho done  # a comment\n```\n"
    )
    tree = make_tree({"README.md": page, "run.py": "print(1)\n"})
    told = ("--task", "a", "--root", "<dir>", "--out", "b", "--note", "c#d")
    assert [c.argv for c in read_commands(tree)] == [("python", "-u", "run.py", *told), ("echo", "done")]


def test_statements_of_a_page(make_tree) -> None:
    tree = make_tree({"README.md": README, "requirements.txt": "six\n"})
    said = collect_author_statements(tree)
    assert [(s.version, s.strength) for s in said.python][:1] == [("3.7", Strength.STATED)]
    assert {"torch==1.7.0+cu110", "torch==1.7.*"} <= {p.text for p in said.packages}
    assert [p.name for p in said.system_packages] == ["libgl1-mesa-glx"]
    assert [e.claim for e in said.named] == ["requirements.txt"]
    assert [(o.name, o.value) for o in said.options] == [("find-links", "https://download.example.org/whl")]


CLONED = "```\ngit clone https://example.org/o/demo.git\ncd demo{inside}\npip install -e .\n```\n"


@pytest.mark.parametrize(
    ("inside", "files", "installed"),
    [
        ("", ("pyproject.toml", "demo/__init__.py"), "."),
        ("", ("demo/setup.py", "demo/demo/__init__.py"), "demo"),
        ("", ("setup.py", "demo/setup.py"), "."),
        ("/demo", ("setup.py", "demo/setup.py"), "demo"),
        ("/python", ("setup.py", "demo/a.py", "python/setup.py"), "python"),
    ],
)
def test_entering_the_own_clone_leads_to_the_root(make_tree, inside, files, installed) -> None:
    tree = make_tree({"README.md": CLONED.format(inside=inside), **dict.fromkeys(files, "")})
    said = collect_author_statements(tree)
    assert said.installs == (installed,)
    assert [r.local for r in said.packages] == [installed]


def test_what_is_done_in_a_clone_of_another_repository_is_not_said_of_this_one(make_tree) -> None:
    tree = make_tree(
        {
            "README.md": """
                ```
                git clone https://github.com/o/demo && cd demo
                pip install -r requirements.txt
                git clone https://github.com/o/other.git
                cd other
                pip install -e .
                cd ..
                pip install ./sub
                ```
            """,
            "requirements.txt": "six\n",
            "setup.py": "",
            "sub/setup.py": "",
        }
    )
    said = collect_author_statements(tree)
    assert said.installs == ("sub",)
    assert [e.claim for e in said.named] == ["requirements.txt"]


def test_restructured_text(make_tree) -> None:
    tree = make_tree(
        {
            "README.rst": """
                Demo
                ====

                Installation
                ------------

                .. code-block:: bash

                   pip install "numpy>=1.2"

                Then::

                    python run.py --fast

                Requires Python 3.8.
            """
        }
    )
    assert [(c.line, c.heading, c.argv[0]) for c in read_commands(tree)] == [
        (9, "Installation", "pip"),
        (13, "Installation", "python"),
    ]
    assert [s.version for s in collect_author_statements(tree).python] == ["3.8"]


def test_pages_are_chosen_and_ordered(make_tree) -> None:
    names = [
        "docs/install.md",
        "README.md",
        "sub/README.md",
        "CHANGELOG.md",
        ".history/README.md",
        "requirements.txt",
    ]
    tree = make_tree(dict.fromkeys(names, "x\n"))
    assert find_pages(tree) == ("README.md", "sub/README.md", "docs/install.md")


def test_hostile_pages_are_bounded(make_tree) -> None:
    tree = make_tree(
        {
            "README.md": "```\n"
            + "pip install a; " * 20_000
            + "\n```\n"
            + "[" * 5_000
            + "\n"
            + "> " * 2_000
            + "x\n",
            "INSTALL.md": "```\npip install 'unclosed\n```\n\0\1\n",
        }
    )
    said = collect_author_statements(tree)
    assert len(said.commands) <= 4_000


def test_dockerfiles_scripts_and_ci(make_tree) -> None:
    tree = make_tree(
        {
            "Dockerfile": """
                ARG PYTORCH="1.6.0"
                FROM pytorch/pytorch:${PYTORCH}-cuda10.1-cudnn7-devel
                RUN apt-get update && apt-get install -y ffmpeg libsm6 \\
                    # a comment between
                    && rm -rf /var/lib/apt/lists/*
                RUN ["pip", "install", "einops==0.3"]
            """,
            "docker/Dockerfile": "FROM python:3.8-slim\n",
            "install.sh": "#!/bin/bash\npip install 'timm==0.4.12'\n",
            ".github/workflows/test.yml": """
                jobs:
                  test:
                    strategy:
                      matrix:
                        python-version: [3.9, 3.10]
                    steps:
                      - run: |
                          pip install pytest
            """,
        }
    )
    said = collect_author_statements(tree)
    assert {"torch==1.6.0", "einops==0.3", "timm==0.4.12", "pytest"} <= {p.text for p in said.packages}
    assert [p.name for p in said.system_packages] == ["ffmpeg", "libsm6"]
    assert [(s.version, s.strength) for s in said.python] == [
        ("3.9", Strength.TESTED),
        ("3.10", Strength.TESTED),
        ("3.8", Strength.PINNED),
    ]


@pytest.mark.parametrize(
    ("name", "text", "version", "strength"),
    [
        (".python-version", "3.8.10\n", "3.8", Strength.PINNED),
        ("runtime.txt", "python-3.7.4\n", "3.7", Strength.PINNED),
        (".tool-versions", "nodejs 18\npython 3.9.1\n", "3.9", Strength.PINNED),
        ("tox.ini", "[tox]\nenvlist = py{36}, lint\n", "3.6", Strength.TESTED),
        ("noxfile.py", "import nox\n@nox.session(python=['3.8'])\ndef t(s): ...\n", "3.8", Strength.TESTED),
        (".readthedocs.yml", "python:\n  version: 3.7\n", "3.7", Strength.TESTED),
        (".travis.yml", "python:\n  - '3.6'\n", "3.6", Strength.TESTED),
        (".gitlab-ci.yml", "image: python:3.9-slim\n", "3.9", Strength.TESTED),
        (
            "a.ipynb",
            '{"metadata": {"language_info": {"name": "python", "version": "3.7.6"}}}',
            "3.7",
            Strength.USED,
        ),
        ("pkg/__pycache__/m.cpython-38.pyc", b"\0", "3.8", Strength.USED),
        ("ext.cpython-39-x86_64-linux-gnu.so", b"\0", "3.9", Strength.USED),
    ],
)
def test_files_that_name_an_interpreter(make_tree, name, text, version, strength) -> None:
    said = collect_author_statements(make_tree({name: text, "pkg/m.py": ""})).python
    assert [(s.version, s.strength) for s in said] == [(version, strength)]
