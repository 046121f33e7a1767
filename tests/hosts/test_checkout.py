"""The files of a commit, from a mirror and over HTTP alike."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from code_host import CodeHost, Scripted
from repository_maker import ENVIRONMENT, REPOSITORY, Bring, Maker, git

from checker.core.errors import HostRefusal, NetworkFailure, StorageFailure
from checker.core.values.repositories import Availability, Checkout, RepositoryId, Target
from checker.hosts import Host, open_host
from checker.hosts.limits import CloneLimits

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 123456789012\n".format("ab" * 32)


def tree_of(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and ".git" not in p.relative_to(folder).parts)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_files_as_committed(either: Host, maker: Maker, bring: Bring) -> None:
    files = {"a.py": "print(1)\r\n", "b/c/d.txt": b"\0\xff", "run.sh": ("100755", "#!/bin/sh\n"), "empty": ""}
    head = maker.commit({**files, "link": ("120000", "b/c/d.txt")})
    folder, checkout = bring(either)
    found = tree_of(folder)
    assert found == {"a.py": b"print(1)\r\n", "b/c/d.txt": b"\0\xff", "run.sh": b"#!/bin/sh\n", "empty": b""} | {
        "link": b"\0\xff"
    }
    assert (folder / "link").is_symlink() and (folder / "run.sh").stat().st_mode & 0o111
    assert not (folder / "a.py").stat().st_mode & 0o111
    assert (checkout.commit, checkout.ref, checkout.files, checkout.left_out) == (head, "main", 5, ())
    assert checkout.bytes == 10 + 2 + 10
    assert checkout.swhid_revision == f"swh:1:rev:{head}"
    assert checkout.swhid_directory == "swh:1:dir:" + git(maker.folder, "rev-parse", f"{head}^{{tree}}")
    assert Checkout.model_validate_json(checkout.model_dump_json()) == checkout


def test_pinned_commit(either: Host, maker: Maker, bring: Bring) -> None:
    first = maker.commit({"a.py": "1"})
    maker.commit({"a.py": "2"})
    folder, checkout = bring(either, commit=first)
    assert tree_of(folder) == {"a.py": b"1"} and checkout.commit == first
    folder, checkout = bring(either, commit=first[:8].upper())
    assert tree_of(folder) == {"a.py": b"1"} and checkout.commit == first


@pytest.mark.parametrize("commit", ["0123456789" * 4, "abcdef0", "--upload-pack=x", "HEAD~1", "a\nb"])
def test_a_commit_that_is_not_there_is_named(either: Host, maker: Maker, bring: Bring, commit: str) -> None:
    maker.commit({"a.py": "1"})
    with pytest.raises(HostRefusal) as refusal:
        bring(either, commit=commit)
    assert commit.partition("\n")[0] in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_branches_and_tags_with_slashes(either: Host, maker: Maker, bring: Bring) -> None:
    base = maker.commit({"a.py": "main"})
    maker.commit({"a.py": "short"}, branch="feature")
    git(maker.folder, "update-ref", "-d", "refs/heads/feature")
    maker.commit({"a.py": "long"}, branch="feature/new")
    maker.tag("v1/rc", base, annotated=True)
    for ref, name, content in (
        ("feature/new", "feature/new", b"long"),
        ("feature/new/docs/a.py", "feature/new", b"long"),
        ("v1/rc", "v1/rc", b"main"),
        ("main", "main", b"main"),
    ):
        folder, checkout = bring(either, ref=ref)
        assert tree_of(folder)["a.py"] == content
        assert checkout.ref == name
    with pytest.raises(HostRefusal, match="no branch or tag 'nowhere'"):
        bring(either, ref="nowhere")


def test_the_old_name_of_a_default_branch(either: Host, maker: Maker, bring: Bring) -> None:
    head = maker.commit({"a.py": ""})
    _, checkout = bring(either, ref="master")
    assert (checkout.commit, checkout.ref) == (head, "main")


def test_a_link_to_a_commit(either: Host, maker: Maker, bring: Bring) -> None:
    first = maker.commit({"a.py": "1"})
    maker.commit({"a.py": "2"})
    _, checkout = bring(either, ref=f"{first}/src")
    assert checkout.commit == first


def test_code_is_as_old_as_its_last_change(either: Host, maker: Maker, bring: Bring) -> None:
    code: dict = {"src/a.py": "1"}
    maker.commit({"README.md": "old"}, "2019-01-01T00:00:00Z")
    maker.commit({**code, "README.md": "old"}, "2020-02-02T10:00:00+02:00")
    for day in range(1, 8):
        maker.commit({**code, "README.md": f"new {day}"}, f"2023-01-0{day}T00:00:00Z")
    _, checkout = bring(either)
    assert checkout.code_date == datetime(2020, 2, 2, 8, tzinfo=UTC)
    assert checkout.committed_at == datetime(2023, 1, 7, tzinfo=UTC)
    assert checkout.code_date_from == "history"


@pytest.mark.parametrize("name", ["requirements-dev.txt", "sub/environment.yml", "Dockerfile", "A.PY", "n.ipynb"])
def test_specifications_count_as_code(either: Host, maker: Maker, bring: Bring, name: str) -> None:
    maker.commit({"a.py": ""}, "2019-01-01T00:00:00Z")
    maker.commit({"a.py": "", name: "x"}, "2020-01-01T00:00:00Z")
    maker.commit({"a.py": "", name: "x", "README": ""}, "2021-01-01T00:00:00Z")
    _, checkout = bring(either)
    assert checkout.code_date == datetime(2020, 1, 1, tzinfo=UTC)


def test_no_code_falls_back_to_the_commit(either: Host, maker: Maker, bring: Bring) -> None:
    maker.commit({"README": ""}, "2021-01-01T00:00:00Z")
    _, checkout = bring(either)
    assert checkout.code_date == checkout.committed_at == datetime(2021, 1, 1, tzinfo=UTC)
    assert checkout.code_date_from == "commit"


def test_history_that_cannot_be_had_falls_back_to_the_commit(
    code_host: CodeHost, online: Host, maker: Maker, bring: Bring
) -> None:
    maker.commit({"a.py": ""}, "2019-01-01T00:00:00Z")
    maker.commit({"a.py": "", "README": "x"}, "2021-01-01T00:00:00Z")
    code_host.refused = b"deepen-relative"
    _, checkout = bring(online)
    assert any("POST" in line for line in code_host.asked)
    assert checkout.code_date_from == "commit"
    assert checkout.code_date == datetime(2021, 1, 1, tzinfo=UTC)


def test_dates_that_nobody_should_believe(either: Host, maker: Maker, bring: Bring) -> None:
    maker.commit({"a.py": ""}, "4000000000 +0000")
    _, checkout = bring(either)
    assert checkout.committed_at <= datetime.now(UTC) and checkout.code_date <= datetime.now(UTC)


def test_large_files_are_listed_and_not_brought(
    maker: Maker, root: Path, code_host: CodeHost, bring: Bring
) -> None:
    maker.commit({"a.py": "", "data/model.bin": b"x" * 5001, "fits.bin": b"y" * 5000})
    limits = CloneLimits(file_bytes=5000)
    for host, known in (
        (open_host(mirror=root, limits=limits), 5001),
        (open_host(git_url=code_host.url, max_wait=0, limits=limits), None),
    ):
        folder, checkout = bring(host)
        assert sorted(tree_of(folder)) == ["a.py", "fits.bin"]
        (left,) = checkout.left_out
        assert (left.path, left.bytes) == ("data/model.bin", known)
        assert "larger than 5000 bytes" in left.reason
        assert git(folder, "status", "--porcelain") == ""


def test_a_server_without_filters(online: Host, maker: Maker, bring: Bring) -> None:
    git(maker.folder, "config", "--unset", "uploadpack.allowFilter")
    git(maker.folder, "config", "--unset", "uploadpack.allowAnySHA1InWant")
    first = maker.commit({"a.py": "1"}, "2019-01-01T00:00:00Z")
    maker.commit({"a.py": "1", "README": ""})
    folder, checkout = bring(online)
    assert sorted(tree_of(folder)) == ["README", "a.py"]
    assert checkout.code_date == datetime(2019, 1, 1, tzinfo=UTC)
    assert tree_of(bring(online, commit=first)[0]) == {"a.py": b"1"}


def test_lfs_pointers_stay_pointers(either: Host, maker: Maker, bring: Bring) -> None:
    maker.commit({"a.py": "", "big.bin": POINTER, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"})
    folder, checkout = bring(either)
    assert (folder / "big.bin").read_text() == POINTER
    (left,) = checkout.left_out
    assert (left.path, left.bytes, left.reason) == ("big.bin", 123456789012, "git-lfs pointer")


def test_moved_repository_is_checked_out(code_host: CodeHost, online: Host, root: Path, bring: Bring) -> None:
    head = Maker(root / "ada-lab" / "engine.git").commit({"a.py": ""})
    there = f"{code_host.url}/ada-lab/engine.git/info/refs?service=git-upload-pack"
    code_host.git["ada/paper"] = [Scripted(301, "", {"Location": there})]
    _, checkout = bring(online)
    assert (checkout.commit, checkout.repository) == (head, REPOSITORY)


def test_kept_history_serves_build_tools(either: Host, maker: Maker, bring: Bring) -> None:
    project = {"pyproject.toml": '[build-system]\nrequires = ["setuptools-scm"]\n', "a.py": ""}
    release = maker.commit(project)
    maker.tag("v1.2", release, annotated=True)
    for count in range(3):
        head = maker.commit({**project, "README": f"{count}"})
    maker.tag("elsewhere", maker.commit({"x": ""}, branch="other"))
    folder, _ = bring(either, commit=head)
    assert git(folder, "describe", "--tags", "--long", "--dirty") == f"v1.2-3-g{head[:7]}"
    assert git(folder, "status", "--porcelain") == ""
    assert sorted(git(folder, "tag").split()) == ["v1.2"]
    listed = subprocess.run(
        ["git", "-C", str(folder), "archive", "HEAD"], env=ENVIRONMENT, capture_output=True, check=True
    )
    assert b"pyproject.toml" in listed.stdout
    assert git(folder, "config", "--list", "--local").count("remote") == 0
    assert not (folder / ".git" / "hooks").exists()
    assert not (folder / ".git" / "objects" / "info" / "alternates").exists()


def test_host_that_breaks_off(code_host: CodeHost, online: Host, maker: Maker, tmp_path: Path) -> None:
    maker.commit({"a.py": ""})
    probe = online.probe(REPOSITORY)
    for answer, error in (
        (Scripted(502), NetworkFailure),
        (Scripted(429), NetworkFailure),
        (Scripted(0, drop=True), NetworkFailure),
        (Scripted(404), HostRefusal),
        (Scripted(451, "DMCA"), HostRefusal),
    ):
        code_host.git["ada/paper"] = [answer]
        destination = tmp_path / f"broken-{answer.status}"
        destination.mkdir()
        with pytest.raises(error):
            online.checkout(Target(repository=REPOSITORY), probe, destination)


def test_more_data_than_the_limit(code_host: CodeHost, maker: Maker, bring: Bring) -> None:
    import random

    maker.commit({f"{n}.py": random.Random(n).randbytes(100_000) for n in range(30)})
    host = open_host(git_url=code_host.url, max_wait=0, limits=CloneLimits(tree_bytes=1_000_000))
    folder, checkout = bring(host)
    assert checkout.bytes <= 1_000_000 and len(tree_of(folder)) == 10
    assert len(checkout.left_out) == 20


def test_a_destination_that_cannot_be_written(either: Host, maker: Maker, tmp_path: Path) -> None:
    maker.commit({"a.py": ""})
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StorageFailure):
        either.checkout(Target(repository=REPOSITORY), either.probe(REPOSITORY), blocked)


def test_mirror_ignores_case_and_stands_in_completely(root: Path, maker: Maker, bring: Bring) -> None:
    maker.commit({"a.py": ""})
    host = open_host(mirror=root)
    probe = host.probe(RepositoryId(owner="ADA", name="Paper"))
    assert (probe.availability, probe.answered_by) == (Availability.AVAILABLE, "mirror")
    assert host.probe(RepositoryId(owner="ada", name="other")).availability is Availability.MISSING
    Maker(root / "ada" / "empty.git")
    assert host.probe(RepositoryId(owner="ada", name="empty")).availability is Availability.EMPTY
    elsewhere = host.probe(RepositoryId(host="gitlab.com", owner="a", name="b"))
    assert elsewhere.availability is Availability.UNREACHABLE
    Maker(root / "gitlab.com" / "group" / "sub" / "b.git").commit({"a.py": ""})
    found = host.probe(RepositoryId(host="gitlab.com", owner="group/sub", name="b"))
    assert found.availability is Availability.AVAILABLE


def test_damaged_mirror_is_a_clear_line(root: Path, maker: Maker, bring: Bring) -> None:
    maker.commit({"a.py": "x"})
    blob = maker.blob("x")
    (maker.folder / "objects" / blob[:2] / blob[2:]).unlink()
    folder, checkout = bring(open_host(mirror=root))
    (left,) = checkout.left_out
    assert left.path == "a.py" and tree_of(folder) == {}


def test_sha256_repository_in_a_mirror(root: Path, bring: Bring, tmp_path: Path) -> None:
    work = tmp_path / "work"
    git(tmp_path, "init", "-q", "--object-format=sha256", "-b", "main", str(work))
    (work / "a.py").write_text("1")
    git(work, "add", "a.py")
    git(work, "commit", "-qm", "x")
    (root / "ada").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(work), str(root / "ada" / "paper.git"))
    folder, checkout = bring(open_host(mirror=root))
    assert tree_of(folder) == {"a.py": b"1"}
    assert len(checkout.commit) == 64 and checkout.swhid_revision is None
