"""The tables of parsers, launchers and plugins of pytest: each row says what it is read for."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from checker.ecosystems.python.code import fixtures
from checker.ecosystems.python.entry_points import argument_parsers
from checker.ecosystems.python.entry_points.argument_parsers import Parser, Row, find_parser, find_usage
from checker.ecosystems.python.entry_points.entry_point import EntryKind, EntryPoint, Origin, order_of
from checker.ecosystems.python.launchers import PROGRAMS, find_launch, unwrap


@pytest.mark.parametrize("row", argument_parsers.read_rows().values(), ids=lambda row: row.name)
def test_each_row_of_parsers_decides_its_example(row: Row) -> None:
    assert find_parser(row.example) is row.name
    assert re.search(row.pattern, row.example) and find_usage(row.name) == row.usage


def test_every_parser_has_a_row_but_none() -> None:
    assert set(argument_parsers.read_rows()) == {*Parser} - {Parser.NONE}
    assert find_parser("print(1)") is Parser.NONE and find_usage(Parser.NONE) is None


@pytest.mark.parametrize("wrapper", PROGRAMS.wrappers)
def test_wrappers_are_looked_through_with_their_options(wrapper: str) -> None:
    options = [word for option in PROGRAMS.wrappers[wrapper] for word in (option, "value")]
    assert unwrap((wrapper, *options, "python", "fit.py")) == ("python", "fit.py")


@pytest.mark.parametrize("launcher", sorted(PROGRAMS.launchers))
def test_launchers_are_taken_off(launcher: str) -> None:
    launch = find_launch((launcher, "fit.py", "--n", "2"))
    assert launch is not None and (launch.script, launch.arguments) == ("fit.py", ("--n", "2"))
    assert launch.distributed


def test_no_program_is_of_two_kinds() -> None:
    kinds = (PROGRAMS.launchers, PROGRAMS.programs_of_packages, PROGRAMS.runners, PROGRAMS.wrappers)
    assert [name for name, count in Counter(name for kind in kinds for name in kind).items() if count > 1] == []
    assert {*PROGRAMS.files_of_programs, *PROGRAMS.of_the_machine} <= PROGRAMS.programs_of_packages
    for pattern in PROGRAMS.value_options:
        re.compile(pattern)


def test_plugins_are_told_by_one_thing_each() -> None:
    counts = Counter(
        name for row in fixtures.load_plugins().values() for name in (*row.options, *row.settings, *row.fixtures)
    )
    assert [name for name, count in counts.items() if count > 1] == []
    assert list(fixtures.find_plugins("addopts = --cov=lamp -n 4\ntimeout = 3\n")) == [
        "pytest-cov",
        "pytest-timeout",
        "pytest-xdist",
    ]


def test_the_order_of_entry_points() -> None:
    def entry(script: str, origin: Origin, kind: EntryKind = EntryKind.SCRIPT, **more: bool) -> EntryPoint:
        answer = None if kind is EntryKind.NOTEBOOK else ("python",)
        return EntryPoint(kind=kind, name=script, script=script, origin=origin, answer=answer, **more)

    expected = [
        entry("lamp", Origin.INSTALLED, EntryKind.CONSOLE_SCRIPT),
        entry("demo.py", Origin.PAGE),
        entry("main.py", Origin.PAGE),
        entry("train.py", Origin.PAGE),
        entry("train.py", Origin.PAGE, distributed=True),
        entry("plot_lamps.py", Origin.PAGE),
        entry("lamp.ipynb", Origin.PAGE, EntryKind.NOTEBOOK),
        entry("plot_more.py", Origin.PROSE),
        entry("lamp/__main__.py", Origin.FOUND, EntryKind.MODULE),
        entry("fit.py", Origin.CODE),
        entry("fit.py", Origin.FOUND),
        entry("scripts/fit.py", Origin.FOUND),
        entry("train.py", Origin.FOUND),
        entry("more.ipynb", Origin.FOUND, EntryKind.NOTEBOOK),
    ]
    mixed = expected[::-1]
    assert sorted(mixed, key=order_of) == expected
