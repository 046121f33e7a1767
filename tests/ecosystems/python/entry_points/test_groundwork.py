"""What a page has its reader compile and copy before the code starts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import python_language as python

from checker.core.values.plans import Phase
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.missing import find_missing_files
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2023, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="github.com/ada/paper", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))
FILES = {
    "lib/make.sh": "#!/bin/bash\nmkdir release\ng++ ./base.cpp -fPIC -shared -o ./release/base.so\n",
    "lib/all.sh": "pip install cython\nmake\n",
    "lib/train.sh": "gcc -o a a.c\npython train.py\n",
    "lib/ext.sh": "cd ..\npython setup.py build_ext --inplace\n",
    "lib/ext.py": "from setuptools import setup\nsetup(ext_modules=[])\n",
    "compile_all_cython.py": "import subprocess\nsubprocess.run(['make'])\n",
    "Makefile": "all: a.so\na.so: a.c\n\tgcc -shared -o a.so a.c\ntrain:\n\tpython train.py\n",
    "docs/Makefile": "html:\n\tsphinx-build . out\n",
    "examples/train.py": "print('trained')\n",
    "conf/example.yml": "a: 1\n",
}


def steps(make_tree, page: str) -> list[tuple[str, tuple[str, ...]]]:
    seen = survey(make_tree({**FILES, "README.md": f"```bash\n{page}\n```\n"}))
    return [(work.cwd, work.argv) for work in seen.groundwork]


@pytest.mark.parametrize(
    ("page", "step"),
    [
        ("cd lib\nbash make.sh", ("lib", ("bash", "make.sh"))),
        ("sh lib/make.sh", (".", ("bash", "lib/make.sh"))),
        ("cd lib && ./make.sh", ("lib", ("bash", "make.sh"))),
        ("bash lib/ext.sh", (".", ("bash", "lib/ext.sh"))),
        ("make", (".", ("make",))),
        ("make -j 4 all", (".", ("make", "-j", "4", "all"))),
        ("cd lib\npython3 ext.py build_ext --inplace", ("lib", ("python", "ext.py", "build_ext", "--inplace"))),
        ("python compile_all_cython.py", (".", ("python", "compile_all_cython.py"))),
        ("gcc -O3 -shared -o a.so a.c", (".", ("gcc", "-O3", "-shared", "-o", "a.so", "a.c"))),
        ("cp examples/train.py ./", (".", ("cp", "-r", "--", "examples/train.py", "train.py"))),
        ("cd lib\nmv ../conf conf", (".", ("cp", "-r", "--", "conf", "lib/conf"))),
        ("cd lib\nln -s ../conf", (".", ("cp", "-r", "--", "conf", "lib/conf"))),
        ("ln -sf conf lib/conf", (".", ("cp", "-r", "--", "conf", "lib/conf"))),
        ("cp -r conf lib/conf", (".", ("cp", "-r", "--", "conf", "lib/conf"))),
        ("cp conf/example.yml conf/mine.yml", (".", ("cp", "-r", "--", "conf/example.yml", "conf/mine.yml"))),
    ],
)
def test_what_compiles_and_what_is_copied(make_tree, page: str, step: tuple[str, tuple[str, ...]]) -> None:
    assert steps(make_tree, page) == [step]


@pytest.mark.parametrize(
    "page",
    [
        "bash lib/all.sh",
        "bash lib/train.sh",
        "bash lib/gone.sh",
        "make train",
        "cd docs\nmake html",
        "gcc -o a $(python3-config --includes) a.c",
        "cp data/<name>.csv .",
        "cp data/train.csv .",
        "cp conf/example.yml /etc/example.yml",
        "cp conf/example.yml ../example.yml",
        "cp conf/*.yml lib",
        "cp examples/train.py Makefile",
        "cp -t lib Makefile",
        "ln -s /data/lamps data",
        "mv conf/example.yml",
        "cp '' Makefile",
        "cp conf/example.yml 'conf/a\tb.yml'",
        "bash lib/make.sh $CUDA",
    ],
)
def test_what_is_left_alone(make_tree, page: str) -> None:
    assert steps(make_tree, page) == []


def test_a_script_that_builds_extensions_is_not_started(make_tree) -> None:
    seen = survey(make_tree({**FILES, "README.md": "```\ncd lib\npython ext.py build_ext --inplace\n```\n"}))
    assert not [entry for entry in seen.entry_points if entry.script == "lib/ext.py" and entry.declared]


def test_a_copied_script_is_started_where_it_was_copied_to(make_tree) -> None:
    page = "```\ncp examples/train.py ./\npython train.py\n```\n"
    plan = python.make_plans(make_tree({"examples/train.py": "print('trained')\n", "README.md": page}), FACTS)[0]
    copying, start = (step for step in plan.steps if step.name.startswith(("copy", "start")))
    assert (copying.phase, copying.required, copying.network) == (Phase.INSTALL, False, False)
    assert (start.phase, start.cwd, start.argv[-1]) == (Phase.RUN, ".", "train.py")
    assert [e.line for e in copying.evidence] == [2]


def write(operator: str, text: str, path: str) -> tuple[str, tuple[str, ...]]:
    return ".", ("sh", "-c", f'printf %s "$1" {operator} "$2"', "sh", text, path)


@pytest.mark.parametrize(
    ("page", "step"),
    [
        ("cat > lamp.yaml <<EOF\nlr: 1\nname: a\nEOF", write(">", "lr: 1\nname: a\n", "lamp.yaml")),
        ("cat <<'EOF' >> conf/lamp.yaml\nroot: a\nEOF", write(">>", "root: a\n", "conf/lamp.yaml")),
        ("cd conf\necho 'lr: 1' > lamp.yaml", write(">", "lr: 1\n", "conf/lamp.yaml")),
    ],
)
def test_a_file_that_a_page_writes_is_written(make_tree, page: str, step: tuple[str, tuple[str, ...]]) -> None:
    assert steps(make_tree, page) == [step]


@pytest.mark.parametrize(
    "page",
    [
        "cat > lamp.yaml <<EOF\nroot: $HOME\nEOF",
        "cat > lamp.yaml <<EOF\nkey: <your key>\nEOF",
        "cat > /etc/lamp.yaml <<EOF\nlr: 1\nEOF",
        "echo -e 'lr: 1' > lamp.yaml",
        "echo started > /dev/null",
        "echo started 2> log.txt",
        "echo 'a: 2' > conf/example.yml",
        "echo 'a: 2' > elsewhere/lamp.yaml",
        "sort names.txt > sorted.txt",
    ],
)
def test_what_is_open_or_stands_elsewhere_is_not_written(make_tree, page: str) -> None:
    assert steps(make_tree, page) == []


def test_a_settings_file_that_the_page_writes_is_not_missing(make_tree) -> None:
    page = "```bash\ncat > lamp.yaml <<EOF\nlr: $LR\nEOF\npython train.py --config lamp.yaml\n```\n"
    tree = make_tree({"README.md": page, "train.py": "import sys\nprint(sys.argv)\n"})
    assert find_missing_files(tree, survey(tree).statements.commands) == ()
