"""Scratch space: the hard limit, the watched one, and what they leave behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import docker
import pytest
from sandbox_steps import SMALL, leftovers, run

from checker.core.container import MIB
from checker.core.errors import StorageFailure
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Way
from checker.core.values.results import StepStatus
from checker.sandbox.docker import disk
from checker.sandbox.docker.engine import DockerEngine


def refuse(folder: Path) -> None:
    raise AssertionError(f"{folder} wanted a container to be removed")


@pytest.mark.skipif(not disk.can_mount(), reason="loop mounts need root")
def test_a_loop_has_a_hard_limit(settings: Settings, tmp_path: Path) -> None:
    space = disk.open_scratch(settings, tmp_path / "s", 64 * MIB, refuse)
    try:
        assert not space.is_full()
        with pytest.raises(OSError, match="No space left"):
            (space.root / "big").write_bytes(b"x" * 65 * MIB)
        assert space.is_full()
    finally:
        space.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_measured(settings: Settings, tmp_path: Path) -> None:
    space = disk.open_scratch(settings.model_copy(update={"scratch": "folder"}), tmp_path / "s", MIB, refuse)
    assert not space.is_full()
    (space.root / "big").write_bytes(b"x" * 2 * MIB)
    deadline = time.monotonic() + 10
    while not space.is_full() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert space.is_full()
    space.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailure, match="scratch space"):
        disk.open_scratch(settings, tmp_path / "file" / "s", MIB, refuse)


def test_copies_keep_links_and_modes(tmp_path: Path) -> None:
    source, copy = tmp_path / "a", tmp_path / "b"
    source.mkdir()
    copy.mkdir()
    (source / "run").write_text("x")
    (source / "run").chmod(0o555)
    (source / "link").symlink_to("/nowhere")
    disk.copy_tree(source, copy, os.geteuid())
    assert (copy / "link").readlink() == Path("/nowhere")
    assert (copy / "run").stat().st_mode & 0o777 == 0o755


def test_a_copy_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageFailure, match="cp: "):
        disk.copy_tree(tmp_path / "none", tmp_path, os.geteuid())


@pytest.mark.docker
def test_the_watched_folder_stops_a_filler(
    settings: Settings, source: Path, tmp_path: Path, client: docker.APIClient
) -> None:
    own = settings.model_copy(update={"home": tmp_path / "home", "scratch": "folder"})
    engine = DockerEngine(own)
    with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box:
        filler = "n=0; while :; do n=$((n+1)); head -c 20000000 /dev/zero > f$n; sleep 0.05; done"
        assert run(box, filler).status is StepStatus.DISK_LIMIT
    engine.close()
    assert leftovers(client, own.home) == []


@pytest.mark.docker
def test_removal_through_a_container(engine: DockerEngine, tmp_path: Path) -> None:
    removal: Callable[[Path], None] = engine._clean_as_root
    (tmp_path / "doomed" / "deep").mkdir(parents=True)
    (tmp_path / "doomed" / "deep").chmod(0)
    (tmp_path / "kept").mkdir()
    removal(tmp_path / "doomed")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_room_is_waited_for_while_others_hold_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "ROOM_PAUSE", 0.01)
    full = settings.model_copy(update={"free_bytes": 1 << 60})
    at_work = iter([True, True, False])
    with pytest.raises(StorageFailure, match="are free in"):
        disk.wait_for_room(full, tmp_path, lambda: next(at_work))
    assert list(at_work) == []
    disk.wait_for_room(settings, tmp_path, lambda: pytest.fail("there is room"))
