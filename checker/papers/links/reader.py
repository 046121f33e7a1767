"""Read a paper: its links in order of appearance, each once, and what its text says about code."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper, LinkKind, Paper
from checker.core.values.repositories import Target
from checker.papers.links.clause_meaning import Clause, read_clause
from checker.papers.links.clauses import split_clauses, split_sentences
from checker.papers.links.hosts import holds_code, locate, split_host
from checker.papers.links.line_breaks import close_gaps
from checker.papers.links.normalising import normalise
from checker.papers.links.patterns import PATTERNS, URL
from checker.papers.links.place import Place
from checker.papers.links.urls import Found, find_links

#: Characters of a sentence that are quoted at most.
EVIDENCE_LENGTH = 400

_BARE = re.compile(
    rf"\A[^\w{URL}]*+(?:(?:code|github|link|url|repository|repo|see|at|here|available)\b[^\w{URL}]*+){{0,3}}"
    rf"{URL}++[^\w{URL}]*\Z",
    re.IGNORECASE,
)


class _Sentence(NamedTuple):
    """A sentence with its clauses; `bare` means that it is hardly more than a URL, `linked` that it has one."""

    start: int
    end: int
    clauses: tuple[Clause, ...]
    bare: bool
    linked: bool


class _Reading(NamedTuple):
    """A link with the clause it stands in: `code` means that the link leads to code."""

    link: CodeLink
    code: bool
    at: int


def read_paper(paper: Paper) -> LinkedPaper:
    """Return the paper with its links and with what its title and abstract say about code.

    A repository that is named twice with the same path is one link. Pure; never raises for any text.
    """
    text = "\n\n".join(close_gaps(normalise(part)) for part in (paper.title, paper.abstract))
    found = find_links(text)
    read = _read_sentences(_mask_urls(text, found))
    readings = _keep_unique(_read_links(paper, found, read))
    status, at = _judge_status(readings, read)
    links = tuple(reading.link for reading in readings)
    return LinkedPaper(paper=paper, links=links, code_status=status, evidence=_quote(text, read, at))


def link_of_target(target: Target) -> CodeLink:
    """Return a repository of a list as a link of no paper (`paper_id` is empty)."""
    repository, at = target.repository, target.commit or target.ref
    at = at or ("HEAD" if target.path else None)
    return CodeLink(
        paper_id="",
        url=f"https://{repository.host}/{repository.slug}",
        host=repository.host,
        kind=LinkKind.REPOSITORY,
        owner=repository.owner,
        name=repository.name,
        ref=at,
        path=f"tree/{at}/{quote(target.path)}" if target.path else None,
    )


def _mask_urls(text: str, found: Iterable[Found]) -> str:
    """Replace every URL by as many placeholders as it has characters."""
    parts, last = [], 0
    for url in found:
        parts += [text[last : url.start].replace(URL, " "), URL * (url.end - url.start)]
        last = url.end
    return "".join([*parts, text[last:].replace(URL, " ")])


def _read_sentences(masked: str) -> tuple[_Sentence, ...]:
    read = []
    for start, end in split_sentences(masked):
        spans = (
            split_clauses(masked, start, end)
            if PATTERNS["anything"].search(masked, start, end)
            else ((start, end),)
        )
        read.append(
            _Sentence(
                start=start,
                end=end,
                clauses=tuple(read_clause(masked, *span) for span in spans),
                bare=end - start < 1200 and bool(_BARE.match(masked[start:end])),
                linked=masked.find(URL, start, end) >= 0,
            )
        )
    return tuple(read)


def _read_links(paper: Paper, found: Iterable[Found], read: tuple[_Sentence, ...]) -> Iterable[_Reading]:
    """Say of each URL what it points at and what its clause says."""
    starts = [sentence.start for sentence in read]
    found = tuple(found)
    places = [url.start for url in found]
    for url in found:
        place = Place(kind=LinkKind.ANCILLARY, host="arxiv.org") if url.beside else locate(url.url, cut=url.cut)
        if place is None:
            continue
        clause = _find_clause(read, max(0, bisect_right(starts, url.start) - 1), url.start)
        number = bisect_left(places, url.start) - bisect_left(places, clause.start)
        borrowed = url.start < clause.end and number in clause.borrowed
        code = not borrowed and _leads_to_code(url, place, clause)
        yield _Reading(link=_link(paper, url, place, clause, borrowed), code=code, at=url.start)


def _find_clause(read: tuple[_Sentence, ...], index: int, position: int) -> Clause:
    """Return the clause around a place; a sentence that is hardly more than a URL belongs to the one before."""
    sentence = read[index]
    if _continues_url(read, index):
        return read[index - 1].clauses[-1]
    after = bisect_right(sentence.clauses, position, key=lambda clause: clause.start)
    return sentence.clauses[max(0, after - 1)]


def _continues_url(read: tuple[_Sentence, ...], index: int) -> bool:
    """Tell whether a sentence is no more than the URL that the sentence before it speaks of and does not give."""
    if index == 0 or not read[index].bare or read[index - 1].linked:
        return False
    before = read[index - 1].clauses[-1]
    return before.promise or before.claim


def _link(paper: Paper, url: Found, place: Place, clause: Clause, borrowed: bool) -> CodeLink:
    whole = not url.cut or place.kind is LinkKind.REPOSITORY
    return CodeLink(
        paper_id=paper.id,
        title=paper.title,
        url=url.url if whole else f"{url.url}…",
        host=place.host,
        kind=place.kind,
        owner=place.owner,
        name=place.name,
        ref=place.ref,
        path="/".join(place.parts) or None,
        promised=clause.future and not borrowed,
        borrowed=borrowed,
    )


def _leads_to_code(url: Found, place: Place, clause: Clause) -> bool:
    """Tell whether a link leads to the authors' code: by its host, or because its clause says so."""
    says = clause.claim or clause.promise
    return holds_code(url.url, place) or (not url.cut and says)


def _keep_unique(readings: Iterable[_Reading]) -> tuple[_Reading, ...]:
    """Keep each link once, where it stands first; promised or borrowed only where every mention says so."""
    kept: dict[tuple[str, ...], _Reading] = {}
    for reading in readings:
        key = _make_key(reading.link)
        first = kept.setdefault(key, reading)
        if first is not reading:
            both = {
                said: getattr(first.link, said) and getattr(reading.link, said)
                for said in ("promised", "borrowed")
            }
            link = first.link.model_copy(update=both)
            kept[key] = first._replace(link=link, code=first.code or reading.code)
    return tuple(kept.values())


def _make_key(link: CodeLink) -> tuple[str, ...]:
    if link.kind is LinkKind.ANCILLARY or (link.kind is LinkKind.DOI and link.name):
        return (link.kind.value, link.name or "")
    if link.repository is None and link.kind not in (LinkKind.OWNER, LinkKind.GIST):
        parted = split_host(link.url)
        host, rest = parted if parted is not None else (link.host, link.url)
        return ("other", host.removeprefix("www."), rest.rstrip("/"))
    named = (link.host, link.owner or "", link.name or "")
    return (link.kind.value, *(part.lower() for part in named), link.path or "")


def _judge_status(readings: tuple[_Reading, ...], read: tuple[_Sentence, ...]) -> tuple[CodeStatus, int | None]:
    """Return what the paper says about its code, and the place in the text that bears it out."""
    code = [reading for reading in readings if reading.code]
    for reading in code:
        if not reading.link.promised:
            return CodeStatus.LINKED, reading.at
    if code:
        return CodeStatus.PROMISED, code[0].at
    spoken = [clause for sentence in read for clause in sentence.clauses]
    for status, says in ((CodeStatus.PROMISED, "promise"), (CodeStatus.CLAIMED, "claim")):
        for clause in spoken:
            if getattr(clause, says):
                return status, clause.start
    return CodeStatus.NONE, None


def _quote(text: str, read: tuple[_Sentence, ...], at: int | None) -> str:
    """Return the sentence around a place, shortened."""
    if at is None:
        return ""
    index = max(0, bisect_right([sentence.start for sentence in read], at) - 1)
    first = index - 1 if _continues_url(read, index) else index
    start = max(read[first].start, at - EVIDENCE_LENGTH // 2)
    return " ".join(text[start : min(read[index].end, start + EVIDENCE_LENGTH)].split())
