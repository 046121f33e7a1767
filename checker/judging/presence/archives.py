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
from typing import IO

#: Members that are listed at most, bytes of a zip's directory, and bytes of a compressed tar that are unpacked.
MEMBERS, DIRECTORY_BYTES, TAR_BYTES = 20_000, 4 * 1024 * 1024, 64 * 1024 * 1024

_ZIPS = (".zip",)
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
    if _read_directory_size(place) > DIRECTORY_BYTES:
        raise ValueError("the directory of the archive is too long")
    with zipfile.ZipFile(place) as archive:
        yield from (member.filename for member in archive.infolist()[:MEMBERS] if member.file_size)


def _read_directory_size(place: Path) -> int:
    """Return the bytes of a zip's directory as its end says, which is what a reader takes into memory."""
    with place.open("rb") as file:
        file.seek(max(0, place.stat().st_size - 65_557))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    size: int = struct.unpack_from("<I", end, at + 12)[0] if at >= 0 else 0
    return size


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
    return lzma.open(place) if name.endswith((".xz", ".txz")) else place.open("rb")


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
