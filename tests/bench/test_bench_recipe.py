"""The newcomer's Dockerfile: what it installs from, and that nothing of a repository becomes an instruction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from checker.core.tree import Tree
from tools.bench.recipe import dockerfile, pip_part, specification, with_tools

RUN = "0123456789abcdef"
ENVIRONMENT = """\
name: lab
dependencies:
  - python=3.8
  - numpy
  - pip:
      - torch==1.7.1
      - "--find-links https://example.org/wheels"
      - git+https://example.org/x.git
"""


def tree(tmp_path: Path, files: Mapping[str, str]) -> Tree:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Tree(tmp_path)


@pytest.mark.parametrize(
    ("files", "source", "command"),
    [
        (("requirements.txt", "setup.py", "environment.yml"), "requirements.txt", "-r requirements.txt"),
        (("setup.py", "pyproject.toml", "environment.yml"), "setup.py", "."),
        (("pyproject.toml",), "pyproject.toml", "."),
        (("environment.yml",), "environment.yml", "-r /conda-pip-part.txt"),
        (("environment.yaml",), "environment.yaml", "-r /conda-pip-part.txt"),
    ],
)
def test_a_newcomer_takes_the_first_that_stands_at_the_root(
    tmp_path: Path, files: tuple[str, ...], source: str, command: str
) -> None:
    found = specification(tree(tmp_path, dict.fromkeys(files, ENVIRONMENT)))
    assert found is not None
    assert (found.source, " ".join(found.command)) == (source, f"pip install {command}")


def test_a_newcomer_looks_no_further_than_the_root(tmp_path: Path) -> None:
    assert specification(tree(tmp_path, {"code/requirements.txt": "numpy\n", "main.py": "import numpy\n"})) is None


def test_a_conda_environment_without_a_pip_part_is_nothing_to_pip(tmp_path: Path) -> None:
    assert specification(tree(tmp_path, {"environment.yml": "dependencies:\n  - numpy\n"})) is None


def test_the_pip_part() -> None:
    assert pip_part(ENVIRONMENT) == (
        "torch==1.7.1",
        "--find-links https://example.org/wheels",
        "git+https://example.org/x.git",
    )
    assert pip_part("dependencies: [unclosed") == ()
    assert pip_part("- pip:\n    - 'a\n\n      RUN b'\n") == ("a RUN b",)


def test_the_dockerfile(tmp_path: Path) -> None:
    found = specification(tree(tmp_path, {"requirements.txt": "numpy\n"}))
    lines = dockerfile("debian:x", RUN, found, env={"PIP_INDEX_URL": 'https://a/"$x"'}).splitlines()
    assert lines[:2] == ["FROM debian:x", f'LABEL reproducibility-checker.bench="{RUN}"']
    assert 'ENV PIP_INDEX_URL="https://a/\\"$x\\""' in lines
    assert "COPY source /code/src" in lines
    assert lines[-1] == 'RUN ["pip", "install", "-r", "requirements.txt"]'
    assert not any(line.startswith("COPY ca.pem") for line in lines)


def test_certificates_and_the_written_part_are_copied(tmp_path: Path) -> None:
    found = specification(tree(tmp_path, {"environment.yml": ENVIRONMENT}))
    text = dockerfile("debian:x", RUN, found, env={}, certificates=True)
    assert "COPY ca.pem /ca.pem\n" in text
    assert "COPY conda-pip-part.txt /conda-pip-part.txt\n" in text
    assert "torch" not in text


def test_without_a_specification_nothing_is_installed() -> None:
    assert dockerfile("debian:x", RUN, None, env={}).splitlines()[-1] == "WORKDIR /code/src"


@pytest.mark.parametrize("run", ["", "x", 'a"\nRUN id', "0123456789ABCDEF"])
def test_a_label_is_hexadecimal(run: str) -> None:
    with pytest.raises(ValueError, match=None):
        dockerfile("debian:x", run, None, env={})


def test_tools_are_arguments_and_no_shell_text() -> None:
    text = with_tools("image", RUN, ("pytest", "$(id)", "nbclient"))
    words = json.loads(text.splitlines()[-1].removeprefix("RUN "))
    assert words[:2] == ["sh", "-c"]
    assert words[4:] == ["pytest", "$(id)", "nbclient"]
    assert "id" not in words[2]
