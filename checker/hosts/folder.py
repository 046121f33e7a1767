"""A local folder: an author's own files as they are, uncommitted ones included, ignored ones not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from checker.core.errors import CheckerError, HostRefusal, StorageFailure
from checker.core.tree import SKIPPED_FOLDERS, walk_folders
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Submodule, Target
from checker.hosts.git import swhid
from checker.hosts.git.checkout import storage_failures
from checker.hosts.git.code_date import find_code_date, is_code
from checker.hosts.git.command import Git, read_operator_settings
from checker.hosts.git.links import Link
from checker.hosts.git.objects import escape_path, parse_moment
from checker.hosts.git.pack import keep
from checker.hosts.git.work_tree import Worktree, open_worktree, read_state
from checker.hosts.git.write_files import MAX_DEPTH, Account, make_links
from checker.hosts.limits import CloneLimits
from checker.hosts.mirror import borrow_objects

#: `Checkout.ref` of files that are no commit; `commit` is then the id that git would give their tree.
UNCOMMITTED = "uncommitted"

#: Times up to here are what archives and build tools write in the place of a time (the epoch, ZIP's first day).
NO_TIME = datetime(1980, 1, 2, tzinfo=UTC)


@dataclass
class _Times:
    """The newest modification among the files, and among those that are code or specification."""

    newest: datetime = NO_TIME
    newest_code: datetime = NO_TIME

    def note(self, path: str, seconds: float) -> None:
        """Take a file's time into account."""
        at = parse_moment(str(int(seconds)))
        self.newest = max(self.newest, at)
        if is_code(path):
            self.newest_code = max(self.newest_code, at)


@dataclass(frozen=True)
class FolderHost:
    """Answers for the one folder `path`, whatever repository it is asked about."""

    path: Path
    limits: CloneLimits = field(default_factory=CloneLimits)
    git: Git = field(default_factory=Git)

    def probe(self, repository: RepositoryId) -> Probe:
        """Tell whether the folder is there; never raises."""
        there = self.path.is_dir()
        try:
            state = read_state(self.git, self.path, self.limits) if there else None
        except CheckerError:
            state = None
        return Probe(
            repository=repository,
            availability=Availability.AVAILABLE if there else Availability.MISSING,
            answered_by="folder",
            detail=str(self.path) if there else f"{self.path}: no such folder",
            default_branch=state.branch if state else None,
            head_commit=state.commit if state else None,
        )

    @storage_failures()
    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        """Copy the folder's files into the empty folder `destination`.

        What is ignored, too large, or a repository of its own that was never committed is left out.

        Raises:
            HostRefusal: a commit is asked for at which the folder does not stand.
            StorageFailure: our own disk is full.

        """
        with open_worktree(self.git, self.path, self.limits) as tree:
            commit = tree.state.commit if tree else None
            if target.commit and not (commit or "").startswith(target.commit.lower()):
                raise HostRefusal(f"{self.path} does not stand at commit {target.commit}")
            account, times, submodules = Account(destination, self.limits), _Times(), list[Submodule]()
            for path, place in self._files(tree, account, submodules):
                _copy(place, path, account, times)
            make_links(account)
            newest = times.newest if times.newest > NO_TIME else datetime.now(UTC).replace(microsecond=0)
            found = Checkout(
                repository=target.repository,
                commit=swhid.hash_folder(destination),
                ref=UNCOMMITTED,
                committed_at=newest,
                code_date=times.newest_code if times.newest_code > NO_TIME else newest,
                code_date_from="files",
                files=account.files,
                bytes=account.size,
                submodules=tuple(submodules),
                left_out=account.listing(),
                swhid_directory=swhid.identify_directory(swhid.hash_folder(destination)),
            )
            return found if tree is None or commit is None else _add_dates(found, tree, commit, destination)

    def _files(
        self, tree: Worktree | None, account: Account, submodules: list[Submodule]
    ) -> Iterator[tuple[str, Path]]:
        """Yield every file that belongs to the folder: path inside it, place on the disk."""
        if tree is None:
            yield from ((p.relative_to(self.path).as_posix(), p) for p in _walk(self.path))
            return
        waiting, real = [("", self.path, tree.files())], {"": True}
        while waiting:
            prefix, folder, names = waiting.pop()
            for name in names:
                path, place = prefix + name, folder / name
                if not _is_folder(self.path, path.rstrip("/").rpartition("/")[0], real):
                    continue  # committed in a folder that gave way to a link: what lies there is not the author's
                if name.endswith("/"):
                    account.leave_out(escape_path(os.fsencode(path)), "a repository of its own, not committed")
                elif place.is_dir() and not place.is_symlink():
                    inner = self._inside(place) if len(submodules) < self.limits.submodules else None
                    submodules.append(_describe_submodule(path, inner is not None))
                    waiting.append((f"{path}/", place, inner or []))
                else:
                    yield path, place

    def _inside(self, place: Path) -> list[str] | None:
        """Return the files of a submodule, or None where it was not initialised."""
        if not (place / ".git").exists():
            return None
        with open_worktree(self.git, place, self.limits) as inner:
            return inner.files() if inner else None


def _is_folder(root: Path, path: str, known: dict[str, bool]) -> bool:
    """Whether a path below `root` is a folder, and none of its parts a symbolic link; `known` are the answers."""
    if path not in known:
        here = ""
        for part in path.split("/"):
            above, here = here, f"{here}/{part}" if here else part
            if here not in known:
                known[here] = known[above] and not (root / here).is_symlink()
    return known[path]


def _add_dates(found: Checkout, tree: Worktree, commit: str, destination: Path) -> Checkout:
    """Add what the history tells, and leave a small `.git` with the files."""
    store = replace(tree.objects, folder=tree.state.git_dir)
    brought = borrow_objects(store, commit, destination / ".git", str(tree.folder))
    changed = tree.changed()
    at = brought.objects.committed_at(commit)
    changes: dict[str, object] = {}
    if not any(is_code(path) for path in changed):
        touched = find_code_date(brought.objects, commit)
        changes |= {"code_date": touched or at, "code_date_from": "history" if touched else "commit"}
    if not changed:
        changes |= {"commit": commit, "ref": tree.state.branch, "committed_at": at}
        changes |= {"swhid_revision": swhid.identify_revision(commit)}
    if tree.state.top == tree.folder.resolve():
        keep(brought.objects, commit, brought.objects.entries(commit), brought.tags)
    else:
        brought.objects.remove()
    return found.model_copy(update=changes)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files and links below a folder, and the folders that lie too deep to be looked into."""
    for place, folders, names in walk_folders(folder):
        linked = [f for f in folders if os.path.islink(f"{place}/{f}")]  # noqa: PTH114 - raises for no path
        deep = place.count("/") - str(folder).count("/") >= MAX_DEPTH
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS and f not in linked)
        yield from (Path(place, name) for name in sorted([*names, *linked]) if name != ".git")
        if deep:
            yield from (Path(place, name) for name in folders)
            folders.clear()


def _describe_submodule(path: str, present: bool) -> Submodule:
    return Submodule(
        path=escape_path(os.fsencode(path)),
        url="",
        status="present" if present else "gone",
        detail="" if present else "not initialised in this folder",
    )


def _copy(place: Path, path: str, account: Account, times: _Times) -> None:
    """Copy one file, or remember a link; a file that is listed and gone was deleted by the author."""
    shown = escape_path(os.fsencode(path))
    if shown != path or len(os.fsencode(path)) > account.limits.path_bytes or path.count("/") >= MAX_DEPTH:
        account.leave_out(shown, "its name holds control characters, or is too long")
        return
    try:
        status = place.lstat()
        if stat.S_ISLNK(status.st_mode):
            account.links.append(Link(path, os.fsencode(place.readlink())))
        elif not stat.S_ISREG(status.st_mode):
            account.leave_out(path, "not a regular file")
        elif account.admits(path, status.st_size):
            account.write(path, place.read_bytes(), executable=bool(status.st_mode & stat.S_IXUSR))
            times.note(path, status.st_mtime)
    except FileNotFoundError:
        return
    except PermissionError:
        account.leave_out(path, "cannot be read")
    except OSError as error:
        raise StorageFailure(f"{place} cannot be copied: {error}") from error


def open_folder(path: Path, limits: CloneLimits | None = None) -> FolderHost:
    """Return the host of a local folder, with the operator's own list of ignored files."""
    settings = read_operator_settings(r"^core\.excludesfile$")
    default = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "git", "ignore")
    ignored = settings.get("core.excludesfile") or (str(default) if default.is_file() else os.devnull)
    git = Git(settings={"core.excludesFile": str(Path(ignored).expanduser())})
    return FolderHost(path.expanduser().resolve(), limits or CloneLimits(), git)
