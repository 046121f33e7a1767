"""Reads back what a step wrote: regular files only, no symbolic link followed, within a size limit."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.sandbox.logs import clean_bytes

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def collect(
    names: Sequence[str], cwd: str, folders: Mapping[str, Path], limit: int
) -> tuple[tuple[str, str], ...]:
    """Return (name as given, text) of the files that are there, at most `limit` bytes all together.

    `folders` tells where the sandbox's folders lie on this machine. Files that are missing, lie elsewhere, are
    no regular files or do not fit are left out.
    """
    found = []
    for name in names:
        data = _read(posixpath.normpath(posixpath.join(cwd, name)), folders, limit)
        if data is not None:
            limit -= len(data)
            found.append((name, clean_bytes(data)))
    return tuple(found)


def _read(path: str, folders: Mapping[str, Path], limit: int) -> bytes | None:
    for inside, outside in folders.items():
        if path.startswith(f"{inside}/"):
            return read_below(outside, path[len(inside) + 1 :], limit)
    return None


def read_below(root: Path, relative: str, limit: int) -> bytes | None:
    """Read a regular file below `root`, opening every folder on the way without following links."""
    *parents, name = relative.split("/")
    opened: list[int] = []
    try:
        opened.append(os.open(root, _FOLDER))
        for parent in parents:
            opened.append(os.open(parent, _FOLDER, dir_fd=opened[-1]))
        opened.append(os.open(name, _FILE, dir_fd=opened[-1]))
        facts = os.fstat(opened[-1])
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > limit:
            return None
        with os.fdopen(os.dup(opened[-1]), "rb") as file:
            return file.read(limit)
    except (OSError, ValueError):
        return None
    finally:
        for fd in opened:
            os.close(fd)
