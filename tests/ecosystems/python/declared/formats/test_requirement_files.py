from __future__ import annotations

import time

import pytest

from checker.ecosystems.python.declared.choose import find_specifications
from checker.ecosystems.python.declared.formats.requirements import MAX_LINES, read_requirements
from checker.ecosystems.python.stated import Problem


def names(spec) -> list[str]:
    return [r.name for r in spec.requirements]


def test_includes_constraints_options_and_line_numbers(make_tree) -> None:
    tree = make_tree(
        {
            "requirements.txt": """
                --extra-index-url https://download.example.org/cpu
                -r requirements/base.txt
                -c constraints.txt
                -e .
                pandas \\
                    >=1.0
            """,
            "requirements/base.txt": "numpy==1.19.5\n",
            "constraints.txt": "six<2\n",
            "setup.py": "from setuptools import setup\nsetup(name='x')\n",
        }
    )
    spec = read_requirements(tree, "requirements.txt", ".")
    assert [r.text for r in spec.requirements if r.text] == ["numpy==1.19.5", "pandas>=1.0"]
    assert [c.text for c in spec.constraints] == ["six<2"]
    assert [(o.name, o.value) for o in spec.options] == [("extra-index-url", "https://download.example.org/cpu")]
    assert spec.included == ("requirements/base.txt", "constraints.txt")
    assert spec.installs_project
    numpy, *_, pandas = (r for r in spec.requirements if r.text)
    assert (numpy.evidence.source, numpy.evidence.line) == ("requirements/base.txt", 1)
    assert (pandas.evidence.source, pandas.evidence.line) == ("requirements.txt", 5)


def test_circular_include_is_bounded_and_said(make_tree) -> None:
    tree = make_tree({"a.txt": "-r b.txt\nnumpy\n", "b.txt": "-r a.txt\nscipy\n"})
    spec = read_requirements(tree, "a.txt", ".")
    assert names(spec) == ["scipy", "numpy"]
    assert "a.txt: includes itself through b.txt" in spec.unreadable[0]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("../../etc/passwd", "outside the repository"),
        ("/etc/passwd", "outside the repository"),
        ("gone.txt", "not in the repository"),
        ("https://example.org/r.txt", "elsewhere"),
    ],
)
def test_includes_do_not_leave_the_tree(make_tree, target: str, said: str) -> None:
    spec = read_requirements(make_tree({"requirements.txt": f"-r {target}\nnumpy\n"}), "requirements.txt", ".")
    assert names(spec) == ["numpy"]
    assert said in spec.unreadable[0]


@pytest.mark.parametrize(
    "data",
    [
        "numpy==1.19\nscipy\n".encode("utf-16"),
        b"\xef\xbb\xbfnumpy==1.19\r\nscipy\r\n",
        "# dépendances\nnumpy==1.19\nscipy\n".encode("latin-1"),
    ],
)
def test_encodings(make_tree, data: bytes) -> None:
    assert names(read_requirements(make_tree({"requirements.txt": data}), "requirements.txt", ".")) == [
        "numpy",
        "scipy",
    ]


def test_merge_markers_are_left_out_and_said(make_tree) -> None:
    text = "numpy\n<<<<<<< HEAD\nscipy==1.4\n=======\nscipy==1.5\n>>>>>>> branch\n"
    spec = read_requirements(make_tree({"requirements.txt": text}), "requirements.txt", ".")
    assert names(spec) == ["numpy", "scipy", "scipy"]
    assert spec.unreadable == ("requirements.txt:2: merge conflict markers",)


def test_binary_and_endless_files_are_bounded(make_tree) -> None:
    tree = make_tree({"requirements.txt": b"\0\1\2" * 100, "requirements-all.txt": b"numpy\n" * (MAX_LINES + 5)})
    assert read_requirements(tree, "requirements.txt", ".").unreadable == ("requirements.txt: binary, not text",)
    long = read_requirements(tree, "requirements-all.txt", ".")
    assert len(long.requirements) == MAX_LINES
    assert "more than" in long.unreadable[0]


def test_the_interpreter_named_among_requirements_is_a_statement(make_tree) -> None:
    spec = read_requirements(
        make_tree({"requirements.txt": "python==3.7\nPython 3.7\nnumpy\n"}), "requirements.txt", "."
    )
    assert names(spec) == ["numpy"]
    assert {s.version for s in spec.python} == {"3.7"}


@pytest.mark.parametrize(
    "line",
    [
        "Please install dependencies below before running code",
        "the packages below are needed",
        "numpy and scipy",
    ],
)
def test_a_sentence_is_no_list_of_packages(make_tree, line: str) -> None:
    """Its words are names on the index, of other people's packages."""
    spec = read_requirements(make_tree({"requirements.txt": f"{line}\ntqdm\n"}), "requirements.txt", ".")
    assert [(r.name, r.problem) for r in spec.requirements] == [("", Problem.UNPARSABLE), ("tqdm", None)]


def test_pip_commands_bullets_and_several_names_a_line(make_tree) -> None:
    text = "pip install torch==1.7.0 torchvision\n- numpy==1.19\n* tqdm\n"
    text += "foo; python_version < '3' and os_name == 'nt'\n"
    spec = read_requirements(make_tree({"requirements.txt": text}), "requirements.txt", ".")
    assert names(spec) == ["torch", "torchvision", "numpy", "tqdm", "foo"]


def test_a_pip_list_table_is_read(make_tree) -> None:
    text = "Package    Version\n---------- -------\nnumpy      1.19.5\ntorch      1.8.0+cu111\n"
    spec = read_requirements(make_tree({"requirements.txt": text}), "requirements.txt", ".")
    assert [r.text for r in spec.requirements] == ["numpy==1.19.5", "torch==1.8.0+cu111"]


def conda_export(lines: int) -> str:
    packages = "".join(f"package{n}=1.{n}=py37_0\n" for n in range(lines))
    return (
        "# This file may be used to create an environment using:\n"
        "# $ conda create --name <env> --file <this file>\n"
        "# platform: linux-64\n_libgcc_mutex=0.1=main\npython=3.7.9=h7579374_0\npytorch=1.7.0=py3.7_cuda\n"
        f"tqdm=4.50.2=pypi_0\n{packages}"
    )


def test_a_conda_list_of_thousands_of_lines(make_tree) -> None:
    [spec] = find_specifications(make_tree({"requirements.txt": conda_export(5000)}))
    assert spec.kind == "conda list"
    assert len(spec.requirements) == 5002
    assert {"torch==1.7.0", "tqdm==4.50.2"} <= {r.text for r in spec.requirements}
    assert [s.version for s in spec.python] == ["3.7"]
    assert spec.dropped == ("_libgcc_mutex=0.1=main",)


def test_requirements_keep_their_problem_and_their_text(make_tree) -> None:
    text = "numpy @ file:///tmp/build/80754af9/numpy/work\nos\ntorch==1.7.1+cu101\n"
    spec = read_requirements(make_tree({"requirements.txt": text}), "requirements.txt", ".")
    assert [r.problem for r in spec.requirements] == [
        Problem.LOCAL_PATH,
        Problem.STANDARD_LIBRARY,
        Problem.LOCAL_VERSION,
    ]
    assert [r.written for r in spec.requirements] == text.splitlines()


def test_a_pin_with_many_hashes_is_read(make_tree) -> None:
    hashes = " ".join(f"\\\n    --hash=sha256:{n:064x}" for n in range(60))
    spec = read_requirements(
        make_tree({"requirements.txt": f"numpy==1.19.5 {hashes}\nsix\n"}), "requirements.txt", "."
    )
    assert [(r.text, r.notes) for r in spec.requirements] == [("numpy==1.19.5", ("hashes dropped",)), ("six", ())]


def test_lines_made_to_be_slow_are_not(make_tree) -> None:
    lines = "".join(f"a{n}={',' * 900}x\n" for n in range(1000))
    started = time.monotonic()
    read_requirements(make_tree({"requirements.txt": lines}), "requirements.txt", ".")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("path", "text", "read"),
    [
        ("proteins.yml", "name: proteins\nchannels:\n  - defaults\ndependencies:\n  - numpy=1.18.1\n", True),
        ("deep/proteins.yml", "channels: [defaults]\ndependencies:\n- numpy=1.18.1\n", True),
        ("proteins.yaml", "dependencies:\n- python=3.7\n- numpy=1.18.1\n", True),
        ("chart.yaml", "name: redis\ndependencies:\n  - name: common\n    version: 1.x\n", False),
        ("proteins.yml", "model:\n  dependencies:\n  - numpy\nchannels: 3\n", False),
        ("conf/of/a/model.yml", "channels: [defaults]\ndependencies:\n- numpy=1.18.1\n", False),
    ],
)
def test_an_environment_file_by_any_name(make_tree, path: str, text: str, read: bool) -> None:
    found = find_specifications(make_tree({path: text}))
    assert [(s.kind, [r.text for r in s.requirements]) for s in found] == [("conda", ["numpy==1.18.1"])] * read
