"""Lists of repositories that people have run: what badges say, and what a wrong row is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.core.errors import UsageError
from checker.core.values.trust import Known
from checker.papers.sources.outcomes import read_outcome, read_outcomes


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("available,functional,reproduced", Known.WORKS),
        ("artifacts available + functional + reusable", Known.WORKS),
        ("Results Reproduced", Known.WORKS),
        ("works", Known.WORKS),
        ("available; not reproducible", Known.BROKEN),
        ("available", None),
        ("", None),
    ],
)
def test_what_badges_say(written: str, known: Known | None) -> None:
    assert read_outcome(written) is known


def test_a_list_with_good_and_bad_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Repo,ref,venue,badges,right,note\n"
        'a/code,v1.0,conf2024,"available,functional",yes,"runs, as the README says"\n'
        "a/archive,,conf2024,available,,\n"
        "a/words,,conf2024,splendid,,\n"
        "nothing,,conf2024,functional,,\n"
        "a/sure,,conf2024,functional,perhaps,\n"
        "a/old,,,broken,no\n"
    )
    found = read_outcomes(path)
    assert [(str(o.target.repository), o.target.ref, o.known, o.source, o.right) for o in found.outcomes] == [
        ("a/code", "v1.0", Known.WORKS, "conf2024", True),
        ("a/old", None, Known.BROKEN, str(path), False),
    ]
    assert found.outcomes[0].note == "runs, as the README says"
    assert found.silent == 1
    assert [(problem.line, problem.message) for problem in found.problems] == [
        (4, "'splendid' is no known outcome (works, broken, functional, …)"),
        (5, "not a repository: 'nothing' (expected owner/name, owner/name@commit or a URL)"),
        (6, "right is 'perhaps', and must be yes, no or empty"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks the column 'repo'"),
        ("repo,commit\na/b,\n", "lacks the column 'outcome'"),
        ("repo,badges\na/b,available\n", "no row says what people found"),
        ("repo,badges\na/b,splendid\n", "line 2: 'splendid' is no known outcome"),
    ],
)
def test_a_list_that_says_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_outcomes(path)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone.csv: No such file"):
        read_outcomes(tmp_path / "gone.csv")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_list_or_one_line(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"repo,badges\n" + raw)
    try:
        read_outcomes(path)
    except UsageError as error:
        assert "\n" not in str(error)
