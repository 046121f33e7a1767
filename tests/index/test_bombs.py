"""Files and pages that unpack to far more than they are: a look-up gives them up at its budget."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from lookup_index import LookupIndex, archive, serve_lookups

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.ecosystems.python.distributions.archive_contents import read_sdist_contents, read_sdist_texts
from checker.ecosystems.python.tools import Holding, Query
from checker.index.lookup import IndexLookup
from checker.judging.repair_engine import Part
from checker.sandbox.egress.http_client import Unreadable, download

LARGE = 150 * 1024 * 1024

#: Bytes that Python may hold at once: the budget of an archive, and what the machinery takes.
MOST = 100 * 1024 * 1024


@pytest.fixture
def index() -> Iterator[LookupIndex]:
    with serve_lookups() as index:
        yield index


@pytest.fixture
def lookup(index: LookupIndex, tmp_path: Path) -> IndexLookup:
    settings = Settings(home=tmp_path, indexes=IndexSettings(default=index.url), index_lookups=True)
    return IndexLookup(settings, lambda: None)


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST
    finally:
        tracemalloc.stop()


def ask(lookup: IndexLookup) -> Holding | None:
    query = Query(line="bomb", names_of="bomb")
    return lookup.look_up([query], as_of=datetime(2022, 1, 1, tzinfo=UTC), seconds=60)[0]


def make_bomb(method: int) -> bytes:
    """Return a wheel whose module and metadata unpack to `LARGE`, and say that they are small."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as wheel:
        for name in ("bomb.py", "bomb-1.0.dist-info/METADATA"):
            with wheel.open(name, "w") as file:
                for _ in range(LARGE >> 20):
                    file.write(bytes(1024 * 1024))
    data = stream.getvalue()
    assert len(data) < 1024 * 1024
    return data.replace(struct.pack("<I", LARGE), struct.pack("<I", 1000))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_wheel_that_lies_about_its_size(index: LookupIndex, lookup: IndexLookup, method: int) -> None:
    index.add("bomb", "bomb-1.0-py3-none-any.whl", make_bomb(method), "2020-01-01")
    with little_memory():
        held = ask(lookup)
        found = lookup.find_releases(
            [Part(distribution="bomb", installed="1.0", module="bomb", name="x")], seconds=60
        )
    assert held is not None
    assert (held.modules, held.requires, held.names) == (("bomb",), (), None)
    assert found[0] is None or found[0].release is None


def test_an_encrypted_wheel_tells_its_modules_alone(index: LookupIndex, lookup: IndexLookup) -> None:
    data = bytearray(archive({"bomb.py": "X = 1\n", "bomb-1.0.dist-info/METADATA": "Name: bomb\n"}))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    index.add("bomb", "bomb-1.0-py3-none-any.whl", bytes(data), "2020-01-01")
    held = ask(lookup)
    assert held is not None
    assert (held.modules, held.names) == (("bomb",), None)


def many_members() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for number in range(200):
            zipped.writestr(f"bomb-1.0/bomb/m{number}.py", bytes(1024 * 1024))
    return stream.getvalue()


def sparse_members() -> bytes:
    """Return a tar of files that are nothing but holes."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for number in range(100):
            entry = tarfile.TarInfo(f"bomb-1.0/bomb/m{number}.py")
            entry.pax_headers = {
                "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(LARGE),
                "GNU.sparse.name": entry.name,
            }  # fmt: skip
            body = b"1\n0\n0\n".ljust(512, b"\0")
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return stream.getvalue()


def long_header() -> bytes:
    """Return a tar whose one extended header says that it has a gigabyte, and goes on for long."""
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 1024**3
    return gzip.compress(entry.tobuf() + bytes(LARGE), 1)


@pytest.mark.parametrize(
    ("make", "filename"),
    [(many_members, "bomb-1.0.zip"), (sparse_members, "bomb-1.0.tar.gz"), (long_header, "bomb-1.0.tar.gz")],
)
def test_a_source_distribution_of_many_small_bombs(make, filename: str) -> None:
    data = make()
    with little_memory():
        assert not read_sdist_texts(data, filename)
        read_sdist_contents(data, filename)


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate", "br", "zstd", "identity, gzip"])
def test_an_answer_that_unpacks_to_more_than_its_budget(index: LookupIndex, encoding: str) -> None:
    body = gzip.compress(bytes(LARGE), 9)
    for _ in range(encoding.count("gzip, ")):
        body = gzip.compress(body)
    index.add("bomb", "x", body, "2020-01-01")
    index.encoding = encoding
    url = f"{index.url.removesuffix('/simple')}/files/bomb/x"
    with httpx.Client() as client, little_memory(), pytest.raises(Unreadable):
        download(client, url, 1024 * 1024)


def test_what_is_packed_is_unpacked_and_what_is_broken_is_asked_again(index: LookupIndex) -> None:
    index.add("fine", "x", gzip.compress(b"a page" * 1000), "2020-01-01")
    index.add("poor", "x", b"no gzip at all", "2020-01-01")
    index.encoding = "gzip"
    root = index.url.removesuffix("/simple")
    with httpx.Client() as client:
        assert download(client, f"{root}/files/fine/x", 10_000)[0] == b"a page" * 1000
        with pytest.raises(Unreadable):
            download(client, f"{root}/files/fine/x", 5_999)
        with pytest.raises(httpx.DecodingError):
            download(client, f"{root}/files/poor/x", 10_000)
