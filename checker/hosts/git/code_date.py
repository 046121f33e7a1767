"""The date of the code: that of the last commit which touched code or a specification."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from checker.core.data_files import read_toml
from checker.core.languages import SOURCE_SUFFIXES
from checker.hosts.git.objects import Objects, parse_moment

#: Names of files that state what the code needs, or build it; at any depth.
SPECIFICATIONS: tuple[str, ...] = tuple(read_toml("checker.hosts.git", "files.toml")["specifications"])


def make_pathspecs() -> tuple[str, ...]:
    """Return git's pathspecs for code and specifications, upper and lower case alike."""
    suffixes = tuple(f":(icase)*{suffix}" for suffix in sorted(SOURCE_SUFFIXES))
    return suffixes + tuple(f":(icase,glob)**/{name}" for name in SPECIFICATIONS)


def is_code(path: str) -> bool:
    """Whether a path is one of those that `pathspecs` names."""
    pure = PurePosixPath(path.lower())
    if pure.suffix in SOURCE_SUFFIXES:
        return True
    tail = "/".join(pure.parts[-2:])
    return any(fnmatchcase(tail if "/" in name else pure.name, name.lower()) for name in SPECIFICATIONS)


def find_code_date(objects: Objects, commit: str) -> datetime | None:
    """Return when code was last touched; None where the history that is here does not tell.

    The oldest commit of a shortened history seems to have made every file, so it is no evidence.
    """
    done = objects.run(
        "log",
        "-1",
        "--no-show-signature",
        "--no-renames",
        "--no-ext-diff",
        "--format=%H %ct",
        commit,
        "--",
        *make_pathspecs(),
        seconds=objects.limits.read_seconds / 2,
    )
    if not done.ok or " " not in done.text:
        return None
    found, seconds = done.text.split(" ", 1)
    return None if found in read_boundary(objects) else parse_moment(seconds)


def read_boundary(objects: Objects) -> frozenset[str]:
    """Return the commits at which a shortened history ends."""
    shallow = objects.folder / "shallow"
    return frozenset(shallow.read_text().split()) if shallow.exists() else frozenset()
