from __future__ import annotations

import pytest
from packaging.requirements import Requirement as Pep508

from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import drop_local_version, parse_requirement
from checker.ecosystems.python.stated import Problem, Requirement

HERE = Evidence(claim="requirement", source="requirements.txt", line=1)


def read(line: str) -> Requirement:
    found = parse_requirement(line, HERE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("numpy", "numpy"),
        ("numpy==1.19.5  # the last for 3.6", "numpy==1.19.5"),
        ("torch == 1.10.0", "torch==1.10.0"),
        (
            "scikit_learn[alldeps]>=1,<2 ; python_version < '3.9'",
            'scikit_learn[alldeps]<2,>=1; python_version < "3.9"',
        ),
        ("numpy==1.2 --hash=sha256:aa --hash=sha256:bb", "numpy==1.2"),
        ("'pandas>=1'", "pandas>=1"),
        ("\ufeffpandas", "pandas"),
        ("torch-scatter==2.0.5+$CUDA", "torch-scatter==2.0.5"),
    ],
)
def test_plain_lines(line: str, text: str) -> None:
    found = read(line)
    assert found.text == text
    assert found.problem is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("numpy=1.19.2", "numpy==1.19.2"),
        ("numpy=1.19.2=py37h54aff64_0", "numpy==1.19.2"),
        ("numpy       1.19.2", "numpy==1.19.2"),
        ("numpy=>1.19", "numpy>=1.19"),
        ("numpy>=1.19.", "numpy>=1.19"),
        ("protobuf~=3.20.x", "protobuf==3.20.*"),
        ("torch>=1.x", "torch>=1"),
        ("torch<=2.1.*", "torch<=2.1"),
        ("torch-scatter==latest+cu101", "torch-scatter"),
        ("torch-scatter==latest+${CUDA}", "torch-scatter"),
        ("torch==stable", "torch"),
        ("numpy＝＝1.19.2", "numpy==1.19.2"),
    ],
)
def test_lines_that_pip_refuses_are_read_as_meant(line: str, text: str) -> None:
    found = read(line)
    assert found.text == text
    if "＝" not in line:
        assert found.problem is Problem.REPAIRED_SYNTAX


@pytest.mark.parametrize(
    ("line", "problem", "text"),
    [
        ("torch==1.8.0+cu111", Problem.LOCAL_VERSION, "torch==1.8.0+cu111"),
        ("numpy @ file:///home/conda/feedstock_root/work", Problem.LOCAL_PATH, "numpy"),
        ("sklearn", Problem.STUB, "sklearn"),
        ("argparse", Problem.STANDARD_LIBRARY, "argparse"),
        ("../sibling", Problem.OUTSIDE, ""),
        ("/opt/wheels/foo-1.2-py3-none-any.whl", Problem.OUTSIDE, "foo==1.2"),
        ("mmcv-full=={version}", Problem.PLACEHOLDER, ""),
        ("install everything you need", Problem.UNPARSABLE, ""),
        ("x" * 5000, Problem.UNPARSABLE, ""),
    ],
)
def test_unusual_lines_are_named(line: str, problem: Problem, text: str) -> None:
    found = read(line)
    assert (found.problem, found.text) == (problem, text)


def test_a_stub_name_tells_what_it_stands_for() -> None:
    assert read("sklearn").replacement == "scikit-learn"
    assert read("scikit-learn").replacement is None


@pytest.mark.parametrize(
    ("line", "git", "name"),
    [
        ("git+https://github.com/o/Name.git@abc", "https://github.com/o/Name.git@abc", "name"),
        ("pkg @ git+https://github.com/o/r@v1", "https://github.com/o/r@v1", "pkg"),
        ("git+https://github.com/o/r.git#egg=pkg", "https://github.com/o/r.git", "pkg"),
        ("git+https://github.com/o/r#subdirectory=a&egg=pkg", "https://github.com/o/r#subdirectory=a", "pkg"),
        ("git@github.com:o/r.git", "ssh://git@github.com/o/r.git", "r"),
        ("https://github.com/o/r", "https://github.com/o/r", "r"),
    ],
)
def test_version_control(line: str, git: str, name: str) -> None:
    found = read(line)
    assert (found.problem, found.git, found.name) == (Problem.GIT, git, name)
    assert Pep508(found.text).url is not None


def test_a_wheel_by_url_keeps_its_name_and_version() -> None:
    found = read("https://download.example.org/cu110/torch-1.7.0%2Bcu110-cp37-cp37m-linux_x86_64.whl")
    assert (found.name, found.problem) == ("torch", Problem.URL)
    assert found.notes == ("version 1.7.0+cu110",)


def test_relaxed_drops_only_the_local_part() -> None:
    assert drop_local_version(read("torch==1.8.0+cu111")).text == "torch==1.8.0"
    assert drop_local_version(read("torch>=1.8")).text == "torch>=1.8"
    assert drop_local_version(read("torch==1.8.0+cu111")).written == "torch==1.8.0+cu111"


def test_a_local_folder_is_seen_from_where_the_file_stands() -> None:
    found = parse_requirement("./sub", HERE, folder="a", exists=lambda path: path == "a/sub")
    assert found is not None
    assert (found.local, found.notes) == ("a/sub", ())
    gone = parse_requirement("./other", HERE, folder="a", exists=lambda path: path == "a/sub")
    assert gone is not None
    assert gone.notes == ("not in the repository",)


def test_empty_lines_are_nothing() -> None:
    assert parse_requirement("   # only a comment", HERE) is None
