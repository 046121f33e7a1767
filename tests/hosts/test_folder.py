"""A local folder as its author sees it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from repository_maker import REPOSITORY, git

from checker.core.errors import HostRefusal
from checker.core.values.repositories import Availability, Checkout, Target
from checker.hosts import open_host
from checker.hosts.folder import open_folder
from checker.hosts.limits import CloneLimits

OLD = datetime(2020, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    (folder / "a.py").write_text("1")
    (folder / ".gitignore").write_text("*.log\ndata/\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "code", date="2020-01-01T00:00:00Z")
    (folder / "README").write_text("x")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "words", date="2021-01-01T00:00:00Z")
    return folder


def copy(work: Path, tmp_path: Path, **more: object) -> tuple[Path, Checkout]:
    destination = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}"
    destination.mkdir()
    limits = more.pop("limits", CloneLimits())
    host = open_folder(work, limits)  # type: ignore[arg-type]
    target = Target.model_validate({"repository": REPOSITORY, "folder": str(work), **more})
    return destination, host.checkout(target, host.probe(REPOSITORY), destination)


def names(folder: Path) -> list[str]:
    files = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file() or p.is_symlink())
    return sorted(p.as_posix() for p in files if ".git" not in p.parts)


def test_clean_repository(work: Path, tmp_path: Path) -> None:
    head = git(work, "rev-parse", "HEAD")
    folder, checkout = copy(work, tmp_path)
    assert names(folder) == [".gitignore", "README", "a.py"]
    assert (checkout.commit, checkout.ref) == (head, "main")
    assert checkout.code_date == datetime(2020, 1, 1, tzinfo=UTC)
    assert checkout.committed_at == datetime(2021, 1, 1, tzinfo=UTC)
    assert checkout.swhid_revision == f"swh:1:rev:{head}"
    assert checkout.swhid_directory == "swh:1:dir:" + git(work, "rev-parse", "HEAD^{tree}")
    assert git(folder, "status", "--porcelain") == ""


def test_uncommitted_files_count_and_ignored_ones_do_not(work: Path, tmp_path: Path) -> None:
    (work / "new.py").write_text("2")
    (work / "noise.log").write_text("")
    (work / "data").mkdir()
    (work / "data" / "big.bin").write_text("")
    (work / "README").unlink()
    os.utime(work / "a.py", (0, OLD.timestamp() - 100))
    os.utime(work / "new.py", (0, OLD.timestamp()))
    folder, checkout = copy(work, tmp_path)
    assert names(folder) == [".gitignore", "a.py", "new.py"]
    assert (checkout.ref, checkout.code_date, checkout.code_date_from) == ("uncommitted", OLD, "files")
    assert checkout.swhid_directory == f"swh:1:dir:{checkout.commit}"
    assert checkout.swhid_revision is None


def test_a_changed_readme_does_not_make_code_younger(work: Path, tmp_path: Path) -> None:
    (work / "README").write_text("changed")
    _, checkout = copy(work, tmp_path)
    assert checkout.ref == "uncommitted"
    assert (checkout.code_date, checkout.code_date_from) == (datetime(2020, 1, 1, tzinfo=UTC), "history")


def test_no_repository_at_all(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    (plain / "sub").mkdir(parents=True)
    (plain / "sub" / "a.py").write_text("")
    (plain / "notes.txt").write_text("")
    (plain / "node_modules").mkdir()
    (plain / "node_modules" / "x.js").write_text("")
    os.utime(plain / "sub" / "a.py", (0, OLD.timestamp()))
    folder, checkout = copy(plain, tmp_path)
    assert names(folder) == ["notes.txt", "sub/a.py"]
    assert (checkout.code_date, checkout.ref) == (OLD, "uncommitted")
    assert len(checkout.commit) == 40


def test_repository_without_commits(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    git(tmp_path, "init", "-q", str(fresh))
    (fresh / "a.py").write_text("")
    folder, checkout = copy(fresh, tmp_path)
    assert names(folder) == ["a.py"] and checkout.ref == "uncommitted"


def test_a_folder_inside_a_repository(work: Path, tmp_path: Path) -> None:
    (work / "part").mkdir()
    (work / "part" / "b.py").write_text("")
    git(work, "add", "-A")
    git(work, "commit", "-qm", "part", date="2022-01-01T00:00:00Z")
    folder, checkout = copy(work / "part", tmp_path)
    assert names(folder) == ["b.py"]
    assert checkout.ref == "main"


def test_links_large_files_and_foreign_repositories(work: Path, tmp_path: Path) -> None:
    (work / "out").symlink_to("/etc/passwd")
    (work / "in").symlink_to("a.py")
    (work / "big.bin").write_bytes(b"x" * 2000)
    git(tmp_path, "init", "-q", str(work / "foreign"))
    (work / "foreign" / "c.py").write_text("")
    os.mkfifo(work / "pipe")
    folder, checkout = copy(work, tmp_path, limits=CloneLimits(file_bytes=1000))
    assert names(folder) == [".gitignore", "README", "a.py", "in"]
    left = {item.path: item.reason for item in checkout.left_out}
    assert set(left) >= {"out", "big.bin", "foreign/"}


def test_filters_of_the_folder_do_not_run(work: Path, tmp_path: Path) -> None:
    marker = tmp_path / "pwned"
    (work / ".gitattributes").write_text("* filter=evil\n")
    for key in ("filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "diff.external"):
        git(work, "config", key, f"sh -c 'touch {marker}; cat'")
    (work / "a.py").write_text("changed")
    _, checkout = copy(work, tmp_path)
    assert checkout.ref == "uncommitted"
    assert not marker.exists()


def test_a_commit_at_which_it_does_not_stand(work: Path, tmp_path: Path) -> None:
    with pytest.raises(HostRefusal, match="abcdef0"):
        copy(work, tmp_path, commit="abcdef0")
    assert copy(work, tmp_path, commit=git(work, "rev-parse", "--short", "HEAD"))[1].ref == "main"


def test_submodules_of_a_folder(work: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "init", "-q", str(other))
    (other / "lib.py").write_text("")
    git(other, "add", "-A")
    git(other, "commit", "-qm", "x")
    for name in ("here", "gone"):
        git(work, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), name)
    git(work, "commit", "-qm", "modules")
    git(work, "submodule", "--quiet", "deinit", "-f", "gone")
    folder, checkout = copy(work, tmp_path)
    assert {s.path: s.status for s in checkout.submodules} == {"here": "present", "gone": "gone"}
    assert (folder / "here" / "lib.py").is_file()


def test_missing_folder(tmp_path: Path) -> None:
    probe = open_folder(tmp_path / "nothing").probe(REPOSITORY)
    assert probe.availability is Availability.MISSING


def test_router_sends_folders_to_the_folder(work: Path, tmp_path: Path, root: Path) -> None:
    host = open_host(mirror=root)
    probe = open_folder(work).probe(REPOSITORY)
    destination = tmp_path / "there"
    destination.mkdir()
    host.checkout(Target(repository=REPOSITORY, folder=str(work)), probe, destination)
    assert (destination / "a.py").is_file()


@pytest.mark.parametrize("names", [(), ("main.py",)])
def test_files_without_a_time_are_of_today(tmp_path: Path, names: tuple[str, ...]) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("print(1)\n")
        os.utime(folder / name, (0, 0))
    _, found = copy(folder, tmp_path)
    assert abs(datetime.now(UTC) - found.code_date) < timedelta(minutes=5)


def test_a_work_tree_of_its_own_is_read_with_its_history(work: Path, tmp_path: Path) -> None:
    git(work, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    folder, checkout = copy(tmp_path / "side", tmp_path)
    assert (checkout.ref, checkout.commit) == ("side", git(work, "rev-parse", "HEAD"))
    assert (folder / ".git").is_dir()


def point_by_file(folder: Path, secret: Path) -> None:
    (folder / ".git").write_text(f"gitdir: {secret}/.git\n")


def point_by_link(folder: Path, secret: Path) -> None:
    (folder / ".git").symlink_to(secret / ".git")


def point_by_common_folder(folder: Path, secret: Path) -> None:
    git(folder, "init", "-q", "-b", "main", ".")
    (folder / ".git" / "commondir").write_text(f"{secret}/.git\n")


def point_by_setting(folder: Path, secret: Path) -> None:
    inner = folder / "inner"
    git(folder, "init", "-q", "-b", "main", str(inner))
    git(inner, "config", "core.worktree", str(folder))
    (inner / ".git" / "commondir").write_text(f"{secret}/.git\n")
    (folder / ".git").write_text("gitdir: inner/.git\n")


def point_from_the_root(folder: Path, secret: Path) -> None:
    point_by_common_folder(folder, secret)
    git(folder, "config", "core.worktree", "/")


def point_at_files_of_its_own(folder: Path, secret: Path) -> None:
    secret_worktree = folder.parent / "fake"
    secret_worktree.mkdir()
    for name, text in {"HEAD": "ref: refs/heads/main\n", "commondir": f"{secret}/.git\n"}.items():
        (secret_worktree / name).write_text(text)
    (secret_worktree / "gitdir").write_text(f"{folder}/.git\n")
    (folder / ".git").write_text(f"gitdir: {secret_worktree}\n")


def point_by_links_inside(folder: Path, secret: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    for name in ("objects", "refs"):
        (folder / ".git" / name).symlink_to(secret / ".git" / name)


def point_by_one_branch(folder: Path, secret: Path) -> None:
    git(folder, "init", "-q", "-b", "main", ".")
    (folder / ".git" / "objects" / "info" / "alternates").write_text(f"{secret}/.git/objects\n")
    (folder / ".git" / "refs" / "heads" / "main").symlink_to(secret / ".git" / "refs" / "heads" / "main")


@pytest.mark.parametrize(
    "point",
    [
        point_by_links_inside,
        point_by_one_branch,
        point_from_the_root,
        point_at_files_of_its_own,
        point_by_file,
        point_by_link,
        point_by_common_folder,
        point_by_setting,
    ],
)
def test_a_folder_gets_no_history_of_another_repository(point, work: Path, tmp_path: Path) -> None:
    git(work, "config", "core.worktree", str(tmp_path))  # as with a home folder under version control
    made = tmp_path / "unpacked"
    made.mkdir()
    (made / "b.py").write_text("2")
    point(made, work)
    folder, checkout = copy(made, tmp_path)
    assert not (folder / ".git").exists()
    assert checkout.ref == "uncommitted" and "a.py" not in names(folder)
    assert open_folder(made).probe(REPOSITORY).head_commit is None
