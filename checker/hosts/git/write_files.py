"""Writes the files of a commit into a folder, treating every name, link and size in it as hostile."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from checker.core.errors import StorageFailure
from checker.core.values.repositories import LeftOut
from checker.hosts.git.links import Link, find_leaving, is_possible, make_link
from checker.hosts.git.objects import FOLDER, GITLINK, SYMLINK, Entry, Objects, escape_path
from checker.hosts.limits import CloneLimits

LFS_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?size (\d{1,18})\n")

#: Bytes of a Git LFS pointer at most. Source: the pointer's specification, git-lfs docs/spec.md.
MAX_POINTER = 1024

#: Bytes of one file name: what Linux file systems take.
MAX_NAME = 255

#: Folders inside each other: what walks a tree keeps one open for each, and the machine has a limit.
MAX_DEPTH = 100

SizeOf = Callable[[str], int | None]


@dataclass
class Account:
    """What was written so far of one checkout, submodules included, and what was left out of it."""

    root: Path
    limits: CloneLimits
    files: int = 0
    size: int = 0
    links: list[Link] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unlisted: int = 0
    folders: set[str] = field(default_factory=set)

    def leave_out(self, path: str, reason: str, size: int | None = None) -> None:
        """List something that is not brought along; after the limit it is only counted."""
        if len(self.left_out) < self.limits.listed:
            self.left_out.append(LeftOut(path=path, bytes=size, reason=reason))
        else:
            self.unlisted += 1

    def listing(self) -> tuple[LeftOut, ...]:
        """Return everything left out, with one line for what was only counted."""
        rest = LeftOut(path="…", reason=f"{self.unlisted} more files were left out")
        return (*self.left_out, *([rest] if self.unlisted else []))

    def admits(self, path: str, size: int) -> bool:
        """Whether another file fits; lists it where it does not."""
        if size > self.limits.file_bytes:
            self.leave_out(path, f"larger than {self.limits.file_bytes} bytes", size)
        elif self.files >= self.limits.files:
            self.leave_out(path, f"more than {self.limits.files} files", size)
        elif self.size + size > self.limits.tree_bytes:
            self.leave_out(path, f"more than {self.limits.tree_bytes} bytes in all", size)
        else:
            return True
        return False

    def write(self, path: str, content: bytes, executable: bool = False) -> bool:
        """Write one file below the root, never through a link and never over another file.

        Raises:
            StorageFailure: our disk is full or cannot be written.

        """
        folder = path.rpartition("/")[0]
        try:
            if folder not in self.folders:
                (self.root / folder).mkdir(parents=True, exist_ok=True)
                self.folders.add(folder)
            _create(f"{self.root}/{path}", content, 0o755 if executable else 0o644)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            self.leave_out(path, "its name is used twice", len(content))
            return False
        except OSError as error:
            raise StorageFailure(f"the files cannot be written: {error}") from error
        self.files += 1
        self.size += len(content)
        if len(content) <= MAX_POINTER and (pointer := LFS_POINTER.match(content)):
            self.leave_out(path, "git-lfs pointer", int(pointer[1]))
        return True


def _create(path: str, content: bytes, mode: int) -> None:
    """Write a new file with as few calls as can be: a checkout is thousands of these."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)


def write_entries(
    objects: Objects,
    entries: Iterable[Entry],
    account: Account,
    prefix: str = "",
    size_of: SizeOf | None = None,
) -> list[Entry]:
    """Write a commit's files below `prefix`; return its submodules. Links wait for `make_links`.

    `size_of` may tell the size of an object that was not downloaded.
    """
    wanted: dict[str, list[tuple[Entry, str]]] = {}
    modules: list[Entry] = []
    for entry in entries:
        if entry.mode == FOLDER:
            continue
        path = prefix + escape_path(entry.path)
        if reason := explain_refusal(entry, account.limits, prefix):
            account.leave_out(path, reason, entry.size)
        elif entry.mode == GITLINK:
            modules.append(entry)
        elif entry.size is None:
            size = size_of(entry.oid) if size_of else None
            account.leave_out(path, f"not downloaded: larger than {account.limits.file_bytes} bytes", size)
        elif account.admits(path, entry.size):
            wanted.setdefault(entry.oid, []).append((entry, path))
    _write_blobs(objects, wanted, account)
    return modules


def _write_blobs(objects: Objects, wanted: dict[str, list[tuple[Entry, str]]], account: Account) -> None:
    if not wanted:
        return
    for oid, content in objects.blobs(wanted):
        for entry, path in wanted[oid]:
            if content is None:
                account.leave_out(path, "damaged: its content is not in the repository", entry.size)
            elif entry.mode == SYMLINK:
                account.links.append(Link(path, content))
            elif account.admits(path, len(content)):
                account.write(path, content, executable=entry.mode == "100755")


def explain_refusal(entry: Entry, limits: CloneLimits, prefix: str = "") -> str | None:
    """Return why an entry is not written, or None: names that no tool downstream could bear."""
    path = entry.path
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return "its name is not UTF-8"
    parts = text.split("/")
    if not text.isprintable():
        return "its name holds control characters"
    if any(part in ("", ".", "..") or part.lower().rstrip(". ") == ".git" for part in parts):
        return "its name is not allowed"
    too_long = len(prefix) + len(path) > limits.path_bytes or any(len(p.encode()) > MAX_NAME for p in parts)
    if too_long or prefix.count("/") + len(parts) > MAX_DEPTH:
        return "its path is too long"
    return None


def make_links(account: Account) -> None:
    """Make the symbolic links that stay inside the tree; list those that leave it.

    Links are made after all files, so nothing is ever written through one.
    """
    leaving, made = [], []
    for link in account.links:
        if not is_possible(link):
            leaving.append(link)
        elif make_link(account.root, link):
            made.append(link)
        else:
            account.leave_out(link.path, "its name is used twice")
    for link in (away := find_leaving(made)):
        (account.root / link.path).unlink()
    for link in (*leaving, *away):
        account.leave_out(link.path, f"symbolic link out of the tree, to {escape_path(link.target)[:200]}")
    account.files += len(made) - len(away)
