"""Reads the parts of a wheel that matter over HTTP, by ranges where the server can, within a budget of bytes."""

from __future__ import annotations

import io
import re
import zipfile

import httpx

from checker.sandbox.egress.http_client import Unreadable, download

#: Bytes read from the end first: the directory of nearly every wheel fits.
TAIL = 64 * 1024

BLOCK = 64 * 1024

#: Bytes that are read of one file at most.
MOST = 8 * 1024 * 1024


class RemoteFile(io.RawIOBase):
    """A file on a server that can be read and sought in; blocks are fetched when they are wanted.

    Raises `Unreadable` where the budget is used up and httpx's errors where the server fails. A server that
    knows no ranges is asked for the whole file, if that is within the budget.
    """

    def __init__(self, client: httpx.Client, url: str, size: int | None = None, most: int = MOST) -> None:
        self._client = client
        self._url = url
        self._left = most
        self._at = 0
        self._parts: list[tuple[int, bytes]] = []
        self.size = size if size is not None else self._measure()
        if size is not None:
            self._fetch(max(0, size - TAIL), size)

    def _measure(self) -> int:
        """Ask for the end, and learn the size from the answer."""
        data, headers = self._ask(f"bytes=-{TAIL}")
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", headers.get("Content-Range", ""))
        if told is None:
            self._parts.append((0, data))
            return len(data)
        self._parts.append((int(told[1]), data))
        return int(told[2])

    def _ask(self, wanted: str) -> tuple[bytes, httpx.Headers]:
        headers = {"Range": wanted, "Accept-Encoding": "identity"}
        data, answer = download(self._client, self._url, self._left, headers)
        self._left -= len(data)
        return data, answer.headers

    def _fetch(self, start: int, end: int) -> None:
        if end - start > self._left:
            raise Unreadable("the budget is used up")
        data, headers = self._ask(f"bytes={start}-{end - 1}")
        told = re.fullmatch(r"bytes (\d+)-\d+/(?:\d+|\*)", headers.get("Content-Range", ""))
        self._parts.append((int(told[1]) if told is not None else 0, data))

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is fetched by that."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = base + offset
        if self._at < 0:
            raise OSError("before the start")
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return what was asked for, from what is there or from the server."""
        end = self.size if size is None or size < 0 else min(self.size, self._at + size)
        if end <= self._at:
            return b""
        part = self._held(self._at, end)
        if part is None:
            self._fetch(self._at, min(self.size, max(end, self._at + BLOCK)))
            part = self._held(self._at, end)
        if part is None:
            raise zipfile.BadZipFile("the server sent another part")
        self._at = end
        return part

    def _held(self, start: int, end: int) -> bytes | None:
        for offset, data in self._parts:
            if offset <= start and end <= offset + len(data):
                return data[start - offset : end - offset]
        return None
