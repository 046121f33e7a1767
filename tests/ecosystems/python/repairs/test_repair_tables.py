"""The table of repairs: every file is read, every name is used once, and a row that says nothing is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from checker.ecosystems.python.repairs.rows import DATA, Row, read_rows
from checker.ecosystems.python.repairs.rules import TABLES

GOOD: dict[str, Any] = {"name": "x", "says": "it broke", "needs": ["numpy<2"], "excerpt": "Error: it broke"}


def test_every_file_is_read_and_every_name_is_used_once() -> None:
    assert {file.stem for file in DATA.glob("*.toml")} == set(TABLES)
    names = [row.name for table in TABLES for row in read_rows(table)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "changed",
    [
        {"needs": []},
        {"needs": ["not a requirement!"]},
        {"says": []},
        {"says": [], "pattern": "("},
        {"excerpt": "something else"},
        {"needs": [], "env": {"A": "b"}},  # no hint goes with that
        {"cause_of_death": "unknown"},
    ],
)
def test_a_row_that_says_nothing_is_refused(changed: dict[str, Any]) -> None:
    Row(**GOOD)
    with pytest.raises(ValidationError):
        Row(**{**GOOD, **changed})


def test_the_short_forms_are_what_python_says() -> None:
    row = Row(
        name="x",
        lacks={"scipy.linalg": ("triu",)},
        object_lacks={r"\w*Graph": ("node",)},
        unexpected=("squared",),
        needs=("scipy<1.13",),
        excerpt="module 'scipy.linalg' has no attribute 'triu'",
    )
    for said in (
        "cannot import name 'triu' from 'scipy.linalg' (/env/…)",
        "'DiGraph' object has no attribute 'node'",
        "f() got an unexpected keyword argument 'squared'",
    ):
        assert row.compile().search(said)
    assert not row.compile().search("module 'scipyXlinalg' has no attribute 'triu'")
    assert row.get_advice() == "State scipy<1.13, or use what replaced it."
    assert Row(**{**GOOD, "needs": "python<=3.9"}).moves_interpreter
