"""What scripts and folders are for: each row of the tables decides its own examples."""

from __future__ import annotations

from collections import Counter

import pytest

from checker.ecosystems.instructions import folders, roles
from checker.ecosystems.instructions.folders import Folder, find_meaning, find_meanings
from checker.ecosystems.instructions.roles import Role, Row, find_role, is_common, is_program

ROWS = roles.read_rows()


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{number}-{row.name}") for number, row in enumerate(ROWS)])
def test_each_row_decides_its_examples(row: Row) -> None:
    assert row.matches
    for name in row.matches:
        assert next(each for each in ROWS if each.fits(name)) is row, name
        assert is_program(name) or not row.program
    assert [name for name in row.differs if row.fits(name)] == []


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("infer.py", Role.INFER),
        ("tools/sample.py", Role.INFER),
        ("generate.py", Role.INFER),
        ("finetune.py", Role.TRAIN),
        ("preprocess.py", Role.PREPARE),
        ("preprocess.sh", Role.PREPARE),
        ("data/lamp.py", Role.OTHER),
        ("prepare_train.py", Role.PREPARE),
        ("train_demo.py", Role.DEMO),
        ("lamp", Role.OTHER),
    ],
)
def test_one_answer(path: str, role: Role) -> None:
    assert find_role(path) is role


@pytest.mark.parametrize(
    ("name", "common"), [("train.py", True), ("main2.py", True), ("sample.py", True), ("train_lamp.py", False)]
)
def test_names_that_many_folders_have(name: str, common: bool) -> None:
    assert is_common(name) is common


def test_a_folder_means_one_thing() -> None:
    counts = Counter(name for row in folders.read_rows().values() for name in row.names)
    assert [name for name, count in counts.items() if count > 1 or name != name.lower()] == []
    assert set(folders.read_rows()) == {folder.value for folder in Folder} - {"other"}
    for row in folders.read_rows().values():
        assert {find_meaning(name) for name in row.names} <= {row.name}


@pytest.mark.parametrize(
    ("folder", "meaning"),
    [
        ("Third_Party", Folder.VENDORED),
        ("lamp.egg-info", Folder.BUILT),
        ("preprocess_lamps", Folder.PREPARATION),
        ("lamps", Folder.OTHER),
        ("", Folder.OTHER),
    ],
)
def test_meanings(folder: str, meaning: Folder) -> None:
    assert find_meaning(folder) is meaning


def test_all_folders_above_a_file_count() -> None:
    assert find_meanings("lamps/tests/data/a.py") == {Folder.OTHER, Folder.TESTS, Folder.DATA}
    assert find_meanings("tests.py") == frozenset()
