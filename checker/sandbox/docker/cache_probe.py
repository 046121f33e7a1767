"""Inspects the shared download cache where a step reports that it cannot use it: a log alone excuses nothing.

A step sees the cache through an overlay of its own. What the lower folder, which no step can change, does not let
the container's user read or write is a fault of the machine's; what the step locked itself is in the upper one.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from checker.core import container
from checker.core.values.plans import Evidence
from checker.core.values.results import Cause
from checker.judging.causes import make_cause
from checker.sandbox.egress.index_probe import LAST_WORDS

#: Paths of one log that are looked at.
PATHS_READ = 8

_DENIED = re.compile(r"Permission denied|os error 13\b|\[Errno 13\]|EACCES")
_PATH = re.compile(re.escape(container.CACHE) + r"/([^\s`'\"<>:;,()\[\]]{1,400})")


def find_locked_cache(log: str, lower: Path, upper: Path, uid: int) -> Cause | None:
    """Return the cause of a failed step where the shared cache itself keeps the container's user out.

    `lower` is the cache's folder, `upper` what the attempt wrote over it, `uid` the user of its containers.
    """
    words = log[-LAST_WORDS:]
    if _DENIED.search(words) is None:
        return None
    for name in list(dict.fromkeys(_PATH.findall(words)))[-PATHS_READ:]:
        for part in _walk_down(PurePosixPath(name)):
            if (upper / part).is_symlink() or (upper / part).exists():
                continue
            if (why := _explain_closed(lower / part, uid)) is not None:
                return make_cause(
                    "storage", Evidence(claim=f"the shared download cache {why}", source="cache", text=name)
                )
    return None


def _walk_down(name: PurePosixPath) -> Iterator[PurePosixPath]:
    """Give a path's folders from the cache down, then itself; nothing for one that leads out of it."""
    if ".." not in name.parts:
        yield from (*reversed(name.parents), name)


def _explain_closed(path: Path, uid: int) -> str | None:
    """Say how an entry keeps a user out that is in no group of its own, or None."""
    try:
        entry = path.lstat()
    except OSError:
        return None
    if stat.S_ISLNK(entry.st_mode):
        return None
    mode = entry.st_mode >> 6 if entry.st_uid == uid else entry.st_mode
    wanted = 0o7 if stat.S_ISDIR(entry.st_mode) else 0o4
    if mode & wanted == wanted:
        return None
    return f"holds what the user {uid} may not use (mode {entry.st_mode & 0o777:03o})"
