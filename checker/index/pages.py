"""Reads an index's page of a distribution (PEP 503, 691, 700): releases, each with a file to look into. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from checker.core.json_text import parse_json
from checker.core.values.base import Value

JSON_PAGE = "application/vnd.pypi.simple.v1+json"
ACCEPT = f"{JSON_PAGE}, text/html;q=0.2"

_ANCHOR = re.compile(r"<a\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?")

#: Characters of the name of a file: what file systems take.
LONGEST_NAME = 255


class IndexFile(Value):
    """A file of an index. `size` in bytes; `metadata` says that its core metadata can be had alone (PEP 658).

    `sha256` is its digest in hexadecimal digits, empty where the index does not tell.
    """

    filename: str
    url: str
    size: int | None = None
    uploaded: datetime | None = None
    yanked: bool = False
    metadata: bool = False
    sha256: str = ""


class Release(Value):
    """A version: its earliest upload, the file that tells best what it holds, whether all of it is yanked."""

    version: str
    uploaded: datetime | None = None
    file: IndexFile
    yanked: bool = False


class Page(Value):
    """What an index lists for a distribution; no releases where it has none of that name."""

    name: str
    exists: bool
    first: datetime | None = None
    releases: tuple[Release, ...] = ()


def read_page(name: str, text: str, content_type: str, url: str) -> Page:
    """Read a page that came from `url`.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is no page of an index.

    """
    files = read_files(text, content_type, url)
    times = [file.uploaded for file in files if file.uploaded is not None]
    return Page(name=name, exists=True, first=min(times, default=None), releases=_group_releases(files))


def read_files(text: str, content_type: str, url: str) -> tuple[IndexFile, ...]:
    """Return the files that a page lists (errors: see `read_page`)."""
    return tuple(
        _read_json(parse_json(text), url) if content_type.startswith(JSON_PAGE) else _read_html(text, url)
    )


def _read_json(content: Mapping[str, Any], url: str) -> Iterable[IndexFile]:
    for row in content["files"]:
        told = row.get("upload-time")
        size = row.get("size")
        yield IndexFile(
            filename=str(row["filename"]),
            url=urljoin(url, str(row["url"])),
            size=size if isinstance(size, int) else None,
            uploaded=_read_moment(str(told)) if told else None,
            yanked=bool(row.get("yanked")),
            metadata=bool(row.get("core-metadata") or row.get("dist-info-metadata")),
            sha256=str((row.get("hashes") or {}).get("sha256", "")),
        )


def _read_moment(told: str) -> datetime:
    try:
        return datetime.fromisoformat(told.replace("Z", "+00:00")).astimezone(UTC)
    except OverflowError:  # in the year 1 or 9999, and on the other side of it in UTC
        raise ValueError(f"no moment: {told[:40]}") from None


def _read_html(text: str, url: str) -> Iterable[IndexFile]:
    for anchor in _ANCHOR.findall(text):
        found = {name.lower(): unescape(a or b) for name, a, b in _ATTRIBUTE.findall(anchor)}
        if not found.get("href"):
            continue
        address, _, fragment = found["href"].partition("#")
        target = urljoin(url, address)
        yield IndexFile(
            filename=unquote(urlsplit(target).path.rsplit("/", 1)[-1]),
            url=target,
            yanked="data-yanked" in found,
            metadata=bool(found.keys() & {"data-core-metadata", "data-dist-info-metadata"}),
            sha256=fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else "",
        )


def _group_releases(files: Iterable[IndexFile]) -> tuple[Release, ...]:
    of: dict[Version, list[tuple[int, str, IndexFile]]] = {}
    for file in files:
        read = _rank_file(file.filename)
        if read is not None and urlsplit(file.url).scheme in ("http", "https"):
            of.setdefault(read[0], []).append((read[1], file.filename, file))
    return tuple(
        Release(
            version=str(version),
            uploaded=min((f.uploaded for _, _, f in ranked if f.uploaded is not None), default=None),
            file=min(ranked, key=lambda row: row[:2])[2],
            yanked=all(f.yanked for _, _, f in ranked),
        )
        for version, ranked in sorted(of.items())
    )


def _rank_file(filename: str) -> tuple[Version, int] | None:
    """Return the version of a file and how well it tells what is installed on Linux, the best first."""
    if len(filename) > LONGEST_NAME:
        return None  # `a-1-py2.py3.…-none-any.…`: its tags are all that these parts make together
    try:
        if filename.endswith(".whl"):
            _, version, _, tags = parse_wheel_filename(filename)
            return version, min(_rank(tag) for tag in tags)
        _, version = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return version, 50


def _rank(tag: Tag) -> int:
    systems = ("any", "manylinux", "linux", "musllinux", "macosx")
    system = next((n for n, prefix in enumerate(systems) if tag.platform.startswith(prefix)), len(systems))
    return system + (10 if re.match(r"(?:py|cp)2", tag.interpreter) else 0)


def find_release_as_of(page: Page, line: Requirement, moment: datetime) -> tuple[Release | None, int]:
    """Return the newest release that fits a requirement on a date, and how many releases there were by then.

    A release whose date nobody tells counts as there. Pre-releases serve only where nothing else does.
    """
    then = [r for r in page.releases if r.uploaded is None or r.uploaded <= moment]
    offered = {r.version: r for r in then if not r.yanked}
    fitting = list(line.specifier.filter(offered))
    newest = max(fitting, key=Version, default=None)
    return (offered[newest] if newest is not None else None), len(then)


def find_first_date(page: Page) -> date | None:
    """Return the day of the first upload, where the index tells it."""
    return page.first.date() if page.first is not None else None
