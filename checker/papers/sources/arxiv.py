"""arXiv through its Atom API: `arxiv:cs.LG` gives the newest papers of a category, `arxiv:2301.00001` one paper.

Source of the parameters: the arXiv API user's manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from checker.core.errors import NetworkFailure, UsageError
from checker.papers.sources import web
from checker.papers.sources.base import Content, Entry, parse_arxiv_id, read_day

BASE_URL = "https://export.arxiv.org"

#: Papers of a category at most: a day of the largest one.
NEWEST = 200

_ATOM = "{http://www.w3.org/2005/Atom}"
_OWN = "{http://arxiv.org/schemas/atom}"
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?\Z")


def read_arxiv(argument: str, name: str, base_url: str = BASE_URL) -> Content:
    """Return the papers that `argument` (a category, or identifiers with commas) names.

    Raises:
        UsageError: it is neither, or arXiv does not know it.
        NetworkFailure: arXiv does not answer, or not with a feed.

    """
    numbers = [parse_arxiv_id(part) for part in argument.split(",")]
    if all(numbers):
        query = {"id_list": ",".join(filter(None, numbers)), "max_results": str(len(numbers))}
    elif _CATEGORY.match(argument):
        query = {
            "search_query": f"cat:{argument}",
            "sortBy": "submittedDate",
            "sortOrder": "descending",
            "max_results": str(NEWEST),
        }
    else:
        raise UsageError(f"{name}: expected a category such as cs.LG or an identifier such as 2301.00001")
    entries = tuple(_read_entries(web.get(f"{base_url}/api/query", query, name), name))
    if not entries:
        raise UsageError(f"{name}: arXiv knows no such papers")
    return Content(entries=entries)


def _read_entries(body: bytes, name: str) -> Iterator[Entry]:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise NetworkFailure(f"{name}: the answer is not a feed")
    try:
        feed = ElementTree.fromstring(body)  # noqa: S314 - documents with entities were refused above
    except ElementTree.ParseError:
        raise NetworkFailure(f"{name}: the answer is not a feed") from None
    for item in feed.iter(f"{_ATOM}entry"):
        title = " ".join((item.findtext(f"{_ATOM}title") or "").split())
        link = item.findtext(f"{_ATOM}id") or ""
        number = parse_arxiv_id(link)
        if number is None or not title:
            continue
        notes = (item.findtext(f"{_OWN}comment") or "").strip()
        abstract = (item.findtext(f"{_ATOM}summary") or "").strip()
        yield Entry(
            id=number,
            title=title,
            abstract=f"{abstract}\n\n{notes}" if notes else abstract,
            published=read_day(item.findtext(f"{_ATOM}published")),
            categories=tuple(
                dict.fromkeys(filter(None, (_read_category(tag) for tag in item.iter(f"{_ATOM}category"))))
            ),
            venue=" ".join((item.findtext(f"{_OWN}journal_ref") or "").split()) or None,
        )


def _read_category(tag: ElementTree.Element) -> str | None:
    """Return the category of a tag where it is one of arXiv's: authors add numbers of other classifications."""
    term = tag.get("term", "")
    return term if _CATEGORY.match(term) else None


# ---------------------------------------------------------------- what people save: feeds, listings, mails

_HEAD = re.compile(
    r"(?:(?:\[\d{1,5}\]|\d{1,5}\.)\s{0,5})?arxiv:\s?(\S{5,40})(?P<rest>[^\n]{0,300})\Z", re.IGNORECASE
)
_REST = re.compile(
    r"(?:\s*(?:\[[^\]]*+\]|\([^)]*+\)|replaced with.*+|[a-z-]{2,20}(?:\.[A-Za-z-]{2,20})?+(?!\S)))*+\s*\Z"
)
_FIELD = re.compile(r"(Title(?=:)|[A-Z][A-Za-z-]{2,20}(?=\s?:(?:\s|\Z)))")
_RULE = re.compile(r"\s*(?:-{10,}|=+|\\\\|%[-%]*)\s*\Z|\\\\ \( https?://")
_SUBMITTED = re.compile(r"Submitted \d{1,2} [A-Z][a-z]+, \d{4}")
#: Lines of a listing that are no part of the abstract; a comment may give an address.
_FIELDS = frozenset({
    "title", "authors", "author", "comments", "subjects", "categories", "date", "journal-ref", "doi", "report-no",
    "msc-class", "acm-class", "license", "cross-lists", "abstract",
})  # fmt: skip


def looks_like_listing(text: str) -> bool:
    """Tell whether a text is arXiv's list of new papers, as copied from its page or sent by mail."""
    lines = text[:20_000].split("\n")
    return any(_read_head(line) for line in lines) and any(
        line.lstrip().startswith(("Title:", "Authors:")) for line in lines
    )


def read_listing(text: str) -> Content:
    """Return the papers of a listing: a line with the identifier, `Title:` and other fields, the abstract."""
    entries: list[Entry] = []
    number, lines = "", list[str]()
    for line in [*text.split("\n"), "arXiv:0000.00000"]:
        found = _read_head(line)
        if found is None:
            lines.append(line)
            continue
        if number:
            entries.append(_read_listed(number, lines))
        number, lines = found, []
    return Content(entries=tuple(entry for entry in entries if entry.title))


def _read_head(line: str) -> str | None:
    head = _HEAD.match(line.strip())
    return parse_arxiv_id(head[1]) if head and _REST.match(head["rest"]) else None


def _read_listed(number: str, lines: list[str]) -> Entry:
    """Read the lines of one paper; a field goes on in lines that are indented, or where it had no words yet."""
    fields: dict[str, str] = {}
    abstract: list[str] = []
    last = ""
    for line in lines:
        field = _FIELD.match(line.strip())
        name = field[1].lower() if field else ""
        if name in _FIELDS:
            fields[name], last = line.strip()[len(name) :].lstrip(" :"), name
        elif not fields and not abstract and line.strip():
            fields["title"], last = line.strip(), "title"
        elif _SUBMITTED.match(line):
            last = ""
        elif _RULE.match(line) or not line.strip():
            last = "" if fields.get(last, "x") else last
            abstract.append("")
        elif last and (not fields[last] or line[:1].isspace()):
            fields[last] = f"{fields[last]} {line.strip()}".strip()
        else:
            last = ""
            abstract.append(line.strip())
    said = "\n".join([fields.get("abstract", "").removesuffix("△ Less").rstrip(), *abstract]).strip()
    notes = fields.get("comments", "")
    return Entry(
        id=number,
        title=" ".join(fields.get("title", "").split()),
        abstract="\n\n".join(filter(None, (said, notes))),
        categories=tuple(
            re.findall(
                r"\b[a-z][a-z-]{1,20}(?:\.[A-Z][A-Za-z-]{1,20})",
                fields.get("subjects", fields.get("categories", "")),
            )
        ),
        venue=fields.get("journal-ref") or None,
    )


def read_feed(text: str, name: str) -> Content:
    """Return the papers of a feed of arXiv's that somebody saved.

    Raises:
        UsageError: the text is XML of another kind.

    """
    try:
        entries = tuple(_read_entries(text.encode(), name))
    except NetworkFailure:
        entries = ()
    if not entries:
        raise UsageError(f"{name}: is XML, and no feed of arXiv's")
    return Content(entries=entries)
