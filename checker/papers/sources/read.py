"""Read inputs of any kind, unite what they hold, and say in one line what could not be used."""

from __future__ import annotations

import re
import stat
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import IO

from checker.core.errors import CheckerError, UsageError
from checker.core.tree import decode
from checker.core.values.repositories import Target
from checker.papers.links import locate
from checker.papers.sources import arxiv, huggingface
from checker.papers.sources.arxiv import looks_like_listing, read_feed, read_listing
from checker.papers.sources.base import Content, Inputs, Problem, parse_arxiv_id
from checker.papers.sources.bibtex import looks_like_bibtex, looks_tagged, read_bibtex, read_tagged
from checker.papers.sources.jsonl import is_array, read_json, read_jsonl
from checker.papers.sources.markdown import read_markdown
from checker.papers.sources.page import read_page
from checker.papers.sources.repositories import describe_header, is_list, read_repositories
from checker.papers.sources.tables import find_header, read_csv
from checker.papers.sources.unite import unite

SERVICES = {"arxiv": arxiv.read_arxiv, "huggingface": huggingface.read_huggingface}
DEFAULT_BASE_URLS: Mapping[str, str] = {"arxiv": arxiv.BASE_URL, "huggingface": huggingface.BASE_URL}

#: Bytes of one input at most; all of arXiv's abstracts of a year are about a third of that.
MAX_BYTES = 500_000_000

#: Problems of one input that are told one by one.
MOST_PROBLEMS = 50

_SERVICE = re.compile(r"([A-Za-z][A-Za-z0-9+-]+):(.*)\Z", re.DOTALL)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "Rich Text"),
)
_GZIP = b"\x1f\x8b"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(code for code in range(32) if code not in (8, 9, 10, 11, 12, 13, 27))


def read_inputs(
    inputs: Sequence[str], *, stdin: IO[bytes] | None = None, base_urls: Mapping[str, str] = DEFAULT_BASE_URLS
) -> Inputs:
    """Read every input: a file (page, Markdown, table, JSON, BibTeX, repositories), `-`, or `service:argument`.

    A paper that stands in several inputs is one paper with all of them in `sources`. An input that cannot be
    used is a problem as long as another one can.

    Raises:
        UsageError: no input could be used; the message names the first and what is wrong with it.
        NetworkFailure: the same, and a service that did not answer was the reason.

    """
    if not inputs:
        raise UsageError("no input given: name a file, a source such as arxiv:cs.LG, or - for standard input")
    contents: list[tuple[str, Content]] = []
    failures: list[tuple[str, CheckerError]] = []
    for given in dict.fromkeys(inputs):
        name = "stdin" if given == "-" else given
        try:
            contents.append((name, _read(given, name, stdin, base_urls)))
        except CheckerError as error:
            failures.append((name, error))
    if not contents:
        raise failures[0][1]
    lost = [Problem(source=name, message=str(error).removeprefix(f"{name}: ")) for name, error in failures]
    targets: dict[tuple[str, str | None, str | None], Target] = {}
    for _, content in contents:
        for target in content.targets:
            targets.setdefault((target.repository.key, target.commit, target.ref), target)
    return Inputs(
        papers=unite([(name, content.entries) for name, content in contents]),
        targets=tuple(targets.values()),
        problems=(*lost, *(problem for name, content in contents for problem in _list_problems(name, content))),
        entries=sum(len(content.entries) + content.listed for _, content in contents),
    )


def _list_problems(name: str, content: Content) -> tuple[Problem, ...]:
    """Return the problems of an input, the first of them where there are very many."""
    left = len(content.problems) - MOST_PROBLEMS
    if left <= 0:
        return content.problems
    more = Problem(source=name, message=f"{left:,} more parts could not be used")
    return (*content.problems[:MOST_PROBLEMS], more)


def _read(given: str, name: str, stdin: IO[bytes] | None, base_urls: Mapping[str, str]) -> Content:
    if given == "-":
        stream = stdin if stdin is not None else sys.stdin.buffer
        return _parse_bytes(stream.read(MAX_BYTES + 1), name, "")
    path = Path(given)
    service = _SERVICE.match(given)
    if service and not _exists(path):
        if number := parse_arxiv_id(given):
            return arxiv.read_arxiv(number, name, base_urls.get("arxiv", DEFAULT_BASE_URLS["arxiv"]))
        read = SERVICES.get(service[1].lower())
        if read is None:
            _refuse_address(given, name)
            known = ", ".join(f"{known}:" for known in SERVICES)
            raise UsageError(f"{name}: unknown source {service[1]!r} (known: {known}, or a file)")
        key = service[1].lower()
        return read(service[2].strip(), name, base_urls.get(key, DEFAULT_BASE_URLS[key]))
    return _parse_bytes(_read_bytes(path, name), name, path.suffix.lower())


def _refuse_address(given: str, name: str) -> None:
    """Say of a URL what to do with it; nothing of the web is read but the services that are named."""
    if "://" in given:
        place = locate(given)
        leads = place is not None and place.repository is not None
        hint = "to check a repository: checker repo URL" if leads else "save the page as text and name the file"
        raise UsageError(f"{name}: is an address ({hint})")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _read_bytes(path: Path, name: str) -> bytes:
    """Return the bytes of a file; a folder, a device or a missing file is a mistake of the caller's."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise UsageError(f"{name}: is a folder; name the files in it")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = (
            " (to check one repository: checker repo owner/name)" if re.fullmatch(r"[\w-]+/[\w.-]+", name) else ""
        )
        raise UsageError(f"{name}: no such file{hint}") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _parse_bytes(data: bytes, name: str, suffix: str) -> Content:
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name}: longer than {MAX_BYTES} bytes")
    if data.startswith(_GZIP):
        data, suffix = _unpack(data, name), PurePath(PurePath(name).stem).suffix.lower()
    _refuse_binary(data, name, suffix)
    text = decode(data).lstrip("\ufeff")
    if not text.strip():
        raise UsageError(f"{name}: is empty")
    content = _parse(text, name, suffix)
    if not content.entries and not content.targets:
        _refuse_identifiers(text, name)
        if content.problems:
            raise UsageError(str(content.problems[0]))
        raise UsageError(f"{name}: holds no papers (expected titles and abstracts, or owner/name lines)")
    return content


def _unpack(data: bytes, name: str) -> bytes:
    """Return what a gzip file holds: dumps of papers come as such."""
    opened = zlib.decompressobj(wbits=31)
    try:
        found = opened.decompress(data, MAX_BYTES + 1)
    except zlib.error:
        raise UsageError(f"{name}: is broken gzip data") from None
    if len(found) > MAX_BYTES:
        raise UsageError(f"{name}: longer than {MAX_BYTES} bytes when unpacked")
    if not opened.eof:
        raise UsageError(f"{name}: is gzip data that ends too early")
    return found


def _refuse_identifiers(text: str, name: str) -> None:
    """Say of a list of identifiers how to have their papers read."""
    lines = [line.strip() for line in text[:20_000].split("\n") if line.strip()]
    numbers = [number for line in lines if (number := parse_arxiv_id(line))]
    if len(numbers) == len(lines):
        raise UsageError(f"{name}: holds identifiers of arXiv; name them as arxiv:{','.join(numbers[:2])}")
    if all(re.match(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s?)?10\.\d{4,9}/\S", line) for line in lines):
        raise UsageError(f"{name}: holds DOIs; export titles and abstracts instead (BibTeX, RIS, CSV)")


def _refuse_binary(data: bytes, name: str, suffix: str) -> None:
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise UsageError(f"{name}: is {what}, not text")
    head = data[:65_536]
    if head.startswith(_MARKS):
        return
    if b"\0" in head or len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 50:
        raise UsageError(f"{name}: is a binary file, not text")
    page = _HTML if suffix in _MARKDOWN else _HTML_PART
    if page.match(head[:1000]):
        raise UsageError(f"{name}: is HTML; save the page as text")


def _parse(text: str, name: str, suffix: str) -> Content:
    """Choose the reader by the file's suffix where that says it, else by how the text begins."""
    title = PurePath(name).stem or name
    if suffix in _MARKDOWN:
        return read_markdown(text, title)
    structured = _parse_records(text, name, suffix)
    if structured is not None:
        return structured
    repositories = _parse_list(text, name, suffix)
    if repositories is not None:
        return repositories
    if looks_like_listing(text):
        return read_listing(text)
    if not suffix and _MARKS_OF_MARKDOWN.search(text[:20_000]):
        return read_markdown(text, title)
    return read_page(text, title)


def _parse_list(text: str, name: str, suffix: str) -> Content | None:
    """Read a list of repositories; None where the text is none."""
    if suffix in (".csv", ".tsv") and not is_list(text):
        said = describe_header(text, name)
        if said is not None:
            raise UsageError(said)
    return read_repositories(text, name) if suffix in (".csv", ".tsv") or is_list(text) else None


def _parse_records(text: str, name: str, suffix: str) -> Content | None:
    """Read JSON, BibTeX or a table of papers; None where the text is none of them."""
    if suffix in (".jsonl", ".ndjson"):
        return read_jsonl(text, name)
    if suffix == ".json" or text.lstrip().startswith("{") or is_array(text):
        return read_json(text, name)
    if text.lstrip()[:5].lower() in ("<?xml", "<feed"):
        return read_feed(text.lstrip(), name)
    if suffix == ".bib" or looks_like_bibtex(text):
        return read_bibtex(text, name)
    if suffix in (".ris", ".nbib") or looks_tagged(text):
        return read_tagged(text, name)
    header = find_header(text, below=suffix in (".csv", ".tsv"))
    return None if header is None else read_csv(text, *header, name)


_MARKDOWN = (".md", ".markdown", ".mdx", ".qmd", ".rmd", ".rst")

_HTML = re.compile(rb"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_HTML_PART = re.compile(rb"\s*<(?:!doctype html|html|head|body|div|p|table|ul|h\d)\b", re.IGNORECASE)

#: A heading, the rule below the header of a table, or a block of settings on top.
_MARKS_OF_MARKDOWN = re.compile(r"\A---[ \t]*$|^#{1,3} \S|^\|?[ \t]*:?-{3,}:?[ \t]*\|", re.MULTILINE)
