r"""Plain text: a papers page copied from a browser (title, abstract, authors and date), or any like it.

A page is a row of blocks. Lines of the page's own (`new`, `Subscribe`, `• 5 authors`, a date) are set apart by
a table; what is left are titles and abstracts, told apart by how they read and by what is expected next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from checker.core.data_files import read_toml
from checker.core.values.base import Value
from checker.papers.links.patterns import load_patterns
from checker.papers.sources.base import Content, Entry, parse_arxiv_id

_PATTERNS = load_patterns("page", "checker.papers.sources")
_MONTHS = read_toml("checker.papers.sources", "page.toml")["words"]["months"].split()
_STOPS = (".", "!", ".)", '."', "。")

#: Characters beyond which no block is a title.
LONG = 300

#: Characters beyond which a line is a paragraph of its own, not one line of a wrapped paragraph.
WIDE = 160


class Block(Value):
    """A paragraph, or what the page says about the paper before it."""

    text: str
    about: bool = False
    labelled: str = ""


def read_page(text: str, name: str) -> Content:
    """Return the papers of a page; `name` stands in for the title of a text that has none."""
    blocks = tuple(_split_blocks(text))
    entries = tuple(_read_entries(blocks))
    if not entries:  # a sentence or two, without a title
        said = [block.text for block in blocks if not block.about and block.text.endswith(_STOPS)]
        entries = (Entry(title="", abstract="\n\n".join(said)),) if said else ()
    untitled = {"title": name, "untitled": True}
    return Content(entries=tuple(e if e.title else e.model_copy(update=untitled) for e in entries))


def _split_blocks(text: str) -> Iterator[Block]:
    """Cut a text at blank lines, and wide lines from one another."""
    for chunk in re.split(r"\n[ \t]*\n", text):
        run: list[str] = []
        for line in filter(None, (line.strip() for line in chunk.split("\n"))):
            if _is_about(line):
                yield from _join_lines(run)
                run = []
                yield Block(text=line, about=True)
            elif len(line) > WIDE:
                yield from _join_lines(run)
                run = []
                yield _read_label(line)
            else:
                run.append(line)
        yield from _join_lines(run)


def _join_lines(lines: list[str]) -> Iterator[Block]:
    """Join a wrapped paragraph; a title right above its abstract is a block of its own."""
    if not lines:
        return
    if len(lines) > 1 and (
        _PATTERNS["title_label"].match(lines[0]) or _PATTERNS["abstract_label"].match(lines[1])
    ):
        first = next((i for i, line in enumerate(lines) if _PATTERNS["abstract_label"].match(line)), 1)
        yield _read_label(" ".join(line for line in lines[:first] if not _PATTERNS["authors"].match(line)))
        if lines[first:]:
            yield _read_label("\n".join(lines[first:]))
        return
    yield _read_label("\n".join(lines))


def _read_label(text: str) -> Block:
    for label, pattern in (("title", _PATTERNS["title_label"]), ("abstract", _PATTERNS["abstract_label"])):
        match = pattern.match(text)
        if match:
            return Block(text=text[match.end() :], labelled=label)
    return Block(text=text)


def _is_about(line: str) -> bool:
    return len(line) < 80 and bool(
        _PATTERNS["own_line"].match(line)
        or _PATTERNS["date"].match(line)
        or _PATTERNS["iso_date"].match(line)
        or parse_arxiv_id(line)
    )


def _reads_as_abstract(block: Block) -> bool:
    """Tell whether a block reads as prose: long, or whole sentences, or with a link."""
    if block.labelled:
        return block.labelled == "abstract"
    text = block.text
    if len(text) > LONG or _PATTERNS["link"].search(text):
        return True
    return text.endswith(_STOPS) and (len(text) > 80 or bool(_PATTERNS["sentences"].search(text)))


@dataclass
class _Open:
    """The paper whose blocks are being read."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def entries(self, *, first: bool) -> Iterator[Entry]:
        """Give the paper; a title alone is one too, unless it is a word or opens the page."""
        if self.paragraphs or (not first and len(self.title.split()) > 2):
            abstract = "\n\n".join(self.paragraphs)
            yield Entry.model_validate({"title": self.title, "abstract": abstract, **self.facts})


def _read_entries(blocks: tuple[Block, ...]) -> Iterator[Entry]:
    """Walk over the blocks: a title, its abstract and what the page says about the paper."""
    paper: _Open | None = None
    first = True
    for index, block in enumerate(blocks):
        if block.about:
            if paper is not None and paper.paragraphs:
                paper.facts |= _read_facts(block.text)
        elif _is_title(block, blocks[index + 1 : index + 2], paper):
            for entry in paper.entries(first=first) if paper is not None else ():
                first = False
                yield entry
            paper = _Open(title=" ".join(block.text.split()))
        elif paper is None:
            title, paragraph = _split_title(block.text)
            paper = _Open(title=title, paragraphs=[paragraph])
        else:
            paper.paragraphs.append(block.text)
    if paper is not None:
        yield from paper.entries(first=first)


def _is_title(block: Block, later: tuple[Block, ...], paper: _Open | None) -> bool:
    """Decide whether a block opens a paper, from how it reads and from what stands around it."""
    if block.labelled or len(block.text) > LONG:
        return block.labelled == "title"
    following = later[0] if later and not later[0].about else None
    prose_follows = following is not None and _reads_as_abstract(following)
    waits = paper is not None and not paper.paragraphs
    if not _reads_as_abstract(block):
        return not waits or prose_follows
    if paper is None or waits or _PATTERNS["link"].search(block.text):
        return False
    return prose_follows and len(block.text) <= WIDE and not _PATTERNS["sentences"].search(block.text)


def _split_title(paragraph: str) -> tuple[str, str]:
    """Take the first line of a wrapped text as its title where it reads as one, else ''."""
    head, _, rest = paragraph.partition("\n")
    if rest and len(head) <= LONG and not head.endswith((".", ",", ";")) and not _PATTERNS["link"].search(head):
        return head, rest
    return "", paragraph


def _read_facts(line: str) -> dict[str, object]:
    found: dict[str, object] = {}
    number = parse_arxiv_id(line)
    if number:
        found["id"] = number
    when = _date(line)
    if when:
        found["published"] = when
    return found


def _date(line: str) -> date | None:
    """Return a date that names its year; the year of `Mar 14` is not guessed."""
    if _PATTERNS["iso_date"].match(line):
        try:
            return date.fromisoformat(line)
        except ValueError:
            return None
    match = _PATTERNS["date"].match(line)
    if not match or not match[1]:
        return None
    month, day, year = re.sub(r"[.,]", " ", line).split()[-3:]
    try:
        return date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None
