"""Keeps the wheels that a check has built from attempt to attempt, so that none is built twice."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from checker.core.tree import walk_folders

#: uv's folder for wheels that it built from source.
CACHES = "sdists-v*"

#: Its parts whose wheels stand for a release; what comes from a folder or a commit is built where it is wanted.
ORIGINS = ("pypi", "index")

WHEEL = re.compile(r"[A-Za-z0-9_.+!]+(-[A-Za-z0-9_.+!]+){4,5}\.whl")

#: More than this is not kept: it would take longer to copy than it saves.
WHEEL_STORE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class WheelStore:
    """A folder of one check for the wheels that were built under one key; sandboxes see it read-only.

    They were written by strangers: files are copied without being opened, and no link is followed.
    """

    folder: Path

    def leave(self, upper: Path) -> None:
        """Keep what an attempt has built in its view of the cache at `upper`."""
        room = WHEEL_STORE_BYTES - sum(path.stat().st_size for path in self.folder.iterdir())
        for wheel in _find_wheels(upper):
            size = wheel.lstat().st_size
            if size > room or (self.folder / wheel.name).exists():
                continue
            with suppress(OSError):
                shutil.copyfile(wheel, self.folder / wheel.name, follow_symlinks=False)
                room -= size


def _find_wheels(upper: Path) -> Iterator[Path]:
    """Yield the built wheels, none of them reached through a link."""
    for cache in sorted(upper.glob(CACHES)):
        for origin in (cache / name for name in ORIGINS):
            if cache.is_symlink() or origin.is_symlink():
                continue
            for folder, _, files in walk_folders(origin):
                found = (Path(folder, name) for name in files if WHEEL.fullmatch(name))
                yield from (path for path in found if path.is_file() and not path.is_symlink())
