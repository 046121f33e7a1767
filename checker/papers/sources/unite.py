"""Unite the papers of several sources: the same identifier or the same title is the same paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from checker.core.values.papers import Paper
from checker.papers.links.urls import find_links
from checker.papers.sources.base import Entry, derive_id, make_title_key, parse_arxiv_id


@dataclass
class _Record:
    """A paper being put together."""

    first: Entry
    id: str | None = None
    given_by: str | None = None
    abstract: str = ""
    published: date | None = None
    categories: dict[str, None] = field(default_factory=dict)
    venue: str | None = None
    sources: dict[str, None] = field(default_factory=dict)

    def take(self, entry: Entry, source: str) -> None:
        """Add what one source says; the longer abstract is the whole one, with the links of the shorter one."""
        if self.id is None and entry.id is not None:
            self.id, self.given_by = _normalise_id(entry.id), source
        short, whole = sorted((self.abstract, entry.abstract), key=len)
        self.abstract = "\n\n".join(filter(None, (whole, *_list_lines_with_new_links(short, whole))))
        self.published = self.published or entry.published
        self.categories.update(dict.fromkeys(entry.categories))
        self.venue = self.venue or entry.venue
        self.sources[source] = None


def _list_lines_with_new_links(short: str, whole: str) -> Iterator[str]:
    """Yield the lines of one text with a link that the other lacks."""
    if "/" not in short or short in whole:
        return
    known = {found.url.rstrip("/") for found in find_links(whole)}
    for line in short.split("\n"):
        if any(found.url.rstrip("/") not in known for found in find_links(line)):
            yield line


def unite(read: Sequence[tuple[str, Iterable[Entry]]]) -> tuple[Paper, ...]:
    """Return each paper once, in order of appearance, with every source it stands in.

    Two entries of one source with the same title and different identifiers stay two papers: their source
    tells them apart.
    """
    records: list[_Record] = []
    by_id: dict[str, _Record] = {}
    by_title: dict[str, _Record] = {}
    for source, entries in read:
        for entry in entries:
            record = _find_known(entry, source, by_id, by_title)
            if record is None:
                record = _Record(first=entry)
                records.append(record)
            record.take(entry, source)
            if record.id is not None:
                by_id.setdefault(record.id, record)
            if entry.id is not None:
                by_id.setdefault(_normalise_id(entry.id), record)
            key = _comparable_title(entry)
            if key:
                by_title.setdefault(key, record)
    return _make_papers(records)


def _find_known(
    entry: Entry, source: str, by_id: dict[str, _Record], by_title: dict[str, _Record]
) -> _Record | None:
    number = _normalise_id(entry.id) if entry.id is not None else None
    if number is not None and number in by_id:
        return by_id[number]
    record = by_title.get(_comparable_title(entry))
    if record is None:
        return None
    apart = number is not None and record.id is not None and record.given_by == source
    return None if apart else record


def _comparable_title(entry: Entry) -> str:
    """Return what tells that two entries have the same title; '' where an entry has none of its own."""
    return "" if entry.untitled else make_title_key(entry.title)


def _normalise_id(identifier: str) -> str:
    """Return an identifier without what does not tell papers apart: arXiv's prefix and version."""
    return parse_arxiv_id(identifier) or identifier.strip()


def _make_papers(records: Iterable[_Record]) -> tuple[Paper, ...]:
    papers: list[Paper] = []
    taken: set[str] = set()
    for record in records:
        wanted = record.id or derive_id(record.first)
        number, identifier = 2, wanted
        while identifier in taken:
            identifier, number = f"{wanted}-{number}", number + 1
        taken.add(identifier)
        papers.append(
            Paper(
                id=identifier,
                title=record.first.title,
                abstract=record.abstract,
                sources=tuple(record.sources),
                published=record.published,
                categories=tuple(record.categories),
                venue=record.venue,
            )
        )
    return tuple(papers)
