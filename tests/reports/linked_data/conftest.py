"""A store to ask, made once and copied for each test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from linked_samples import fill


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("results") / "checker.sqlite")


@pytest.fixture
def store_path(made_once: Path, tmp_path: Path) -> Path:
    """A store of the test's own, to change at will."""
    path = tmp_path / "results" / "checker.sqlite"
    path.parent.mkdir()
    for file in made_once.parent.glob("checker.sqlite*"):
        shutil.copy(file, path.parent / file.name)
    return path
