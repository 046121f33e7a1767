"""Repositories that attack whoever clones them; every one ends in a tree that harms nobody."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from code_host import CodeHost, Scripted
from repository_maker import REPOSITORY, Bring, Maker, git

from checker.core.errors import HostRefusal, NetworkFailure, UsageError
from checker.core.values.repositories import Availability, Checkout, RepositoryId, Target
from checker.hosts import Host, open_host
from checker.hosts.git.command import Command, Git
from checker.hosts.limits import CloneLimits


def outside_is_untouched(folder: Path) -> None:
    """Every path below the folder leads to a place below the folder."""
    root = folder.resolve()
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            assert Path(place, name).resolve().is_relative_to(root), name


def reasons(checkout: Checkout) -> dict[str, str]:
    return {left.path: left.reason for left in checkout.left_out}


def test_links_out_of_the_tree(either: Host, maker: Maker, bring: Bring) -> None:
    links = {
        "absolute": "/etc/passwd",
        "parent": "../outside",
        "deep/er/up": "../../../outside",
        "git": ".git/../../outside",
        "empty": "",
        "circle": "circle",
        "null": "a\0b",
        "long": "x/" * 3000,
    }
    harmless = {"inside": "a.py", "dangling": "not-yet-made", "deep/er/back": "../../a.py"}
    maker.commit({"a.py": "", **{name: ("120000", target) for name, target in {**links, **harmless}.items()}})
    folder, checkout = bring(either)
    outside_is_untouched(folder)
    assert set(reasons(checkout)) == set(links)
    assert all((folder / name).is_symlink() for name in harmless)


def test_a_chain_of_links_that_leaves_only_together(either: Host, maker: Maker, bring: Bring) -> None:
    chain = {"a/b/top": "../..", "a/b/c": "top/../outside", "a/b/d": "c/x", "fine": "a/b/top/a.py"}
    maker.commit({"a.py": "", **{name: ("120000", target) for name, target in chain.items()}})
    folder, checkout = bring(either)
    outside_is_untouched(folder)
    assert set(reasons(checkout)) == {"a/b/c", "a/b/d"}
    assert (folder / "fine").is_symlink()


def test_a_link_and_a_folder_of_one_name(either: Host, maker: Maker, bring: Bring, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    link, inner = maker.blob(str(target)), maker.folder_tree({"evil.py": "x"})
    here = maker.blob(".git")
    maker.commit_tree(
        maker.tree(
            [("120000", b"a", link), ("40000", b"a", inner), ("120000", b"b", here), ("40000", b"b", inner)]
        )
    )
    folder, _ = bring(either)
    assert list(target.iterdir()) == []
    assert not (folder / ".git" / "evil.py").exists()
    outside_is_untouched(folder)


NAMES = [
    (b"..", "100644"),
    (b".", "100644"),
    (b".git", "40000"),
    (b".GIT", "40000"),
    (b".git ", "40000"),
    (b"line\nbreak.py", "100644"),
    (b"\x1b[31mred.py", "100644"),
    (b"\xff\xfe.py", "100644"),
    ("\u202egnp.py".encode(), "100644"),
    (b"n" * 300 + b".py", "100644"),
]


@pytest.mark.parametrize(("name", "mode"), NAMES, ids=repr)
def test_names_that_nobody_could_bear(either: Host, maker: Maker, bring: Bring, name: bytes, mode: str) -> None:
    content = maker.folder_tree({"hooks/post-checkout": ("100755", "#!/bin/sh\ntouch /tmp/pwned\n")})
    blob = maker.blob("x")
    entry = (mode, name, content if mode == "40000" else blob)
    maker.commit_tree(maker.tree(sorted([("100644", b"good.py", blob), entry], key=lambda e: e[1])))
    folder, checkout = bring(either)
    assert sorted(p.name for p in folder.iterdir()) in ([".git", "good.py"], ["good.py"])
    assert not (folder / ".git" / "hooks").exists()
    assert len(checkout.left_out) == 1
    assert checkout.left_out[0].path.isprintable()
    assert Checkout.model_validate_json(checkout.model_dump_json()) == checkout


def test_names_that_differ_in_case_alone(either: Host, maker: Maker, bring: Bring) -> None:
    maker.commit({"Model.py": "1", "model.py": "2", "MODEL.PY": "3"})
    _, checkout = bring(either)
    assert checkout.files + len(checkout.left_out) == 3


def test_a_path_of_four_thousand_characters(either: Host, maker: Maker, bring: Bring) -> None:
    maker.commit({"/".join(["d" * 100] * 40): "x", "d/" * 400 + "deep.py": "", "a.py": ""})
    folder, checkout = bring(either)
    assert checkout.files == 1
    assert [left.reason for left in checkout.left_out] == ["its path is too long"] * 2
    assert (folder / ".git").is_dir()


def test_hooks_and_configuration_of_a_mirror_do_not_count(root: Path, maker: Maker, bring: Bring) -> None:
    maker.commit({"a.py": "", ".gitattributes": "*.py filter=evil diff=evil\n"})
    marker = root / "pwned"
    hooks = maker.folder / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    for key in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.alternateRefsCommand",
        "uploadpack.packObjectsHook",
        "credential.helper",
        "diff.external",
    ):
        git(maker.folder, "config", key, f"sh -c 'touch {marker}'")
    git(maker.folder, "config", "core.worktree", "/etc")
    git(maker.folder, "config", "include.path", "/etc/passwd")
    host = open_host(mirror=root)
    probe = host.probe(REPOSITORY)
    assert probe.availability in (Availability.AVAILABLE, Availability.MISSING)
    git_config = (maker.folder / "config").read_text().replace("path = /etc/passwd", "path = /dev/null")
    (maker.folder / "config").write_text(git_config)
    folder, checkout = bring(host)
    assert checkout.files == 2
    assert not marker.exists()
    assert "evil" not in (folder / ".git" / "config").read_text()


def test_filters_run_by_attributes(online: Host, maker: Maker, bring: Bring, tmp_path: Path) -> None:
    maker.commit(
        {"a.py": "x\n", ".gitattributes": "*.py filter=lfs eol=crlf ident working-tree-encoding=UTF-16\n"}
    )
    folder, _ = bring(online)
    assert (folder / "a.py").read_bytes() == b"x\n"


def test_replaced_objects_do_not_count(root: Path, maker: Maker, bring: Bring) -> None:
    head = maker.commit({"a.py": "true"})
    other = maker.commit({"a.py": "false"})
    git(maker.folder, "update-ref", f"refs/replace/{head}", other)
    folder, _ = bring(open_host(mirror=root), commit=head)
    assert (folder / "a.py").read_text() == "true"


def test_many_files_are_bounded(root: Path, maker: Maker, bring: Bring) -> None:
    blob = maker.blob("x")
    inner = maker.tree([("100644", b"%04d.py" % n, blob) for n in range(1000)])
    maker.commit_tree(maker.tree([("40000", b"%03d" % n, inner) for n in range(12)]))
    limits = CloneLimits(files=2000, listed=50)
    _, checkout = bring(open_host(mirror=root, limits=limits))
    assert checkout.files == 2000
    assert len(checkout.left_out) == 51
    assert checkout.left_out[-1].reason == "9950 more files were left out"


def test_a_bomb_of_trees_is_bounded(root: Path, maker: Maker, bring: Bring) -> None:
    """Ten levels of ten folders, all the same: ten thousand million files in a kilobyte."""
    tree = maker.tree([("100644", b"f%d" % n, maker.blob("bomb")) for n in range(10)])
    for _ in range(9):
        tree = maker.tree([("40000", b"d%d" % n, tree) for n in range(10)])
    maker.commit_tree(tree)
    began = time.monotonic()
    with pytest.raises(HostRefusal, match="more than 50000 files and folders"):
        bring(open_host(mirror=root, limits=CloneLimits(entries=50_000)))
    assert time.monotonic() - began < 60


def test_download_is_watched_while_it_runs(code_host: CodeHost, maker: Maker, bring: Bring) -> None:
    maker.commit({f"{n}.bin": os.urandom(1_000_000) for n in range(4)})
    host = open_host(git_url=code_host.url, max_wait=0, limits=CloneLimits(download_bytes=1_000_000))
    with pytest.raises(HostRefusal, match="larger than the limit"):
        bring(host)


def test_time_limit_ends_everything_that_git_started(
    code_host: CodeHost, online: Host, maker: Maker, tmp_path: Path
) -> None:
    maker.commit({"a.py": ""})
    probe = online.probe(REPOSITORY)
    code_host.git["ada/paper"] = [Scripted(0, hang=True)]
    host = open_host(git_url=code_host.url, max_wait=0, limits=CloneLimits(seconds=1))
    folder = tmp_path / "slow"
    folder.mkdir()
    with pytest.raises(NetworkFailure, match="no answer in time"):
        host.checkout(Target(repository=REPOSITORY), probe, folder)
    running = [p.read_bytes() for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    assert not any(str(folder).encode() in line for line in running)


@pytest.mark.parametrize(
    "url", ["ext::sh -c touch% /tmp/pwned", "file:///etc", "/etc", "git://127.0.0.1/x", "ssh://h/x"]
)
def test_no_other_protocol_is_spoken_whatever_the_address(url: str) -> None:
    done = Git(protocols=("https",)).run(Command(("ls-remote", "--", url), seconds=10))
    assert not done.ok
    assert "not allowed" in done.messages


@pytest.mark.parametrize("name", ["--upload-pack=touch /tmp/pwned", "-oProxyCommand=x", "x.git/../../y", "a%0ab"])
def test_option_like_names_are_never_asked(online: Host, root: Path, code_host: CodeHost, name: str) -> None:
    for host in (online, open_host(mirror=root)):
        for repository in (RepositoryId(owner="ada", name=name), RepositoryId(owner=name, name="x")):
            probe = host.probe(repository)
            assert probe.availability in (Availability.NOT_A_REPOSITORY, Availability.MISSING)
    assert all("touch" not in line for line in code_host.asked)


@pytest.mark.parametrize(
    "bad",
    [{"mirror": Path("/no/such/mirror")}, {"git_url": "ext::sh"}, {"git_url": "-x"}, {"api_url": "file:///etc"}],
    ids=str,
)
def test_settings_that_cannot_be(bad: dict) -> None:
    with pytest.raises(UsageError):
        open_host(**bad)


@pytest.mark.slow
def test_a_hundred_thousand_files(root: Path, maker: Maker, bring: Bring) -> None:
    inner = maker.tree([("100644", b"%04d.py" % n, maker.blob("x")) for n in range(1000)])
    maker.commit_tree(maker.tree([("40000", b"%03d" % n, inner) for n in range(101)]))
    _, checkout = bring(open_host(mirror=root))
    assert checkout.files == 100_000
    assert {left.reason for left in checkout.left_out} == {"more than 100000 files"}
    assert len(checkout.left_out) == 1000


@pytest.mark.slow
def test_a_history_of_fifty_thousand_commits(root: Path, online: Host, bring: Bring) -> None:
    maker = Maker(root / "ada" / "paper.git")
    stamp, commit = 1_500_000_000, "commit refs/heads/main\ncommitter a <a> {} +0000\ndata 0\n"
    stream = ["blob\nmark :1\ndata 1\nx\n", commit.format(stamp), "M 644 :1 a.py\n"]
    for n in range(1, 50_000):
        stream += [commit.format(stamp + n), f"M 644 inline README\ndata {len(str(n))}\n{n}\n"]
    git(maker.folder, "fast-import", "--quiet", stdin="".join(stream).encode())
    _, from_mirror = bring(open_host(mirror=root))
    assert (from_mirror.code_date.timestamp(), from_mirror.code_date_from) == (stamp, "history")
    folder, over_http = bring(online)
    assert (over_http.code_date, over_http.code_date_from) == (over_http.committed_at, "commit")
    assert (folder / "README").read_text() == "49999"
