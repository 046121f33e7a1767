"""Interpreters: what uv finds, in order, one for each minor version, none that a container cannot use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from checker.core.settings import Settings
from checker.sandbox.provision.interpreters import (
    IMAGE_INTERPRETER,
    OFFERED,
    _read_row,
    find_interpreters,
    search_path,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({**os.environ, "CHECKER_HOME": str(tmp_path)})


def test_what_is_found_can_be_used(settings: Settings) -> None:
    found = find_interpreters(settings)
    versions = [tuple(int(part) for part in i.version.split(".")) for i in found]
    assert versions == sorted(set(versions))
    assert "3.11" in {i.version for i in found}
    for interpreter in found:
        assert interpreter.full.startswith(f"{interpreter.version}.")
        if interpreter.prefix is not None:
            assert Path(interpreter.executable).is_relative_to(interpreter.prefix)
            assert os.access(interpreter.executable, os.X_OK)


def row(**changes: object) -> dict[str, object]:
    return {
        "implementation": "cpython",
        "variant": "default",
        "version": "3.9.1",
        "path": sys.executable,
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"implementation": "pypy"},
        {"variant": "freethreaded"},
        {"version": "3.14.0rc1"},
        {"version": "2.7.18"},
        {"version": "3.5.2"},
        {"version": None},
        {"path": None},
        {"path": "/usr/bin/python3"},
        {"path": "/bin/python3"},
        {"path": "/usr/local/bin/python3"},
        {"path": "/opt/python"},
    ],
)
def test_what_containers_cannot_use(changes: dict[str, object]) -> None:
    assert _read_row(row(**changes)) is None


def test_shims_are_left_out(tmp_path: Path) -> None:
    assert "/x/shims" not in search_path("/x/shims:/usr/bin").split(":")
    assert search_path("/x/shims:/usr/bin").split(":")[-1] == "/usr/bin"


def test_the_image_has_one_of_its_own() -> None:
    assert IMAGE_INTERPRETER.version in OFFERED
    assert IMAGE_INTERPRETER.prefix is None
