"""Verifies with package indexes and code hosts what a step reports about them: a log alone excuses no failure.

An index over TLS answers through a tunnel that the proxy cannot read, so its record knows of hosts that were not
reached, and not of a 503 or of a damaged file. Both are looked at here, by the worker: the very addresses that the
step names, where the step itself might go.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from html import unescape
from itertools import islice
from urllib.parse import urljoin

import httpx

from checker.core.container import MIB
from checker.core.endpoint import Endpoint, read_endpoint
from checker.core.settings import Settings
from checker.core.values.plans import Evidence
from checker.core.values.results import Cause
from checker.judging.causes import make_cause
from checker.judging.failure_text import strip_warnings
from checker.judging.table import find_first_match, read_rows
from checker.sandbox.egress.http_client import Unreadable, download, open_client

#: Characters at the end of a log that are read.
LAST_WORDS = 16 * 1024

#: Addresses and files that are asked for, of each kind.
ASKED = 3

#: What git asks for first (smart HTTP).
GIT_SERVICE = "/info/refs?service=git-upload-pack"

#: More of one file is not read; what came until then was in order.
MAX_BYTES = 512 * MIB

#: Seconds after which a file that still comes is in order as well: a host may send it as slowly as it likes.
READ_SECONDS = 60

#: Bytes of an index's page that are read at most.
MAX_PAGE = 48 * MIB

_URL = re.compile(r"https?://[^\s`'\"<>()\[\]]{4,500}")
_PINNED = re.compile(
    r"`([A-Za-z0-9][\w.-]{0,100})==([\w.+!-]{1,60})`|(?<![\w.])([A-Za-z0-9][\w.]{0,100})-(\d[\w.+]{0,60})-\S{0,200}\.whl"
)
_NOT_THERE = re.compile(r"requirement ([A-Za-z0-9][\w.-]{0,100})\S{0,200} ?(?:[^\n]{0,80})\(from versions: none\)")
_GIT = re.compile(r"unable to access '(https?://[^'\s]{4,300})'")
_HREF = re.compile(r'href="([^"#]+)#sha256=([0-9a-f]{64})"')


class IndexProbe:
    """Asks package indexes from the worker, with settings whose proxy limits it to allowed addresses."""

    def __init__(self, settings: Settings, index: str, allowed: Callable[[Endpoint], bool]) -> None:
        """`index` is the default one; `allowed` tells which hosts the step might reach."""
        self._settings = settings
        self._index = index.rstrip("/")
        self._allowed = allowed

    def find_fault(self, log: str) -> Cause | None:
        """Return the cause of a failed step where the index or the code host is at fault now."""
        words = strip_warnings(log)[-LAST_WORDS:]
        with suppress(OSError, ValueError, ImportError), open_client(self._settings, 1) as client:
            client.headers["Connection"] = "close"  # the proxy serves one request for each connection
            for address in islice(filter(self._may_ask, dict.fromkeys(_GIT.findall(words))), ASKED):
                if (why := _find_trouble(client, f"{address.rstrip('/')}{GIT_SERVICE}")) is not None:
                    claim = f"asked by the checker itself, the code host {why}"
                    return make_cause("network", Evidence(claim=claim, source="host", text=address[:300]))
            for url, why in self._find_troubles(client, words):
                claim = f"asked by the checker itself, the package index {why}"
                return make_cause("registry", Evidence(claim=claim, source="index", text=url[:300]))
        return None

    def _find_troubles(self, client: httpx.Client, words: str) -> Iterator[tuple[str, str]]:
        for url in islice((url for url in find_urls(words) if self._may_ask(url)), ASKED):
            if (why := _find_trouble(client, url)) is not None:
                yield url, why
        for name in islice(dict.fromkeys(_NOT_THERE.findall(words)), ASKED):
            if (why := _find_trouble(client, self._make_page_url(name))) is not None:
                yield self._make_page_url(name), why
        for found in islice(dict.fromkeys(_PINNED.findall(words)), ASKED):
            yield from self._find_damaged(client, found[0] or found[2], found[1] or found[3])

    def _may_ask(self, url: str) -> bool:
        end = read_endpoint(url)
        return end is not None and self._allowed(end)

    def _make_page_url(self, name: str) -> str:
        return f"{self._index}/{re.sub(r'[-_.]+', '-', name).lower()}/"

    def _find_damaged(self, client: httpx.Client, name: str, version: str) -> Iterator[tuple[str, str]]:
        """Find files of a release whose digests differ from those on the index."""
        page = self._make_page_url(name)
        try:
            rows = _HREF.findall(download(client, page, MAX_PAGE)[0].decode("utf-8", "replace"))
        except (Unreadable, httpx.HTTPStatusError):
            return
        except httpx.HTTPError as error:
            yield page, f"does not answer ({type(error).__name__})"
            return
        files = ((urljoin(page, unescape(href)), digest) for href, digest in rows if f"-{version}" in href)
        for url, digest in islice(files, ASKED):
            if self._may_ask(url) and (why := _find_trouble(client, url, digest)) is not None:
                yield url, why


def blames_index(log: str) -> bool:
    """Whether the final output of a failed step blames an index or a code host that did not answer properly.

    A report that names no address cannot be verified, and is believed.
    """
    words = strip_warnings(log)[-LAST_WORDS:]
    found = find_first_match(words, read_rows("ours"))
    if found is None:
        return False
    return found[0].cause == "registry" or (found[0].name == "git_unreachable" and _GIT.search(words) is not None)


def has_found_no_version(log: str) -> bool:
    """Whether pip found no version at all: it reports the same of an index that does not answer."""
    return _NOT_THERE.search(log, max(0, len(log) - LAST_WORDS)) is not None


def find_urls(log: str) -> tuple[str, ...]:
    """Return the addresses in the final output of a step."""
    return tuple(url.rstrip(".,;:") for url in dict.fromkeys(_URL.findall(strip_warnings(log)[-LAST_WORDS:])))


def _find_trouble(client: httpx.Client, url: str, digest: str = "") -> str | None:
    """Say what is wrong with what lies at an address, or None; an honest "not found" is in order."""
    hashed, read, deadline = hashlib.sha256(), 0, time.monotonic() + READ_SECONDS
    try:
        with client.stream("GET", url, follow_redirects=False) as answer:
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
                return f"answers {answer.status_code}"
            for chunk in _read_up_to(answer.iter_raw(), MAX_BYTES):
                hashed.update(chunk)
                read += len(chunk)
                if time.monotonic() > deadline:
                    return None
    except httpx.InvalidURL:
        return None
    except httpx.ProxyError as error:
        return None if "403" in str(error) else "cannot be reached"
    except httpx.HTTPError as error:
        return f"does not answer properly ({type(error).__name__})"
    whole = answer.is_success and read < MAX_BYTES
    return "sends another file than it names" if digest and whole and hashed.hexdigest() != digest else None


def _read_up_to(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk
        most -= len(chunk)
        if most <= 0:
            return
