"""The tables of interpreters and wheels are in order."""

from __future__ import annotations

import csv
from importlib.resources import files

from packaging.version import Version

from checker.ecosystems.python import interpreter
from checker.ecosystems.python.interpreter.usual import load_interpreters


def test_interpreters_become_usual_in_their_order() -> None:
    rows = list(load_interpreters().values())
    assert [row.name for row in rows] == sorted((row.name for row in rows), key=Version)
    assert [row.usual_since for row in rows] == sorted({row.usual_since for row in rows})


def test_each_row_of_wheels_is_a_span_of_releases() -> None:
    text = files(interpreter).joinpath("data", "wheels.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len({(row["distribution"], row["python"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["python"] in load_interpreters(), row
        assert not row["newest"] or Version(row["oldest"]) <= Version(row["newest"]), row
