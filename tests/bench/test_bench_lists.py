"""Lists of repositories: plain, CSV, with a benchmark in each row, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.core.errors import UsageError
from tools.bench.lists import read_list

COMMIT = "e567c6a16cbeaec0411ea90bda6a0d932d3ee2a8"


def write(tmp_path: Path, text: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plain_list(tmp_path: Path) -> None:
    entries, problems = read_list(write(tmp_path, f"octo/lab\nocto/pinned@{COMMIT}\n", "list.txt"))
    assert [entry.slug for entry in entries] == ["octo/lab", f"octo/pinned@{COMMIT[:10]}"]
    assert entries[1].key == f"github.com/octo/pinned@{COMMIT}"
    assert not problems


def test_a_list_of_published_benchmarks(tmp_path: Path) -> None:
    text = (
        f"benchmark,repo,commit,published_outcome\nrepo2run,octo/lab,{COMMIT},Yes\nenvbench,octo/other,{COMMIT},\n"
    )
    entries, _ = read_list(write(tmp_path, text))
    assert [(e.benchmark, e.outcome, e.target.commit) for e in entries] == [
        ("repo2run", "Yes", COMMIT),
        ("envbench", "", COMMIT),
    ]


def test_the_same_repository_at_two_commits_is_two(tmp_path: Path) -> None:
    other = COMMIT.replace("e", "a")
    text = f"benchmark,repo,commit\nrepo2run,octo/lab,{COMMIT}\nenvbench,octo/lab,{other}\n"
    entries, problems = read_list(write(tmp_path, text))
    assert {entry.benchmark for entry in entries} == {"repo2run", "envbench"}
    assert not problems


def test_a_line_that_names_none_is_said_and_left_out(tmp_path: Path) -> None:
    text = f"benchmark,repo,commit\nrepo2run,--upload-pack=x,{COMMIT}\nenvbench,octo/lab,{COMMIT}\n"
    entries, problems = read_list(write(tmp_path, text))
    assert [entry.benchmark for entry in entries] == ["envbench"]
    assert len(problems) == 1
    assert "list.csv" in problems[0]


@pytest.mark.parametrize("text", ["", "nothing here\n", "repo,commit\n"])
def test_a_list_without_repositories_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"list\.csv.*names no repository"):
        read_list(write(tmp_path, text))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.txt"):
        read_list(tmp_path / "none.txt")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00octo")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_list(tmp_path / "bytes")
