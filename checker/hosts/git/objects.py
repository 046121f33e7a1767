"""A git folder of our own: its objects read through plumbing that runs nothing and fetches nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from checker.core.errors import CheckerError, HostRefusal, Inconclusive, StorageFailure, TooLarge
from checker.hosts.answers import NO_SPACE, clean_message
from checker.hosts.git.command import Command, Done, Git
from checker.hosts.limits import CloneLimits

GITLINK, SYMLINK, FOLDER = "160000", "120000", "040000"

#: Characters kept of a path that is only shown.
MAX_SHOWN = 2000

CONFIG = """[core]
\trepositoryformatversion = {version}
\tfilemode = true
\tbare = {bare}
\tlogallrefupdates = false
"""
EXTENSION = "[extensions]\n\tobjectFormat = {format}\n"


@dataclass(frozen=True)
class Entry:
    """One entry of a tree; `size` is None for folders, submodules, and objects that are not here."""

    mode: str
    oid: str
    size: int | None
    path: bytes


@dataclass(frozen=True)
class Objects:
    """The objects in `folder`, a git folder that we made and whose configuration is ours alone.

    `hash` is the function that names the objects, `sha1` or `sha256`.
    """

    git: Git
    folder: Path
    limits: CloneLimits
    hash: str = "sha1"

    @classmethod
    def create(cls, like: Objects, folder: Path, alternates: Path | None = None) -> Objects:
        """Make an empty git folder with the git, limits and hash of `like`; `alternates` is read besides.

        Raises:
            StorageFailure: it cannot be written.

        """
        try:
            (folder / "objects" / "info").mkdir(parents=True)
            (folder / "objects" / "pack").mkdir()
            (folder / "refs").mkdir()
            (folder / "HEAD").write_text("ref: refs/heads/main\n")
            if alternates is not None:
                (folder / "objects" / "info" / "alternates").write_text(f"{alternates}\n")
        except OSError as error:
            raise StorageFailure(f"{folder} cannot be written: {error}") from error
        objects = replace(like, folder=folder)
        objects.write_config()
        return objects

    def write_config(self, bare: bool = True) -> None:
        """Replace the configuration by one that names no remote, helper or filter."""
        sha1 = self.hash == "sha1"
        text = CONFIG.format(version=0 if sha1 else 1, bare=str(bare).lower())
        (self.folder / "config").write_text(text if sha1 else text + EXTENSION.format(format=self.hash))

    def remove(self) -> None:
        """Remove the git folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments: str, stdin: bytes | None = None, seconds: float | None = None) -> Done:
        """Run one command on these objects, bounded; never raises for what git says."""
        limit = self.limits.read_seconds if seconds is None else seconds
        return self.git.run(Command(arguments, self.folder, limit, stdin))

    def require(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run one command and return its output; what goes wrong is ours or the repository's, told apart.

        Raises:
            HostRefusal: the repository is damaged.
            StorageFailure: the disk is full.
            Inconclusive: it took too long.

        """
        done = self.run(*arguments, stdin=stdin)
        if not done.ok:
            raise explain_failure(done, f"git {arguments[0]}")
        return done.text

    def resolve(self, name: str) -> str | None:
        """Return the full commit id behind an id (which may be shortened), or None."""
        done = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return done.text if done.ok else None

    def tags(self) -> dict[str, tuple[str, str]]:
        """Return every tag's own id and that of the commit that it names."""
        rows = "--format=%(refname:lstrip=2) %(objectname) %(*objectname)"
        done = self.run("for-each-ref", rows, "refs/tags")
        lines = (line.split(" ") for line in done.text.splitlines()) if done.ok else ()
        return {row[0]: (row[1], row[2] or row[1]) for row in lines if len(row) == 3}

    def read_tree_id(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        return self.require("rev-parse", "--verify", f"{commit}^{{tree}}")

    def committed_at(self, commit: str) -> datetime:
        """Return the commit's date, kept between 1970 and now: anybody can write any date into a commit."""
        return parse_moment(self.require("log", "-1", "--no-show-signature", "--format=%ct", commit))

    def entries(self, commit: str) -> tuple[Entry, ...]:
        """Return every entry of a commit's tree, in git's order.

        Raises:
            HostRefusal: there are more than the limit (a kilobyte of trees can name a million million files),
                or the tree is damaged.
            Inconclusive: it took too long.

        """
        found: list[Entry] = []
        command = Command(
            ("ls-tree", "-r", "-t", "-l", "-z", "--full-tree", commit), self.folder, self.limits.read_seconds
        )
        with self.git.start(command) as running:
            rest = b""
            while chunk := running.output.read(1 << 20):
                *lines, rest = (rest + chunk).split(b"\0")
                found += map(_read_entry, lines)
                if len(found) > self.limits.entries:
                    raise TooLarge(f"the commit holds more than {self.limits.entries} files and folders")
            done = Done(running.process.wait(), b"", running.said(), running.why)
        if not done.ok:
            raise explain_failure(done, "the listing of the files")
        return tuple(found)

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield each object with its content, in the order asked; None for what is not here."""
        asked = "\n".join(ids).encode() + b"\n"
        command = Command(("cat-file", "--batch"), self.folder, self.limits.seconds, asked)
        with self.git.start(command) as running:
            while header := running.output.readline().split():
                oid = header[0].decode()
                if len(header) != 3:  # "<id> missing"
                    yield oid, None
                    continue
                size = int(header[2])
                content = running.output.read(size)
                if len(content) != size or running.output.read(1) != b"\n":
                    break
                yield oid, content
            if running.why != "exited":
                raise Inconclusive("reading the files took too long")


def _read_entry(line: bytes) -> Entry:
    head, path = line.split(b"\t", 1)
    mode, _, oid, size = head.decode("ascii", "replace").split()
    return Entry(mode=mode.zfill(6), oid=oid, size=int(size) if size.isdigit() else None, path=path)


def parse_moment(seconds: str) -> datetime:
    """Return a Unix time as a moment in UTC, kept between 1970 and now."""
    digits = seconds.strip().splitlines()[0] if seconds.strip() else "0"
    number = int(digits) if digits.lstrip("-").isdigit() else 0
    today = datetime.now(UTC).replace(microsecond=0)
    return datetime.fromtimestamp(min(max(number, 0), int(today.timestamp())), UTC)


def explain_failure(done: Done, what: str) -> CheckerError:
    """Return the error that a failed local command stands for."""
    if NO_SPACE.search(done.messages):
        return StorageFailure(f"{what}: {clean_message(done.messages)}")
    if done.why == "time":
        return Inconclusive(f"{what} took too long")
    return HostRefusal(f"{what} failed: {clean_message(done.messages) or 'the repository is damaged'}")


def escape_path(path: bytes) -> str:
    """Return a path as text that every report can hold: what is no printable UTF-8 is escaped."""
    text = os.fsdecode(path).encode("utf-8", "backslashreplace").decode("utf-8") if path else ""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text[:MAX_SHOWN]
