"""What a source gives, and what all sources share."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date

from checker.core.values.base import Value
from checker.core.values.papers import Paper
from checker.core.values.repositories import Target


class Problem(Value):
    """A piece of an input that could not be used; `line` counts from 1. The rest still counts."""

    source: str
    line: int | None = None
    message: str

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}, line {self.line}"
        return f"{place}: {self.message}"


class Entry(Value):
    """A paper as one source gives it. `id` is None where the source names none.

    `untitled` means that the title is only the name of the input.
    """

    id: str | None = None
    title: str
    abstract: str = ""
    published: date | None = None
    categories: tuple[str, ...] = ()
    venue: str | None = None
    untitled: bool = False


class Content(Value):
    """What one input holds."""

    entries: tuple[Entry, ...] = ()
    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()
    listed: int = 0
    """Lines of a repository list that name a repository, repetitions included."""


class Inputs(Value):
    """What all inputs hold together: a paper that stands in several of them is one paper.

    `entries` counts papers and list lines before they were united.
    """

    papers: tuple[Paper, ...] = ()
    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()
    entries: int = 0


def read_day(value: object) -> date | None:
    """Return the day that a date or a moment in ISO 8601 begins with, None where it is none."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def make_title_key(title: str) -> str:
    """Return what two spellings of the same title have in common: letters and digits, lower case."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\W_]+", " ", folded).strip()


def derive_id(entry: Entry) -> str:
    """Return a stable id for a paper that has none: a slug of its title and a short hash.

    The hash is that of the title, so that an edited abstract leaves the id alone, or else of the abstract.
    """
    title = make_title_key(entry.title)
    key = make_title_key(entry.abstract) if entry.untitled or not title else title
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60].rstrip("-")
    return "-".join(filter(None, (slug, hashlib.sha256(key.encode()).hexdigest()[:8])))


_ARXIV_ID = re.compile(
    r"(?:arxiv[:.]\s*|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?\Z",
    re.IGNORECASE,
)


def parse_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier that a text is (with or without `arXiv:`, a URL, a version), or None."""
    match = _ARXIV_ID.match(text.strip())
    return match[1] if match else None
