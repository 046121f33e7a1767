"""The lists of papers and repositories: rows, filters and columns, as a page's script and its table want them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from checker.core.text import join_lines
from checker.core.values.papers import CodeStatus
from checker.core.values.plans import Rung
from checker.core.values.results import Tone
from checker.judging.wording import Outcome
from checker.reports import words
from checker.reports.document import LinkEntry, PaperEntry, Report, RepositoryEntry
from checker.reports.site import places

#: The value of a filter for rows that have none of the others.
NONE = "none"


class Column(NamedTuple):
    """A column: how its cells are shown (`kind`), how they are sorted, its heading in short and in full."""

    label: str
    kind: str
    sort: str = "text"
    title: str = ""


class Facet(NamedTuple):
    """A filter with its choices: value, words, and the number of rows at publishing time."""

    key: str
    label: str
    options: tuple[tuple[str, str, int], ...]


class Row(NamedTuple):
    """A row: its cells by column, and its values for each filter."""

    cells: tuple[Any, ...]
    values: tuple[tuple[str, ...], ...]


class Listing(NamedTuple):
    """A list as it is published."""

    name: str
    columns: tuple[Column, ...]
    facets: tuple[Facet, ...]
    rows: tuple[Row, ...]

    def script(self) -> str:
        """Return the list as a script: a page opened from the disk may read scripts, but no other files."""
        places_of = [{value: n for n, (value, _, _) in enumerate(facet.options)} for facet in self.facets]
        rows = [
            [*row.cells, [[place[v] for v in values] for place, values in zip(places_of, row.values, strict=True)]]
            for row in self.rows
        ]
        document = {
            "name": self.name,
            "columns": [column._asdict() for column in self.columns],
            "facets": [
                {"key": f.key, "label": f.label, "options": [[value, label] for value, label, _ in f.options]}
                for f in self.facets
            ],
            "rows": rows,
        }
        return f"checkerList({json.dumps(document, ensure_ascii=False, separators=(',', ':'))});\n"


class Pill(NamedTuple):
    """An outcome in a cell, with the page it leads to."""

    label: str
    tone: str
    text: str = ""
    href: str = ""


#: Key, label, and the words of the values in the order in which they are offered.
_Facets = tuple[tuple[str, str, Mapping[Any, str]], ...]

_RUNGS: dict[str, str] = {**{rung: words.RUNG_WORDS[rung] for rung in reversed(Rung)}, NONE: "none reached"}

REPOSITORY_COLUMNS = (
    Column("repository", "link"),
    Column("outcome", "pills", "number", "The best that was seen"),
    Column("link", "text"),
    Column("rung", "rung", "number", "The highest rung that holds"),
    Column("where it stopped", "note"),
    Column("code of", "year", "number", "Year of the last change to its code"),
    Column("time", "seconds", "number", "Time that the check took"),
)
PAPER_COLUMNS = (
    Column("paper", "link"),
    Column("code", "text", "text", "What the paper says about code"),
    Column("year", "year", "number"),
    Column("availability", "score", "number", "Points of 100; – where inconclusive"),
    Column("runnability", "score", "number", "Points of 100; – where inconclusive"),
    Column("repositories", "pills", "number"),
)


def make_repository_list(report: Report, targets: Mapping[str, RepositoryEntry]) -> Listing:
    """Return the list of repositories, by the name of their target."""
    facets: _Facets = (
        ("outcome", "outcome", {}),
        ("availability", "availability", words.AVAILABILITY_WORDS),
        ("rung", "rung", _RUNGS),
        ("way", "way", words.WAY_WORDS),
        ("cause", "cause", _name_causes(report)),
        ("ecosystem", "ecosystem", {}),
        ("year", "year of the code", {}),
    )
    rows = tuple(_make_repository_row(target, entry) for target, entry in targets.items())
    return Listing("repositories", REPOSITORY_COLUMNS, _make_facets(facets, rows), rows)


def make_paper_list(report: Report, targets: Mapping[str, RepositoryEntry]) -> Listing:
    """Return the list of papers; what it filters by is what holds of any of a paper's repositories."""
    facets: _Facets = (
        ("code", "code", words.CODE_STATUS_WORDS),
        ("outcome", "outcome", {}),
        ("availability", "availability", words.AVAILABILITY_WORDS),
        ("rung", "rung", _RUNGS),
        ("cause", "cause", _name_causes(report)),
        ("ecosystem", "ecosystem", {}),
        ("year", "year", {}),
    )
    rows = tuple(_make_paper_row(entry, targets) for entry in report.papers)
    return Listing("papers", PAPER_COLUMNS, _make_facets(facets, rows), rows)


# ---------------------------------------------------------------- rows


def _link(path: str, title: str, small: str = "") -> tuple[str, str, str]:
    return quote(path), title, small


def _make_pill(outcome: Outcome, text: str = "", target: str | None = None) -> Pill:
    return Pill(outcome.label, outcome.tone.value, text, quote(places.repository_path(target)) if target else "")


def _make_repository_row(target: str, entry: RepositoryEntry) -> Row:
    year = str(entry.facts.code_date.year) if entry.facts.code_date else ""
    rung = entry.reached or NONE
    cells = (
        _link(places.repository_path(target), join_lines(entry.repository, 200)),
        (_make_pill(entry.outcome),),
        words.AVAILABILITY_WORDS[entry.availability],
        (entry.reached.height, words.RUNG_WORDS[entry.reached]) if entry.reached else (-1, "–"),
        join_lines(entry.cause_summary or "", 160),
        int(year) if year else None,
        round(entry.seconds, 1),
    )
    values = (entry.outcome.label, entry.availability, rung, entry.way, entry.cause, entry.ecosystem, year)
    return Row(cells, tuple((join_lines(value, 120),) if value else () for value in values))


def _make_paper_row(entry: PaperEntry, targets: Mapping[str, RepositoryEntry]) -> Row:
    year = entry.published.year if entry.published else None
    checked = [link for link in entry.links if link.key is not None]
    found = [targets[link.key] for link in checked if link.key is not None]
    status = "–" if entry.code_status is CodeStatus.NONE else entry.code_status.value
    cells = (
        _link(places.paper_path(entry.id), join_lines(entry.title or entry.id, 300), join_lines(entry.id, 60)),
        status,
        year,
        entry.scores.availability,
        entry.scores.runnability,
        tuple(_make_paper_pill(link) for link in checked),
    )
    values: tuple[Iterable[str | None], ...] = (
        (entry.code_status,),
        (e.outcome.label for e in found),
        (link.availability for link in entry.links),
        (e.reached or NONE for e in found),
        (e.cause for e in found),
        (e.ecosystem for e in found),
        (str(year) if year else None,),
    )
    return Row(cells, tuple(tuple(dict.fromkeys(join_lines(v, 120) for v in some if v)) for some in values))


def _make_paper_pill(link: LinkEntry) -> Pill:
    outcome = link.outcome or Outcome(tone=Tone.UNCHECKED, label="not checked", sentence="")
    return _make_pill(outcome, join_lines(f"{link.owner}/{link.name}", 80), link.key)


# ---------------------------------------------------------------- filters


def _name_causes(report: Report) -> dict[str, str]:
    return {join_lines(cause.name, 120): join_lines(cause.name.replace("_", " "), 60) for cause in report.causes}


def _make_facets(given: _Facets, rows: Sequence[Row]) -> tuple[Facet, ...]:
    return tuple(_make_facet(key, label, named, [row.values[n] for row in rows])
                 for n, (key, label, named) in enumerate(given))  # fmt: skip


def _make_facet(key: str, label: str, named: Mapping[Any, str], values: Iterable[Iterable[str]]) -> Facet:
    """Return a filter over the values that occur; those without an order of their own go by number."""
    counts = Counter(value for some in values for value in some)
    order = {str(value): place for place, value in enumerate(named)}
    rank: Callable[[str], Any] = lambda value: (order.get(value, len(order)), -counts[value], value)  # noqa: E731
    if key == "year":
        rank = lambda value: -int(value)  # noqa: E731
    labels = {str(value): said for value, said in named.items()}
    return Facet(key, label, tuple((v, labels.get(v, v), counts[v]) for v in sorted(counts, key=rank)))
