"""Markdown: each heading with text is a paper, or each item of a list, or row of a table, that names papers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.core.data_files import read_toml
from checker.core.values.base import Value
from checker.papers.sources.base import Content, Entry, parse_arxiv_id
from checker.papers.sources.front_matter import find_end, read_paper_page
from checker.papers.sources.records import unite_records
from checker.papers.sources.tables import split_tables, strip_emphasis

_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s++(\S(?:.{0,1998}[^\s#])?)\s*+#*+\s*\Z")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{2,})\s*\Z")
_DEFINITION = re.compile(r"\s{0,3}\[([^\]\n]{1,200})\]:\s*<?([^\s>]{1,2000})>?")
_REFERENCE = re.compile(r"\[([^\[\]\n]{1,500})\]\[([^\[\]\n]{0,200})\]")
_ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s+(.*)\Z", re.DOTALL)
_ITEM_TITLE = re.compile(
    r"(?:\[(?P<link>[^\[\]\n]{8,400})\]\((?P<url>[^()\s]{1,1000})\)|\*\*(?P<bold>[^*\n]{8,400})\*\*)"
)
#: Words of a title at least; what is shorter is a label.
TITLE_WORDS = 3

#: A title in front of links whose words say what they are: `Waves and Tides, NeurIPS 2020 [[code](…)]`.
_PLAIN_TITLE = re.compile(
    r"(?P<plain>[^\[\]\n|]{8,400})\[{1,2}(?:paper|pdf|code|github|arxiv|project(?: page)?|repo(?:sitory)?|website"
    r"|page|data(?:set)?|doi|abs|link|video|demo|slides)\]\(",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\(([^()\s]{0,1000})(?:\s[^()\n]{0,200})?\)")

#: Headings of a part of a paper's own text.
_GENERIC = frozenset(read_toml("checker.papers.sources", "markdown.toml")["parts"].split())


class Section(Value):
    """A heading and the lines up to the next one; `untitled` before the first heading."""

    title: str
    untitled: bool = False
    lines: tuple[str, ...] = ()


def read_markdown(text: str, name: str) -> Content:
    """Return the papers of a Markdown text; `name` stands in for the title of a text without headings."""
    whole = read_paper_page(text)
    if whole is not None:
        return Content(entries=(whole,))
    lines = _resolve_references(_drop_front_matter(text.split("\n")))
    sections = tuple(_split_sections(lines, name))
    return Content(
        entries=tuple(entry for section in _merge_sections(sections) for entry in _read_section(section))
    )


def _drop_front_matter(lines: list[str]) -> list[str]:
    """Drop the block of settings that some tools put on top, but keep its title as a heading."""
    end = find_end(lines)
    if end is None:
        return lines
    title = next((line[6:].strip().strip("\"'") for line in lines[1:end] if line.startswith("title:")), "")
    return [f"# {title}" if title else "", *lines[end + 1 :]]


def _resolve_references(lines: list[str]) -> list[str]:
    """Put the addresses of reference links where they are referred to."""
    known = {m[1].casefold(): m[2] for line in lines if (m := _DEFINITION.match(line))}
    used: set[str] = set()

    def address(match: re.Match[str]) -> str:
        key = (match[2] or match[1]).casefold()
        used.add(key)
        return f"[{match[1]}]({known[key]})" if key in known else match.group()

    filled = [_REFERENCE.sub(address, line) for line in lines] if known else lines
    return [line for line in filled if not ((m := _DEFINITION.match(line)) and m[1].casefold() in used)]


def _split_sections(lines: list[str], name: str) -> Iterator[Section]:
    """Cut the lines at headings (`#` or underlined) outside of code."""
    title, fenced, untitled = name, False, True
    body: list[str] = []
    for index, line in enumerate(lines):
        fenced = fenced != bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        underlined = not fenced and body and body[-1].strip() and _UNDERLINE.match(line) and _starts(lines, index)
        if heading or underlined:
            new = heading[2] if heading else body.pop()
            yield Section(title=title, lines=tuple(body), untitled=untitled)
            title, body, untitled = new, [], False
        else:
            body.append(line)
    yield Section(title=title, lines=tuple(body), untitled=untitled)


def _starts(lines: list[str], index: int) -> bool:
    """Tell whether the line above an underline stands alone, as a heading does."""
    return index < 2 or not lines[index - 2].strip()


def _merge_sections(sections: tuple[Section, ...]) -> list[Section]:
    """Give the parts of one paper's text (`Abstract`, `Code`) back to the heading above them."""
    merged: list[Section] = []
    for section in sections:
        words = re.sub(r"[^a-z ]+", "", _strip_markup(section.title).lower()).split()
        if merged and words and len(words) <= 3 and any(word in _GENERIC for word in words):
            last = merged[-1]
            merged[-1] = last.model_copy(update={"lines": (*last.lines, "", *section.lines)})
        else:
            merged.append(section)
    return merged


def _read_section(section: Section) -> Iterator[Entry]:
    lines, records = split_tables(section.lines)
    if len(lines) < len(section.lines):
        yield from unite_records(records)
        if not _find_links(" ".join(lines)):
            return
        section = section.model_copy(update={"lines": tuple(lines)})
    prose, items = _split_items(section.lines)
    papers = [entry for item in items if (entry := _read_item(item))]
    if len(papers) >= 2 and len(papers) == len(items) and len(" ".join(prose)) < 400:
        yield from papers
        if _find_links(" ".join(prose)):
            yield Entry(
                title=_strip_markup(section.title), abstract="\n".join(prose).strip(), untitled=section.untitled
            )
        return
    body = "\n".join(section.lines).strip()
    if not body:
        return
    above = " ".join(_find_links(section.title))
    abstract = f"{body}\n\n{above}" if above else body
    number = _number(_find_links(section.title))
    yield Entry(id=number, title=_strip_markup(section.title), abstract=abstract, untitled=section.untitled)


def _split_items(lines: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Part the prose of a section from the items of its outermost list."""
    prose: list[str] = []
    items: list[str] = []
    for line in lines:
        match = _ITEM.match(line)
        if match:
            items.append(match[1])
        elif items and line.strip() and line[:1].isspace():
            items[-1] += "\n" + line.strip()
        elif line.strip():
            prose.append(line)
    return prose, items


def _read_item(item: str) -> Entry | None:
    """Return the paper that an item of a list opens with, `[Title](address)` or `**Title**`."""
    match = _ITEM_TITLE.match(item.strip())
    if match is None:
        plain = _PLAIN_TITLE.match(item.strip())
        if plain is None or len(plain["plain"].split()) < TITLE_WORDS:
            return None
        number = _number(_find_links(item))
        title = _strip_markup(plain["plain"]).strip(" ,.:;(|–—-")
        return Entry(id=number, title=title, abstract=item.strip()[plain.end("plain") :])
    rest = item.strip()[match.end() :].strip(" \n.,:;-–—")
    url = match["url"] or ""
    own = "" if parse_arxiv_id(url) else url
    title = _strip_markup(match["link"] or match["bold"])
    return Entry(id=parse_arxiv_id(url), title=title, abstract="\n".join(filter(None, (rest, own))))


def _find_links(text: str) -> list[str]:
    return [match[2] for match in _LINK.finditer(text) if not match.group().startswith("!")]


def _number(links: list[str]) -> str | None:
    return next((number for link in links if (number := parse_arxiv_id(link))), None)


def _strip_markup(text: str) -> str:
    """Return a title without mark-up."""
    return strip_emphasis(_LINK.sub(r"\1", text))
