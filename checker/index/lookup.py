"""Asks the machine's own package index what distributions held on a date; answers are kept under the home folder.

Nothing is installed or run: of a wheel its directory is read, of a source distribution its list of packages.
A failure of ours is None: inconclusive.
"""

from __future__ import annotations

import hashlib
import re
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import httpx
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version
from pydantic import ValidationError

from checker.core.settings import Settings
from checker.core.tree import decode
from checker.core.values.base import Value
from checker.ecosystems.python.distributions.archive_contents import (
    Contents,
    bound_names,
    read_required_names,
    read_sdist_contents,
    read_sdist_texts,
    read_wheel_contents,
)
from checker.ecosystems.python.distributions.release_parts import has_part
from checker.ecosystems.python.distributions.table import normalise
from checker.ecosystems.python.distributions.unpacking import UNREADABLE, Budget, read_from_zip
from checker.ecosystems.python.tools import FoundRelease, Holding, Query
from checker.index import pages as index_pages
from checker.index.nearest import find_nearest
from checker.index.pages import ACCEPT, IndexFile, Page, find_first_date, find_release_as_of, read_files, read_page
from checker.index.remote_zip import RemoteFile
from checker.judging.repair_engine import Part, Release
from checker.sandbox.egress.http_client import Unreadable, download, open_client

#: Distributions asked about at the same time: quick, and no burden to an index.
AT_ONCE = 6

#: How long an index's page is believed; what a file holds never changes.
FRESH_SECONDS = 30 * 86_400

MOST_PAGE = 48 * 1024 * 1024
MOST_SDIST = 4 * 1024 * 1024
MOST_METADATA = 4 * 1024 * 1024

#: Bytes that are read at most of a page, a source distribution, core metadata, and a module's source.
MOST_SOURCE = 1024 * 1024

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FAILURES = (
    httpx.HTTPError,
    httpx.InvalidURL,
    Unreadable,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OSError,
)
_BROKEN = (Unreadable, zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, LookupError)

V = TypeVar("V", bound=Value)


class FileFacts(Value):
    """What was read of one file: `contents` is None where it does not tell; `names` are those of one module."""

    contents: Contents | None = None
    requires: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None


class _Having(Value):
    """Whether a file has a part; None where it does not tell."""

    has: bool | None = None


class IndexLookup:
    """Looks distributions up on the default index of the settings, then on the extra ones.

    `find_default` names the index that is used where the settings name none.
    """

    def __init__(self, settings: Settings, find_default: Callable[[], str | None]) -> None:
        self._settings = settings
        self._find_default = find_default
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._indexes: tuple[str, ...] = ()

    def look_up(self, queries: Sequence[Query], *, as_of: datetime, seconds: float) -> tuple[Holding | None, ...]:
        """Answer queries in their order, within `seconds`; what was not answered by then is None."""
        if not queries or not self._settings.index_lookups:
            return (None,) * len(queries)
        deadline = time.monotonic() + seconds
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="index")
        futures = [pool.submit(self._answer, query, as_of, deadline) for query in queries]
        wait(futures, timeout=seconds)
        pool.shutdown(wait=False, cancel_futures=True)
        return tuple(f.result() if f.done() and not f.cancelled() else None for f in futures)

    def find_releases(self, parts: Sequence[Part], *, seconds: float) -> tuple[FoundRelease | None, ...]:
        """Find the nearest releases that have parts, one part after the other; what was not found in time is None.

        One connection, ranges of files, and each file once for ever: an index hardly notices.
        """
        if not self._settings.name_lookups:
            return (None,) * len(parts)
        deadline = time.monotonic() + seconds
        return tuple(self._find_release(part, deadline) for part in parts)

    def _find_release(self, part: Part, deadline: float) -> FoundRelease | None:
        def has(release: index_pages.Release) -> bool | None:
            if time.monotonic() > deadline:
                raise TimeoutError
            return self._has_part(part, release.file)

        try:
            page = self._page(part.distribution) if _NAME.fullmatch(part.distribution) else None
            if page is None or time.monotonic() > deadline:
                return None
            installed = Version(part.installed)
            known = [r for r in page.releases if not r.yanked and _is_offered(r, installed)]
            at = next((n for n, each in enumerate(known) if Version(each.version) == installed), None)
            if at is None:
                return FoundRelease()
            found = find_nearest(known, at, has)
        except (*_FAILURES, ImportError):
            return None
        if found is None:
            return FoundRelease()
        nearest, newer = known[found[0]], found[1]
        day = f"{nearest.uploaded:%Y-%m-%d}" if nearest.uploaded is not None else ""
        return FoundRelease(release=Release(version=nearest.version, newer=newer, day=day))

    def _has_part(self, part: Part, file: IndexFile) -> bool | None:
        """Return whether a file has a part; what was read of a file is kept for good."""
        key = f"part {file.filename} {part.module} {part.name} {part.argument}"
        kept = self._kept(key, _Having, None)
        if kept is None:
            client, _ = self._open()
            try:
                kept = _Having(has=_look_for(client, file, part))
            except _BROKEN:
                kept = _Having()
            self._keep(key, kept)
        return kept.has

    def _answer(self, query: Query, moment: datetime, deadline: float) -> Holding | None:
        try:
            line = Requirement(query.line)
            name = normalise(line.name)
            if line.url or not _NAME.fullmatch(name) or time.monotonic() > deadline:
                return None
            page = self._page(name)
            if page is None or time.monotonic() > deadline:
                return None
            return self._holding(page, line, query, moment)
        except (*_FAILURES, InvalidRequirement, ImportError):
            return None

    def _holding(self, page: Page, line: Requirement, query: Query, moment: datetime) -> Holding:
        release, count = find_release_as_of(page, line, moment)
        left = tuple(kept.version for kept in page.releases if not kept.yanked)
        found = Holding(name=page.name, exists=page.exists, first=find_first_date(page), releases=count, left=left)
        if release is None:
            return found
        facts = self._file(page.name, release.file, query.names_of)
        return found.model_copy(
            update={
                "version": release.version,
                "file": release.file.filename,
                "modules": facts.contents.modules if facts.contents is not None else None,
                "complete": facts.contents is not None and facts.contents.complete,
                "requires": facts.requires,
                "names": facts.names,
            }
        )

    # ------------------------------------------------------------ pages

    def _open(self) -> tuple[httpx.Client, tuple[str, ...]]:
        """Return the client and the addresses of the indexes; neither is needed where every answer is kept."""
        with self._lock:
            if self._client is None:
                self._client = open_client(self._settings, AT_ONCE)
            if not self._indexes:
                default = self._settings.indexes.default or self._find_default()
                self._indexes = (default, *self._settings.indexes.extra) if default else ()
            return self._client, self._indexes

    def _page(self, name: str) -> Page | None:
        """Return the page of the first index that has the name; None where one could not be asked."""
        key = f"page {self._settings.indexes.default} {' '.join(self._settings.indexes.extra)} {name}"
        kept = self._kept(key, Page, FRESH_SECONDS)
        if kept is not None:
            return kept
        client, indexes = self._open()
        if not indexes:
            return None
        page = Page(name=name, exists=False)
        for index in indexes:
            page = self._ask(client, index, name)
            if page.exists:
                break
        self._keep(key, page)
        return page

    @staticmethod
    def _ask(client: httpx.Client, index: str, name: str) -> Page:
        url = f"{index.rstrip('/')}/{name}/"
        try:
            data, answer = download(client, url, MOST_PAGE, {"Accept": ACCEPT})
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.NOT_FOUND:
                return Page(name=name, exists=False)
            raise
        return read_page(name, decode(data), answer.headers.get("Content-Type", ""), url)

    # ------------------------------------------------------------ files

    def _file(self, name: str, file: IndexFile, names_of: str) -> FileFacts:
        """Return what a file holds; a file never changes, so what was read of it is kept for good."""
        key = f"file {name} {file.filename} {names_of}"
        kept = self._kept(key, FileFacts, None)
        if kept is not None:
            return kept
        client, _ = self._open()
        try:
            found = _look_into(client, file, names_of)
        except _BROKEN:
            found = FileFacts()
        self._keep(key, found)
        return found

    # ------------------------------------------------------------ answers that are kept

    def _path(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self._settings.home / "index" / digest[:2] / f"{digest[2:40]}.json"

    def _kept(self, key: str, kind: type[V], seconds: float | None) -> V | None:
        path = self._path(key)
        try:
            if seconds is not None and time.time() - path.stat().st_mtime > seconds:
                return None
            return kind.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def _keep(self, key: str, value: Value) -> None:
        """Write an answer down for good; where that fails it is asked for again."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=path.parent, prefix=".part-", delete=False) as part:
                part.write(value.model_dump_json(exclude_defaults=True))
            Path(part.name).replace(path)
        except OSError:
            return


def read_hashes(client: httpx.Client, index: str, name: str) -> dict[str, str]:
    """Return the SHA-256 of each file that an index lists for a distribution; nothing where it does not tell."""
    try:
        data, answer = download(client, f"{index.rstrip('/')}/{name}/", MOST_PAGE, {"Accept": ACCEPT})
        files = read_files(decode(data), answer.headers.get("Content-Type", ""), str(answer.url))
    except _FAILURES:
        return {}
    return {file.filename: file.sha256 for file in files if file.sha256}


def _look_into(client: httpx.Client, file: IndexFile, names_of: str) -> FileFacts:
    """Read what a file tells about itself.

    Raises:
        Unreadable, zipfile.BadZipFile: it tells nothing that could be read.
        httpx.HTTPError: the server does not answer.

    """
    if not file.filename.endswith(".whl"):
        data, _ = download(client, file.url, MOST_SDIST)
        return FileFacts(contents=read_sdist_contents(data, file.filename))
    with zipfile.ZipFile(RemoteFile(client, file.url, file.size)) as wheel:
        listed = wheel.namelist()
        contents, budget = read_wheel_contents(listed), Budget()
        source = _find_source(names_of, listed) if names_of else None
        text = _read(wheel, source, MOST_SOURCE, budget) if source is not None else None
        about = next((n for n in listed if n.count("/") == 1 and n.endswith(".dist-info/METADATA")), None)
        metadata = _read(wheel, about, MOST_METADATA, budget) if about is not None else None
    return FileFacts(
        contents=contents,
        requires=read_required_names(metadata or ""),
        names=bound_names(text) if text is not None else None,
    )


def _is_offered(release: index_pages.Release, installed: Version) -> bool:
    """Whether an installer would take a release: pre-releases only beside one that is installed."""
    version = Version(release.version)
    return not version.is_prerelease or installed.is_prerelease


def _look_for(client: httpx.Client, file: IndexFile, part: Part) -> bool | None:
    """Return whether a file has a part (errors: see `_look_into`)."""
    if not file.filename.endswith(".whl"):
        data, _ = download(client, file.url, MOST_SDIST)
        texts = read_sdist_texts(data, file.filename)
        return None if texts is None else has_part(part, tuple(texts), texts.get)
    with zipfile.ZipFile(RemoteFile(client, file.url, file.size)) as wheel:
        budget = Budget()
        return has_part(part, wheel.namelist(), lambda name: _read(wheel, name, MOST_SOURCE, budget))


def _find_source(module: str, listed: Sequence[str]) -> str | None:
    """Return the file of a wheel that is the source of a module, wherever the wheel keeps it."""
    endings = tuple(f"{module.replace('.', '/')}{end}" for end in ("/__init__.py", ".py"))
    return next((name for end in endings for name in listed if name == end or name.endswith(f"lib/{end}")), None)


def _read(wheel: zipfile.ZipFile, name: str, most: int, budget: Budget) -> str | None:
    """Return a text of a wheel; None where it is too long or broken: the rest of the wheel tells all the same."""
    try:
        data = read_from_zip(wheel, wheel.getinfo(name), most + 1, budget)
    except (*_BROKEN, *UNREADABLE):
        return None
    return decode(data) if len(data) <= most else None
