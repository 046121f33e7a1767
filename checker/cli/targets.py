"""Reads the repository named to `checker repo`, `badge` and `recipe`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from checker.core.errors import UsageError
from checker.core.text import join_lines
from checker.core.tree import SKIPPED_FOLDERS, walk_folders
from checker.core.values.papers import LinkKind
from checker.core.values.repositories import RepositoryId, Target
from checker.hosts.limits import CloneLimits
from checker.papers.links import locate
from checker.papers.sources.repositories import parse_target


def read_target(text: str) -> Target:
    """Read what the user names: a folder where it looks like or is one, else a repository on a code host.

    Raises:
        UsageError: it is neither, or a folder that is no one's repository.

    """
    looks_local = text in (".", "..") or text.startswith(("./", "../", "/", "~")) or text.endswith("/")
    if (looks_local or _is_folder(text)) and "://" not in text:
        return _read_folder(text)
    try:
        return read_repository(text)
    except UsageError:
        if _is_file(text):
            raise UsageError(f"{join_lines(text, 200)}: is a file; name its folder") from None
        raise


def read_repository(text: str) -> Target:
    """Read the name or the URL of a repository on a code host.

    Raises:
        UsageError: it is none.

    """
    try:
        return parse_target(text)
    except ValueError as error:
        place = locate(text) if " " not in text else None
        kind = _KINDS.get(place.kind) if place is not None else None
        said = f"is {kind}; name a repository" if kind else "neither owner/name, nor the URL of a repository"
        said += "" if kind or _is_folder(text) else ", nor a folder"
        raise UsageError(f"{join_lines(text, 200)!r}: {said}") from error


#: What an address may lead to besides a repository.
_KINDS = {
    LinkKind.OWNER: "the page of an owner",
    LinkKind.GIST: "a gist or snippet",
    LinkKind.DOI: "a record with a DOI",
    LinkKind.SWHID: "an identifier of Software Heritage without its origin",
    LinkKind.ARCHIVED: "a web archive's copy",
    LinkKind.ANCILLARY: "a file beside a paper",
}


def find_namesake(text: str) -> str:
    """Return the address of the repository that has the name of a folder, '' where no repository can."""
    try:
        found = parse_target(text)
    except ValueError:
        return ""
    return f"https://{found.repository.host}/{found.repository.slug}"


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
    _refuse_huge(path, text)
    repository = RepositoryId(host="local", owner=path.parent.name or "folder", name=path.name or "root")
    return Target(repository=repository, folder=str(path))


def _refuse_huge(path: Path, text: str) -> None:
    """Refuse a folder that is the root of a disk, or holds more than one repository may.

    Of a clone git lists the files, and what is ignored does not count.

    Raises:
        UsageError: it is one.

    """
    said = f"{join_lines(text, 200)}: name the folder of one repository"
    if path == path.parent:
        raise UsageError(f"{said}, not the root of a disk")
    if (path / ".git").exists():
        return
    limits, files, size = CloneLimits(), 0, 0
    for place, folders, names in walk_folders(path):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        files += len(names)
        for name in names:
            with suppress(OSError):
                bytes_ = Path(place, name).lstat().st_size
                size += bytes_ if bytes_ <= limits.file_bytes else 0
        if files > limits.files or size > limits.tree_bytes:
            most = f"{limits.files:,} files or {limits.tree_bytes / 1e9:.1f} GB"
            raise UsageError(f"{said}: it holds more than {most}")
