"""One repository with every trick of git's at once, checked end to end: it runs, and nothing of it gets out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hostile_ground as ground
import pytest
from local_index import serve_index
from repository_maker import Maker, git

from checker.check import check_repository
from checker.core.values.plans import Rung
from checker.core.values.repositories import Checkout
from checker.core.values.results import Blame, Check
from checker.hosts import open_host
from checker.hosts.limits import CloneLimits

pytestmark = [pytest.mark.docker, pytest.mark.slow]

MODULES = {
    "of-a-file": "file:///etc",
    "of-a-path": "/etc",
    "of-a-command": "ext::sh -c touch% MARKER",
    "of-an-option": "--upload-pack=touch MARKER",
    "of-a-shell": "ssh://-oProxyCommand=touch/x/y",
    "of-the-loopback": "https://127.0.0.1/hostile/plain.git",
}
"""Path → address of a submodule."""

LINKS = {
    "absolute": "/etc/passwd",
    "parent": "../../../../outside",
    "by-git": ".git/../../outside",
    "circle": "circle",
    "null": "a\0b",
}

DEEP = "/".join(["d" * 100] * 40) + "/deep.py"
NAMES = ("line\nbreak.py", "\x1b[31mred.py", "\u202egnp.py", "n" * 300 + ".py", DEEP)
COLLIDING = ("Main.py", "MAIN.PY")
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 10995116277760\n"
PROGRAMS = ("filter.evil.smudge", "filter.evil.process", "core.fsmonitor", "core.sshCommand", "core.pager",
            "uploadpack.packObjectsHook", "credential.helper", "diff.external")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@pytest.fixture(scope="module")
def worker(folder: Path) -> Iterator[ground.Worker]:
    with serve_index() as index:
        worker = ground.Worker(folder, index)
        yield worker
        worker.engine.close()


@pytest.fixture(scope="module")
def check(worker: ground.Worker, folder: Path) -> Check:
    maker = Maker(worker.mirror / "hostile" / "history.git")
    marker = str(folder / "marker")
    plain = {path.name: path.read_text() for path in (ground.TREES / "plain").iterdir()}
    modules = "".join(
        f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url.replace("MARKER", marker)}\n'
        for path, url in MODULES.items()
    )
    before = maker.commit({"a.py": ""})
    maker.commit(
        {
            **plain,
            ".gitattributes": "*.py filter=evil diff=evil\n*.bin filter=lfs\n",
            ".gitmodules": modules,
            **dict.fromkeys(MODULES, ("160000", before)),
            **{path: ("120000", to) for path, to in LINKS.items()},
            **dict.fromkeys((*NAMES, *COLLIDING), "x = 1\n"),
            "weights.bin": POINTER,
        }
    )
    (maker.folder / "hooks").mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-receive"):
        (maker.folder / "hooks" / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (maker.folder / "hooks" / name).chmod(0o755)
    for key in PROGRAMS:
        git(maker.folder, "config", key, f"sh -c 'touch {marker}'")
    return worker.check(ground.target("history"))


@pytest.fixture(scope="module")
def checkout(check: Check) -> Checkout:
    assert check.checkout is not None, check.cause
    return check.checkout


def test_the_code_is_told_from_the_tricks(check: Check) -> None:
    assert (check.verdict.reached, check.inconclusive) == (Rung.RUNS, False), ground.logs(check)


@pytest.mark.parametrize("path", MODULES)
def test_a_submodule_of_another_kind_is_refused(checkout: Checkout, path: str) -> None:
    assert {s.path: s.status for s in checkout.submodules}[path] == "refused"


@pytest.mark.parametrize("path", LINKS)
def test_a_link_out_of_the_tree_is_left_out(checkout: Checkout, path: str) -> None:
    assert path in {left.path for left in checkout.left_out}


@pytest.mark.parametrize("number", range(len(NAMES)), ids=lambda n: repr(NAMES[n][:20]))
def test_a_name_that_nobody_could_bear_is_left_out(checkout: Checkout, number: int) -> None:
    assert len(checkout.left_out) == len(LINKS) + len(NAMES) + 1, "and the pointer"
    assert all(left.path.isprintable() and left.reason for left in checkout.left_out)


def test_names_that_differ_in_case_alone_are_all_there(check: Check) -> None:
    assert dict(check.languages)["Python"] == len(("main.py", *COLLIDING))


def test_what_a_pointer_points_at_is_not_loaded(checkout: Checkout) -> None:
    assert checkout.bytes < 10_000


@pytest.mark.parametrize("how", ["hooks", "filters", "configuration", "submodules"])
def test_nothing_of_it_was_run_outside(check: Check, folder: Path, how: str) -> None:
    assert not (folder / "marker").exists()


def test_the_host_is_as_before(check: Check, worker: ground.Worker, folder: Path) -> None:
    assert worker.leftovers() == []
    assert sorted(path.name for path in folder.iterdir()) == ["home", "mirror", "work"]


def test_a_bomb_of_trees_is_a_limit_of_the_check(worker: ground.Worker) -> None:
    """Five levels of ten folders, all the same: a million files in a kilobyte."""
    maker = Maker(worker.mirror / "hostile" / "bomb.git")
    tree = maker.tree([("100644", b"f%d" % n, maker.blob("x")) for n in range(10)])
    for _ in range(5):
        tree = maker.tree([("40000", b"d%d" % n, tree) for n in range(10)])
    maker.commit_tree(tree)
    host = open_host(mirror=worker.mirror, limits=CloneLimits(entries=5000))
    check = check_repository(ground.target("bomb"), replace(worker.services(), host=host))
    assert check.cause is not None
    assert (check.cause.name, check.cause.blame, check.inconclusive) == (
        "repository_too_large",
        Blame.LIMIT,
        False,
    )
    assert "more than 5000 files" in check.cause.summary
    assert worker.leftovers() == []
