"""Reads the repository named to `checker repo`, `badge` and `recipe`."""

from __future__ import annotations

from pathlib import Path

from checker.core.errors import UsageError
from checker.core.text import join_lines
from checker.core.values.repositories import RepositoryId, Target
from checker.papers.sources.repositories import parse_target


def read_target(text: str) -> Target:
    """Read what the user names: a folder where it looks like or is one, else a repository on a code host.

    Raises:
        UsageError: it is neither.

    """
    looks_local = text in (".", "..") or text.startswith(("./", "../", "/", "~")) or text.endswith("/")
    if looks_local and "://" not in text:
        return _read_folder(text)
    try:
        return parse_target(text)
    except ValueError as error:
        if _is_folder(text):
            return _read_folder(text)
        raise UsageError(
            f"{join_lines(text, 200)!r}: neither owner/name, nor the URL of a repository, nor a folder"
        ) from error


def _is_folder(text: str) -> bool:
    try:
        return bool(text.strip()) and Path(text).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def _is_file(text: str) -> bool:
    try:
        return Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def _read_folder(text: str) -> Target:
    if not _is_folder(text):
        said = "is a file; name its folder" if _is_file(text) else "no such folder"
        raise UsageError(f"{join_lines(text, 200)}: {said}")
    path = Path(text).expanduser().resolve()
    repository = RepositoryId(host="local", owner=path.parent.name or "folder", name=path.name or "root")
    return Target(repository=repository, folder=str(path))
