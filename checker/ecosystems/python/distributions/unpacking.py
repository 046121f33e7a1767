"""Reads members of archives that somebody else made, within a budget of unpacked bytes."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

#: Bytes that one archive may unpack to, in all that is read of it.
MOST_UNPACKED = 64 * 1024 * 1024

#: What the libraries raise for archives that are damaged, encrypted, or larger than the budget.
UNREADABLE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError,
    LookupError, OverflowError,
)  # fmt: skip

#: The others (bzip2, LZMA) are unpacked by `zipfile` without any bound, and no wheel needs them.
_BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class Budget:
    """How many bytes of an archive may still be unpacked."""

    def __init__(self, left: int = MOST_UNPACKED) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        """Take bytes from the budget.

        Raises:
            OSError: they are more than there are left.

        """
        self.left -= size
        if self.left < 0:
            raise OSError("unpacks to too much")


def read_from_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, budget: Budget) -> bytes:
    """Return the beginning of a member, at most `most` bytes, whatever the archive says of its size.

    Raises one of `UNREADABLE`.
    """
    if info.compress_type not in _BOUNDED:
        raise zipfile.BadZipFile(f"compressed by method {info.compress_type}, which is not read")
    with archive.open(info) as file:
        data = file.read(min(most, budget.left + 1))
    budget.spend(len(data))
    return data


def read_from_tar(archive: tarfile.TarFile, member: tarfile.TarInfo, most: int, budget: Budget) -> bytes:
    """Return the beginning of a member, at most `most` bytes; holes of sparse files count. Raises `UNREADABLE`."""
    file = archive.extractfile(member)
    data = file.read(min(most, budget.left + 1)) if file is not None else b""
    budget.spend(len(data))
    return data


def open_tar(stream: io.BytesIO) -> tarfile.TarFile:
    """Open a gzipped tar that ends with an error after `MOST_UNPACKED` bytes."""
    return tarfile.open(fileobj=_Bounded(gzip.GzipFile(fileobj=stream)), mode="r|")


class _Bounded(io.RawIOBase):
    """A stream that ends with an error where its budget does."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._budget = Budget()

    def read(self, size: int = -1) -> bytes:
        most = self._budget.left + 1
        data = self._stream.read(min(size, most) if size >= 0 else most)
        self._budget.spend(len(data))
        return data
