"""What git knows of a local folder, asked without trusting the folder's own git configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.core.errors import Inconclusive
from checker.hosts.git.command import Command, Git
from checker.hosts.git.objects import Objects, escape_path
from checker.hosts.limits import CloneLimits
from checker.hosts.mirror import borrow_objects

#: Seconds for one question about a folder, which git answers in milliseconds.
ASK_SECONDS = 10

#: What tells which commits a repository has: as links they could tell those of another one.
_OWN_FILES = ("HEAD", "objects", "refs", "packed-refs")


@dataclass(frozen=True)
class State:
    """Where a folder stands: its repository's git folder and top, the commit and branch checked out."""

    git_dir: Path
    top: Path
    commit: str | None
    branch: str | None


@dataclass(frozen=True)
class Worktree:
    """A folder read through a git folder of our own: filters and hooks that its configuration names do not run."""

    folder: Path
    state: State
    objects: Objects

    def _run(self, *arguments: str) -> list[str]:
        seconds = self.objects.limits.read_seconds
        whole = (f"--work-tree={self.state.top}", *arguments)
        done = self.objects.git.run(Command(whole, self.objects.folder, seconds, cwd=self.folder))
        if done.why != "exited":
            raise Inconclusive(f"git {arguments[0]} in {self.folder} took too long, or said too much")
        return [os.fsdecode(line) for line in done.output.split(b"\0") if line] if done.ok else []

    def files(self) -> list[str]:
        """Return committed and new files that are not ignored; `name/` is a repository of its own."""
        ignored = self.state.git_dir / "info" / "exclude"
        more = (f"--exclude-from={ignored}",) if ignored.is_file() else ()
        return sorted(set(self._run("ls-files", "-z", "--cached", "--others", "--exclude-standard", *more)))

    def changed(self) -> list[str]:
        """Return the files that differ from the commit, new ones included."""
        committed = self._run("diff-index", "-z", "--name-only", "--no-renames", "HEAD", "--", ".")
        known = set(self._run("ls-files", "-z", "--cached"))
        return [*committed, *(name for name in self.files() if name not in known and not name.endswith("/"))]


def read_state(git: Git, folder: Path, limits: CloneLimits) -> State | None:
    """Ask git about a folder; None where it is no repository.

    Raises:
        Inconclusive: git does not answer: a pipe lies in the place of one of its files, or the disk is slow.

    """

    def ask(*arguments: str) -> str | None:
        done = git.run(Command(arguments, seconds=min(ASK_SECONDS, limits.read_seconds), cwd=folder))
        if done.why == "time":
            raise Inconclusive(f"git {arguments[0]} in {folder} took longer than {ASK_SECONDS} s")
        return os.fsdecode(done.output.rstrip(b"\n")) if done.ok else None

    common, top = ask("rev-parse", "--git-common-dir"), ask("rev-parse", "--show-toplevel")
    if common is None or top is None:
        return None
    own, holder = ask("rev-parse", "--absolute-git-dir"), _find_holder(folder)
    if own is None or holder is None or Path(top).resolve() != holder:
        return None
    shared = (folder / common).resolve()
    if not _belong_together(Path(own).resolve(), shared, holder, ask):
        return None
    ref = ask("symbolic-ref", "--quiet", "HEAD")
    if not all(_lies_inside(shared / name, shared) for name in (*_OWN_FILES, *([ref] if ref else []))):
        return None
    branch = ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return State(
        git_dir=shared,
        top=Path(top).resolve(),
        commit=ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}"),
        branch=escape_path(os.fsencode(branch)) if branch else None,
    )


def _find_holder(folder: Path) -> Path | None:
    """Return the folder, at or above this one, in which `.git` lies."""
    here = folder.resolve()
    return next((place for place in (here, *here.parents) if os.path.lexists(place / ".git")), None)


def _belong_together(own: Path, common: Path, holder: Path, ask: Callable[..., str | None]) -> bool:
    """Whether a git folder is that of the folder that holds `.git`: it is that, or names it as its work tree.

    Else a folder that somebody else made could point at any repository of this machine, and get its history.
    """
    if own == holder / ".git" or not own.is_relative_to(common):
        return own == common
    with suppress(OSError, ValueError):
        back = Path((own / "gitdir").read_text(encoding="utf-8").rstrip("\n"))
        return (own / back).resolve() == holder / ".git"
    named = ask("config", "--file", str(own / "config"), "core.worktree")
    return named is not None and (own / named).resolve() == holder


def _lies_inside(place: Path, folder: Path) -> bool:
    """Whether a path below a git folder leads to no other place by a symbolic link."""
    return Path(os.path.realpath(place)).is_relative_to(folder)


@contextmanager
def open_worktree(git: Git, folder: Path, limits: CloneLimits) -> Iterator[Worktree | None]:
    """Give git's view of a folder, or None where it is no repository."""
    state = read_state(git, folder, limits)
    if state is None:
        yield None
        return
    with TemporaryDirectory(prefix="worktree-") as place:
        own = Path(place, "git")
        if state.commit is None:
            objects = Objects.create(Objects(git, own, limits), own)
        else:
            objects = borrow_objects(Objects(git, state.git_dir, limits), state.commit, own, str(folder)).objects
            (own / "HEAD").write_text(f"{state.commit}\n")
            objects.require("read-tree", state.commit)
            objects.git.run(
                Command((f"--work-tree={state.top}", "update-index", "-q", "--refresh"), own, limits.read_seconds)
            )
        yield Worktree(folder, state, objects)
