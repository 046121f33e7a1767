"""Whatever stands in a file of a repository, reading it ends, and plans that can be written down come of it."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.core.tree import Tree
from checker.core.values.results import Attempt
from checker.ecosystems.base import Facts
from checker.ecosystems.python import ecosystem as python

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
FACTS = Facts(
    repository="ada/paper", code_date=MOMENT, today=MOMENT, runtimes=(("python", ("3.8", "3.9", "3.11")),)
)

# ruff: noqa: E501 - files as people write them

#: Path → the beginning of such a file: one for each format that is read.
FORMATS = {
    "README.md": "# Paper\n\nPython 3.8\n\n```bash\npip install numpy==1.20 # x\npython train.py --epochs 3 `date`\n```\n",
    "README.rst": "Paper\n=====\n\n.. code:: bash\n\n   python train.py <DATA>\n\nRun::\n\n   python train.py\n",
    "setup.py": "from setuptools import setup\nx = ['numpy>=1.0', f'a{1}']\nsetup(name='p', install_requires=x + ['b'])\n",
    "setup.cfg": "[metadata]\nname = p\n[options]\npython_requires = >=3.8\ninstall_requires =\n    numpy>=1.0\n    b\n",
    "pyproject.toml": "[project]\nname = 'p'\nrequires-python = '>=3.8'\ndependencies = ['numpy>=1.0; python_version<\"4\"']\n"
    "[tool.poetry.dependencies]\npython = '^3.8'\ntorch = {version = '1.0', extras = ['a']}\n[tool.uv]\n",
    "requirements.txt": "numpy==1.20 # x\n-r other.txt\ngit+https://github.com/a/b@c#egg=d\ntorch==1.8+cu111 ; x\n--hash=sha256:0\n",
    "environment.yml": "name: a\nchannels: [b]\ndependencies:\n- python=3.8\n- numpy=1.20=py_0\n- pip:\n  - torch==1.8\n",
    "Pipfile": "[packages]\nnumpy = '*'\ntorch = {version = '==1.8', index = 'x'}\n[requires]\npython_version = '3.8'\n",
    "Pipfile.lock": '{"_meta": {"requires": {"python_version": "3.8"}}, "default": {"numpy": {"version": "==1.20"}}}',
    "poetry.lock": "[[package]]\nname = 'numpy'\nversion = '1.20'\n[metadata]\npython-versions = '^3.8'\n",
    "uv.lock": "version = 1\nrequires-python = '>=3.8'\n[[package]]\nname = 'numpy'\nversion = '1.20'\nsource = {registry = 'x'}\n",
    "conda-lock.yml": "package:\n- name: numpy\n  version: 1.20\n  manager: pip\n  url: http://a/b\n",
    "Dockerfile": "FROM python:3.8\nARG A=b\nENV C=${A:-x} D=e\nRUN pip install numpy && \\\n  apt-get install -y git\nCMD ['python', 'train.py']\n",
    "Makefile": "X := a b\ntrain: data\n\tpython train.py $(X) $(foreach i,$(X),$(i))\ndata:\n\twget http://a\n",
    "run.sh": 'for i in 1 2; do\n  python train.py --seed $i "${X:-a}" <<EOF\na\nEOF\ndone\nif [ -f x ]; then y; fi\n',
    "demo.ipynb": '{"cells": [{"cell_type": "code", "source": ["!pip install numpy\\n", "import numpy\\n", "%time x = 1"],'
    ' "outputs": []}], "metadata": {"kernelspec": {"language": "python"}, "language_info": {"version": "3.8.1"}}}',
    "train.py": "import argparse, os\ntry:\n    import numpy\nexcept ImportError:\n    import b\np = argparse.ArgumentParser()\n"
    "p.add_argument('--epochs', type=int, default=0x10, choices=[1, 2])\nargs = p.parse_args()\nif __name__ == '__main__':\n"
    "    open(os.path.join('data', f'{args.epochs}.csv'))\n",
    "tox.ini": "[tox]\nenvlist = py{37,38}\n[testenv]\ndeps = pytest\ncommands = pytest {posargs}\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  t:\n    steps:\n    - uses: actions/setup-python@v4\n      with: {python-version: '3.8'}\n    - run: pytest\n",
    "runtime.txt": "python-3.8.10\n",
    ".python-version": "3.8\n",
    "conf/a.yaml": "a: &x [1, 2]\nb: *x\nlr: 0.1\n",
    ".devcontainer/devcontainer.json": '{"image": "python:3.8", "postCreateCommand": "pip install numpy"}',
}

#: What is put into files: ends of grammars, numbers and nests that are too large, halves of characters.
HOSTILE = [
    "\x00", "\ufeff", "\\ud800", '"\\ud800"', "\\U0000dfff", "\\x", "\r", "\t", "\u2028", "\x0c", "é", "{", "}", "[", "]",
    "(", ")", "'", '"', "'''", "`", "<", ">", "&x", "*x", "- ", ": ", "#", "\\", "$", "${", "$(", "%", "%(a)s", "<<EOF", ";",
    "=", "==", "@", "!", "9" * 5_000, "0x" + "f" * 5_000, "1." * 2_000, "1e999", "nan", "-1", "[" * 2_000, "{" * 2_000,
    "(" * 500, "((" * 90, '{"a":' * 2_000, "[[" * 300, "a." * 2_000, "\n" * 3_000, " " * 3_000, "a" * 3_000, "- " * 500,
    '"" + ' * 1_500, "not " * 1_500, "- -" * 300, "$((" * 300, "`" * 300, "*" * 300, "|" * 300, "\n  " * 500,
    "if x:\n" * 30, "try:\n" * 30, "lambda: " * 300, "&a [*a,*a]\n" * 30, "numpy==" + "9" * 5_000, "python 3." + "9" * 5_000,
    ">=3.8," * 500, "~=9", "^3.8", "; python_version", "%%bash\n", "!pip install ", "FROM ", "RUN ", "include x\n",
]  # fmt: skip

changes = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(HOSTILE)), min_size=1, max_size=4)


def plan(root: Path) -> None:
    """Carry out everything of a check that needs no container."""
    project = python.open(Tree(root), FACTS)
    if project is None:
        return
    project.detection.model_dump_json()
    attempts = [Attempt(plan=made) for made in project.make_plans()]
    repaired = project.repair(attempts)
    for made in (*(attempt.plan for attempt in attempts), *([repaired] if repaired else [])):
        made.model_dump_json()
    for missing in project.find_missing(attempts):
        missing.model_dump_json()


def write(root: Path, path: str, data: bytes) -> None:
    (root / "model.py").write_text("import torch\n")
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


@settings(
    max_examples=int(os.environ.get("EXAMPLES", "5")),
    suppress_health_check=list(HealthCheck),
    derandomize="EXAMPLES" not in os.environ,
)
@pytest.mark.parametrize("path", FORMATS)
@given(changes=changes, cut=st.floats(0, 1))
def test_a_changed_file_is_planned_with(path: str, changes: list[tuple[float, float, str]], cut: float) -> None:
    text = FORMATS[path]
    for start, end, inserted in changes:
        first, last = sorted((int(start * len(text)), int(end * len(text))))
        text = text[:first] + inserted + text[last if cut < 0.5 else first :]
    data = text.encode("utf-8", "surrogatepass")
    with TemporaryDirectory() as folder:
        write(
            Path(folder), path, data if cut < 0.8 else data[: int(len(data) * (cut - 0.8) * 5)] + b"\xff\xfe\x80"
        )
        began = time.process_time()
        plan(Path(folder))
        assert time.process_time() - began < 10


@pytest.mark.parametrize("path", FORMATS)
def test_a_huge_file_is_planned_with(path: str) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), path, (FORMATS[path] * (60_000 // len(FORMATS[path]))).encode())
        began = time.process_time()
        plan(Path(folder))
        assert time.process_time() - began < 20


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_names_of_files_may_be_anything(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import numpy\n")
    for name in (
        b"\xff.py",
        b"caf\xe9.ipynb",
        b"new\nline.py",
        b"tab\t.sh",
        b"-rf.py",
        b"$(x).py",
        b"\xed\xa0\x80.txt",
        b"a" * 250,
    ):
        (tmp_path / os.fsdecode(name)).write_bytes(b"import torch\n")
    plan(tmp_path)


def test_folders_may_be_deep(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import numpy\n")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(400):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    plan(tmp_path)
