"""Lists the files in a zip or tar that somebody else made: names only, within bounds, nothing is written."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Self

#: Members that are listed at most, bytes of a zip's directory, and bytes of a compressed tar that are unpacked.
MEMBERS, DIRECTORY_BYTES, TAR_BYTES = 20_000, 4 * 1024 * 1024, 64 * 1024 * 1024

#: Bytes of memory for a dictionary of xz; `xz -9` makes files that take 65 MiB.
XZ_BYTES = 128 * 1024 * 1024

_ZIPS = (".zip", ".whl", ".egg")
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_CLOSED = (".7z", ".rar", ".tar.zst")

#: What the libraries raise for archives that are damaged, encrypted or hostile.
_UNREADABLE = (
    OSError, ValueError, EOFError, RuntimeError, LookupError, struct.error, OverflowError,
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error,
)  # fmt: skip


def is_archive(path: str) -> bool:
    """Whether a file is an archive by its name."""
    return path.lower().endswith((*_ZIPS, *_TARS, *_CLOSED))


def list_members(place: Path) -> tuple[str, ...] | None:
    """Return the names of the files in an archive, as far as the bounds let it read; None: it cannot be read.

    Empty files, and what macOS adds, are left out.
    """
    name = place.name.lower()
    if name.endswith(_CLOSED):
        return None
    found: list[str] = []
    try:
        members = _list_zip(place) if name.endswith(_ZIPS) else _list_tar(place)
        found.extend(member for member in members if "__MACOSX" not in PurePosixPath(member).parts)
    except _UNREADABLE:
        return tuple(found) or None
    return tuple(found)


def _list_zip(place: Path) -> Iterator[str]:
    with place.open("rb") as file, zipfile.ZipFile(_Sips(file)) as archive:
        yield from (member.filename for member in archive.infolist()[:MEMBERS] if member.file_size)


class _Sips:
    """A file of which little is read at once: a zip's directory is taken into memory whole, whatever its size."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self.seekable, self._file = file.seek, file.tell, file.seekable, file

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raises ValueError where more than the bound are wanted."""
        data = self._file.read(size if 0 <= size <= DIRECTORY_BYTES else DIRECTORY_BYTES + 1)
        if len(data) > DIRECTORY_BYTES:
            raise ValueError("the directory of the archive is too long")
        return data


def _list_tar(place: Path) -> Iterator[str]:
    with _open_plain(place) as file, tarfile.open(fileobj=_Bounded(file), mode="r|") as archive:  # type: ignore[call-overload]
        for count, member in enumerate(archive):
            if count >= MEMBERS:
                return
            if member.isfile() and member.size:
                yield member.name


def _open_plain(place: Path) -> IO[bytes]:
    name = place.name.lower()
    if name.endswith((".gz", ".tgz")):
        return gzip.open(place)  # type: ignore[return-value]
    if name.endswith((".bz2", ".tbz2")):
        return bz2.open(place)
    return _Xz(place.open("rb")) if name.endswith((".xz", ".txz")) else place.open("rb")  # type: ignore[return-value]


class _Xz:
    """An xz file that is unpacked with a bound to the memory that its dictionary may take."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._unpack = file, lzma.LZMADecompressor(memlimit=XZ_BYTES)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Return the next unpacked bytes."""
        while not self._unpack.eof:
            packed = self._file.read(65_536) if self._unpack.needs_input else b""
            data = self._unpack.decompress(packed, size)
            if data or (not packed and self._unpack.needs_input):
                return data
        return b""


class _Bounded:
    """A file of which only the first `TAR_BYTES` can be read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, TAR_BYTES

    def read(self, size: int) -> bytes:
        """Return the next bytes; raises ValueError beyond the bound."""
        self._left -= size
        if self._left < 0:
            raise ValueError("the archive unpacks to more than the bound")
        return self._file.read(size)
