"""What the table adds to the lists of the standard library is about modules that are in them."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.source import stdlib
from checker.ecosystems.python.source.stdlib import (
    find_first_version,
    find_last_version,
    is_standard,
    is_standard_distribution,
    list_standard_names,
    was_standard,
)

TABLE = stdlib._load_table()


def test_names_are_those_of_standard_modules() -> None:
    for rows in (TABLE.added, TABLE.removed):
        assert list(rows) == sorted(rows)
        for minor, modules in rows.items():
            for module, names in modules.items():
                assert is_standard(module, f"3.{minor}"), (minor, module)
                assert all(name.isidentifier() for name in names)


def test_modules_of_python_2_are_gone() -> None:
    assert [name for name in TABLE.python2 if was_standard(name)] == []


@pytest.mark.parametrize(
    ("module", "name", "first", "last"),
    [
        ("tomllib", "", 11, None),
        ("distutils", "", None, 11),
        ("distutils.util", "", None, 11),
        ("typing", "Literal", 8, None),
        ("collections", "Mapping", None, 9),
        ("dataclasses", "", None, None),
        ("json", "loads", None, None),
        ("numpy", "", None, None),
    ],
)
def test_first_and_last_versions(module: str, name: str, first: int | None, last: int | None) -> None:
    assert (find_first_version(module, name), find_last_version(module, name)) == (first, last)


def test_names_of_the_code_itself_are_not_taken_for_standard() -> None:
    assert not {"lib", "test"} & list_standard_names()


@pytest.mark.parametrize(
    ("name", "needless"), [("urllib2", True), ("pathlib", True), ("DateTime", False), ("numpy", False)]
)
def test_distributions_that_need_no_installation(name: str, needless: bool) -> None:
    assert is_standard_distribution(name) is needless
