"""Symbolic links of hostile trees: where they lead is found out in time, and nothing leaves the tree."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repository_maker import REPOSITORY, git

from checker.core.errors import Inconclusive
from checker.core.tree import Tree
from checker.core.values.repositories import Availability, Target
from checker.hosts.folder import open_folder
from checker.hosts.git import work_tree
from checker.hosts.git.links import MAX_FOLLOWED, Link, find_leaving
from checker.hosts.git.write_files import Account, make_links
from checker.hosts.limits import CloneLimits

PARTS = st.sampled_from(["a", "b", "c", "..", ".", "file"])
PATHS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=3).map("/".join)
TARGETS = st.lists(PARTS, min_size=1, max_size=6).map("/".join)


def make(folder: Path, links: dict[str, str]) -> Account:
    account = Account(folder, CloneLimits())
    account.write("d/file", b"x")
    account.links = [Link(path, target.encode()) for path, target in links.items()]
    make_links(account)
    return account


def stay_inside(folder: Path) -> None:
    root = folder.resolve()
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            assert Path(os.path.realpath(Path(place, name))).is_relative_to(root), name


@settings(max_examples=300, deadline=None)
@given(links=st.dictionaries(PATHS, TARGETS, max_size=12))
def test_whatever_links_say_none_leaves(links: dict[str, str]) -> None:
    with TemporaryDirectory() as outer:
        folder = Path(outer, "deep", "tree")
        folder.mkdir(parents=True)
        account = make(folder, links)
        stay_inside(folder)
        there = {path for path in links if (folder / path).is_symlink()}
        assert there | {left.path for left in account.left_out} == set(links)
        assert [path.name for path in Path(outer).glob("*")] == ["deep"]
        assert [path.name for path in Path(outer, "deep").glob("*")] == ["tree"]


CHAINS = {
    "a long chain": {f"l{i}": f"l{i + 1}" for i in range(20_000)},
    "a large circle": {f"l{i}": f"l{(i + 1) % 20_000}" for i in range(20_000)},
    "each leaves after the next": {f"l{i}": f"l{i + 1}/../x" for i in range(5_000)} | {"l5000": ".."},
    "each leaves once the next is gone": {f"l{i}": f"d/d/l{i + 1}/../../../.." for i in range(3_000)},
    "long ways round": {f"l{i}": "d/../" * 800 + f"l{i + 1}" for i in range(3_000)},
    "ways that double": {f"l{i}": f"l{i + 1}/../l{i + 1}" for i in range(60)},
}


@pytest.mark.parametrize("links", CHAINS.values(), ids=CHAINS)
def test_links_are_followed_in_time(tmp_path: Path, links: dict[str, str]) -> None:
    began = time.process_time()
    make(tmp_path, links)
    tree = Tree(tmp_path)
    assert "d/file" in tree.files
    assert time.process_time() - began < 20
    stay_inside(tmp_path)


def test_what_the_kernel_does_not_follow_is_left_out() -> None:
    chain = [Link(f"l{i:02}", f"l{i + 1:02}".encode()) for i in range(MAX_FOLLOWED + 2)]
    assert {link.path for link in find_leaving(chain)} == {"l00", "l01"}


def test_a_tree_lists_no_file_behind_a_chain(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("")
    for number in range(3_000):
        (tmp_path / f"l{number}").symlink_to(f"l{number + 1}")
    began = time.process_time()
    assert Tree(tmp_path).files == ("main.py",)
    assert time.process_time() - began < 5


# ------------------------------------------------------------ a folder that somebody else packed


def copy(folder: Path, to: Path) -> list[str]:
    to.mkdir()
    host = open_folder(folder)
    host.checkout(Target(repository=REPOSITORY, folder=str(folder)), host.probe(REPOSITORY), to)
    return sorted(p.relative_to(to).as_posix() for p in to.rglob("*") if p.is_file() and ".git" not in p.parts)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    folder = tmp_path / "packed"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    for name in ("main.py", "a/passwd", "b/c/passwd"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "code")
    return folder


def test_nothing_is_copied_from_behind_a_link(packed: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "passwd").write_text("root:x:0")
    for name in ("a", "b/c"):
        shutil.rmtree(packed / name)
        (packed / name).symlink_to(secret)
    assert copy(packed, tmp_path / "copy") == ["main.py"]


def test_no_submodule_is_copied_from_behind_a_link(packed: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret" / "inner"
    git(tmp_path, "init", "-q", str(secret))
    (secret / "passwd").write_text("root:x:0")
    git(packed, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub/inner")
    git(packed, "commit", "-qm", "module")
    (packed / "sub").symlink_to(secret.parent)
    assert copy(packed, tmp_path / "copy") == ["a/passwd", "b/c/passwd", "main.py"]


@pytest.mark.parametrize("name", [".git/HEAD", ".git/config", ".gitignore", "a/.gitignore"])
def test_pipes_in_the_place_of_gits_files_are_not_waited_for(
    packed: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_tree, "ASK_SECONDS", 1)
    (packed / name).unlink(missing_ok=True)
    os.mkfifo(packed / name)
    host = open_folder(packed, CloneLimits(read_seconds=1))
    began = time.monotonic()
    probe = host.probe(REPOSITORY)
    assert probe.availability is Availability.AVAILABLE
    with pytest.raises(Inconclusive, match="took"):
        host.checkout(Target(repository=REPOSITORY, folder=str(packed)), probe, tmp_path)
    assert time.monotonic() - began < 20
