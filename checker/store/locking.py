"""One process at a time: a lock on a file that the kernel releases however its holder dies, and who has it."""

from __future__ import annotations

import fcntl
import getpass
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from checker.core.errors import StorageFailure, UsageError
from checker.core.values.base import now

#: What the holder writes down: process, user, machine, since when (UTC).
_HOLDER = re.compile(r"(\d{1,10})(?: ([\w.@+-]{1,64}) ([\w.-]{1,255}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\S*)?\s*\Z")


class Occupied(UsageError):
    """Somebody else holds the lock; the message says who, and since when."""


class ProcessLock:
    """A lock that one process has; it goes when the process does."""

    def __init__(self, path: Path, refusal: str) -> None:
        """Name the file; `refusal` says what the holder is at, as in `another run is writing there`."""
        self._path = path
        self._refusal = refusal
        self._file: FileIO | None = None

    def claim(self) -> None:
        """Take the lock; a second time changes nothing.

        Raises:
            Occupied: another process has it.
            StorageFailure: the lock file cannot be made.

        """
        if self._file is not None:
            return
        with _explain_errors(self._path):
            file = FileIO(self._path, "a+")
        try:
            with _explain_errors(self._path):
                _lock(file, f"{self._path.parent}: {self._refusal}")
                file.truncate(0)
                file.write(_describe_holder().encode())
        except BaseException:
            file.close()
            raise
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def _explain_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailure(f"{path}: {error.strerror or error}") from error


def _lock(file: FileIO, refusal: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Occupied(f"{refusal}{_read_holder(file)}; wait for it, or choose another folder") from None


def _describe_holder() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.geteuid())
    return f"{os.getpid()} {user} {socket.gethostname()} {now().isoformat()}"


def _read_holder(file: FileIO) -> str:
    """Say who holds the lock, as far as the file tells; anything else than what we write is left out."""
    file.seek(0)
    found = _HOLDER.match(file.read(400).decode("utf-8", "replace"))
    if found is None:
        return ""
    process, user, machine, since = found.groups()
    if user is None:
        return f" (process {process})"
    return f" (process {process} of {user} on {machine}, since {since.replace('T', ' ')} UTC)"
