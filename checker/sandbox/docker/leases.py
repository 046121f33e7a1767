"""Shows who is alive: a lease is a locked file, and the kernel unlocks it when its holder dies in any way."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checker.core.errors import StorageFailure


class Lease:
    """An exclusive lock on a file of its own name, held until `release` or the death of the process."""

    def __init__(self, folder: Path) -> None:
        """Take a lease in `folder`.

        Raises:
            StorageFailure: the folder cannot be written.

        """
        self.name = uuid.uuid4().hex[:12]
        self._path = folder / f"{self.name}.lease"
        making = self._path.with_suffix(".making")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._fd: int | None = os.open(making, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            os.write(self._fd, f"{os.getpid()}\n".encode())
            making.rename(self._path)  # locked before anybody can see it and take it for a dead one's
        except OSError as error:
            raise StorageFailure(f"cannot write {folder}: {error.strerror}") from error

    def release(self) -> None:
        """Give the lease up and remove its file."""
        if self._fd is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = None


def list_living(folder: Path) -> frozenset[str]:
    """Return the names of the leases that somebody holds."""
    return frozenset(path.stem for path in folder.glob("*.lease") if not _is_free(path))


def forget_dead(folder: Path) -> None:
    """Remove the files of leases that nobody holds."""
    for path in folder.glob("*.lease"):
        if _is_free(path):
            path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    try:
        with lock(path, wait=False, create=False) as held:
            return held
    except StorageFailure:
        return True


@contextmanager
def lock(path: Path, *, shared: bool = False, wait: bool = True, create: bool = True) -> Iterator[bool]:
    """Hold a lock on `path` across processes; gives False where it is taken and `wait` is off.

    Raises:
        StorageFailure: the file cannot be made or opened.

    """
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, (os.O_CREAT if create else 0) | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageFailure(f"cannot open {path}: {error.strerror}") from error
    try:
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(fd, mode)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(fd)
