"""The graph beside the store: made when it is first asked for, brought up to date when it is asked again.

    checker.graph/
      lock           one process at a time brings it up to date
      live/          the database that is written
      ledger.sqlite  what of the store is in it
      writing        stands there while the two are written: found later, the making broke off half-way
      read-<N>/      a copy by hard links that queries read; it does not change any more
      current        which copy is read, and the state of the store that it shows

Everything in it can be made again from the store, and is where it does not fit (another version, a making that
broke off).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pyoxigraph import Store as Triplestore

from checker.core.errors import StorageFailure, UsageError
from checker.reports.linked_data.graph.fill_graph import bring_up_to_date
from checker.reports.linked_data.graph.ledger import open_ledger
from checker.store import Store

#: Version of what is written into a graph; one more whenever the same store gives other triples.
VERSION = 1

SUFFIX = ".graph"


class Graph:
    """The graph of one store."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.folder = store.with_suffix(SUFFIX)

    def refresh(self) -> Path:
        """Bring the graph up to date with the store; return the folder that queries read.

        Raises:
            UsageError: there is no store, or this checker cannot read it.
            StorageFailure: the graph cannot be written, or the disk is full.

        """
        if not self.store.is_file():
            raise UsageError(f"{self.store}: no results are stored there; `checker run` makes some")
        seen = _state_of(self.store)
        current = self._current()
        if current is not None and current["seen"] == seen:
            return self.folder / str(current["read"])
        Store.open(self.store).close()
        with _explain_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(self.folder / "lock"):
                return self._refresh_alone()

    @contextmanager
    def reading(self) -> Iterator[Path]:
        """Give the folder that queries read, brought up to date; it stays until the block ends."""
        while True:
            folder = self.refresh()
            held = lease(folder)
            if held is not None:
                break
        with held:
            yield folder

    def _refresh_alone(self) -> Path:
        seen = _state_of(self.store)
        current = self._current()
        if current is not None and current["seen"] == seen:
            return self.folder / str(current["read"])
        if current is None or self._writing.exists():
            current = None
            self._start_anew()
        folder = self.folder / f"read-{self._last_number() + 1}"
        self._writing.touch()
        with closing(open_ledger(self.folder / "ledger.sqlite", self.store)) as ledger:
            live = Triplestore(str(self.folder / "live"))
            changes = bring_up_to_date(live, ledger, first=current is None)
            if current is not None and not changes:
                folder = self.folder / str(current["read"])
            else:
                live.flush()
                shutil.rmtree(folder, ignore_errors=True)
                live.backup(str(folder))
            del live
            ledger.execute("commit")
        self._say({"version": VERSION, "read": folder.name, "seen": seen})
        self._writing.unlink()
        self._sweep(folder)
        return folder

    @property
    def _writing(self) -> Path:
        return self.folder / "writing"

    def _last_number(self) -> int:
        """Return the highest number of a copy that is there, 0 where none is: any of them may still be read."""
        numbers = (folder.name.rpartition("-")[2] for folder in self.folder.glob("read-*"))
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def _start_anew(self) -> None:
        for name in ("live", "ledger.sqlite", "ledger.sqlite-journal", "current"):
            path = self.folder / name
            shutil.rmtree(path, ignore_errors=True)
            with suppress(FileNotFoundError, IsADirectoryError):
                path.unlink()

    def _current(self) -> dict[str, Any] | None:
        """Return what is read now, None where there is nothing that this checker could go on with."""
        try:
            found = json.loads((self.folder / "current").read_text(encoding="utf-8"))
            fits = found["version"] == VERSION and (self.folder / found["read"] / "CURRENT").is_file()
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return dict(found) if fits else None

    def _say(self, current: dict[str, object]) -> None:
        draft = self.folder / f"current.{os.getpid()}"
        draft.write_text(json.dumps(current), encoding="utf-8")
        draft.replace(self.folder / "current")

    def _sweep(self, keep: Path) -> None:
        """Remove the copies that nobody reads any more."""
        for folder in self.folder.glob("read-*"):
            if folder == keep or not folder.is_dir():
                continue
            with (folder / "LEASE").open("a") as file, suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def lease(folder: Path) -> IO[str] | None:
    """Hold a copy so that it is not swept, until the file is closed; None where that has happened already."""
    try:
        file = (folder / "LEASE").open("a", encoding="utf-8")
    except FileNotFoundError:
        return None
    fcntl.flock(file, fcntl.LOCK_SH)
    if (folder / "CURRENT").is_file():
        return file
    file.close()
    return None


def _state_of(store: Path) -> list[list[int] | None]:
    """Return what changes with every change of the store: size and time of its file and of its write-ahead log."""

    def seen(path: Path) -> list[int] | None:
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return [found.st_size, found.st_mtime_ns] if found.st_size else None

    return [seen(store), seen(store.with_name(f"{store.name}-wal"))]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _explain_errors(folder: Path) -> Iterator[None]:
    """Turn what the system, SQLite or the triple store says about the graph into a StorageFailure of one line."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise StorageFailure(f"{folder}: the graph cannot be written: {reason}") from error
