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
