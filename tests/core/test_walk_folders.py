"""Folders are gone through however deep strangers make them, and no link is followed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.core.tree import walk_folders
from checker.core.values.repositories import RepositoryId, Target
from checker.hosts.folder import open_folder
from checker.hosts.git.command import measure_folder
from checker.sandbox.docker.built_wheels import _find_wheels


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file, and 3,000 folders inside each other beside it."""
    folder = tmp_path / "deep"
    (folder / "sdists-v9" / "pypi").mkdir(parents=True)
    (folder / "main.py").write_text("x")
    here = os.open(folder / "sdists-v9" / "pypi", os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_it_walks_as_the_standard_library_does(tmp_path: Path) -> None:
    for name in ("a/b/c.py", "a/d.py", "e/f/g/h.py", "i.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    for name, target in {"a/up": "..", "loop": "loop", "gone": "nowhere", "file": "i.py"}.items():
        (tmp_path / name).symlink_to(target)
    found, wanted = list(walk_folders(tmp_path)), list(os.walk(tmp_path))
    assert sorted((f, sorted(d), sorted(n)) for f, d, n in found) == sorted(
        (f, sorted(d), sorted(n)) for f, d, n in wanted
    )
    pruned = []
    for folder, folders, _ in walk_folders(tmp_path):
        folders[:] = [name for name in folders if name != "a"]
        pruned.append(Path(folder).name)
    assert "b" not in pruned and "g" in pruned


def test_deep_folders_are_no_mistake_of_ours(deep: Path, tmp_path: Path) -> None:
    assert sum(len(names) for _, _, names in walk_folders(deep)) == 1
    assert measure_folder(deep) == 1
    assert list(_find_wheels(deep)) == []
    copy = tmp_path / "copy"
    copy.mkdir()
    repository = RepositoryId(owner="ada", name="paper")
    host = open_folder(deep)
    found = host.checkout(Target(repository=repository, folder=str(deep)), host.probe(repository), copy)
    assert found.files == 1
    assert [left.path for left in found.left_out] == ["sdists-v9/pypi" + "/d" * 99]
