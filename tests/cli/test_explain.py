"""`checker explain` shows any row of the tables by its name, and says what is near where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.cli.app import carry_out
from checker.cli.commands.explain import PACKAGE, find_entries, read_entries, render_entry
from checker.judging.causes import CAUSES
from checker.judging.table import TABLES, read_rows


def test_a_row_is_shown_with_its_place_cause_and_excerpt(capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_out(["explain", "cuda_library"]) == 0
    shown = capsys.readouterr().out
    place, _, line = shown.splitlines()[0].split()[1].rpartition(":")
    assert (
        'name = "cuda_library"'
        in Path(PACKAGE.parent, place).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    )
    assert "needs_gpu" in shown
    assert CAUSES["needs_gpu"].hint in shown
    assert "ImportError: libcuda.so.1" in shown.splitlines()[-1]


def test_an_unknown_name_is_wrong_usage_and_names_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_out(["explain", "cuda_libary"]) == 2
    said = capsys.readouterr().err
    assert "no rule, cause or package is called 'cuda_libary'; near: cuda_library" in said
    assert said.count("\n") == 1


def test_every_rule_and_every_cause_can_be_explained() -> None:
    entries = {entry.name: entry for entry in read_entries()}
    names = [*CAUSES, *(row.name for row in read_rows(*TABLES))]
    assert set(names) <= set(entries)
    assert all(len(list(render_entry(entry))) > 1 for entry in entries.values() if entry.fields)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Needs_Data", "needs_data"),
        ("needs data", "needs_data"),
        (" needs-data ", "needs_data"),
        ("sklearn", "scikit-learn"),
        ("CV2", "opencv-python"),
        ("PyYAML", "pyyaml"),
        ("dependency conflict", "dependency_conflict"),
    ],
)
def test_names_are_found_however_they_are_written(asked: str, name: str) -> None:
    assert name in {entry.name for entry in find_entries(asked, list(read_entries()))}


@pytest.mark.parametrize("asked", ["", "  ", "-", "\x00"])
def test_an_empty_name_is_one_line(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_out(["explain", "--", asked]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_rows_of_one_name_each_have_their_own_line() -> None:
    places = [entry.place for entry in find_entries("train", list(read_entries()))]
    assert len(places) > 1 and len(set(places)) == len(places)
