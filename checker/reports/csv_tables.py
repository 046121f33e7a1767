"""The report as two CSV tables for a spreadsheet: one row for each paper, one for each repository."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import TypeVar

from checker.core.text import join_lines
from checker.core.values.plans import Rung
from checker.reports.document import PaperEntry, Report, RepositoryEntry

#: First characters by which a spreadsheet takes a cell for a formula; OWASP's list and its wide forms.
_FORMULA = frozenset("=+-@\t\r|%＝＋－＠")

Cell = str | int | float | bool | None

Entry = TypeVar("Entry")


def write_cell(value: Cell) -> str:
    """Return a value as a cell that no spreadsheet carries out: text stays text by an apostrophe in front.

    Numbers are written as such, what is not known is empty, truth is `yes` and `no`.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return str(value)
    line = join_lines(value).encode("utf-8", "replace").decode("utf-8")
    return f"'{line}" if line[:1] in _FORMULA and line else line


def write_papers_csv(report: Report) -> str:
    """Return `papers.csv`."""
    return _write_table(_PAPER, report.papers)


def write_repositories_csv(report: Report) -> str:
    """Return `repositories.csv`."""
    return _write_table(_REPOSITORY, report.repositories)


def _join_words(values: Iterable[object]) -> str:
    return " ".join(str(value) for value in values)


#: Columns of `papers.csv`.
_PAPER: Mapping[str, Callable[[PaperEntry], Cell]] = {
    "id": lambda p: p.id,
    "title": lambda p: p.title,
    "published": lambda p: p.published.isoformat() if p.published else None,
    "code_status": lambda p: p.code_status.value,
    "availability_score": lambda p: p.scores.availability,
    "runnability_score": lambda p: p.scores.runnability,
    "inconclusive": lambda p: p.inconclusive,
    "links": lambda p: len(p.links),
    "urls": lambda p: _join_words(link.url for link in p.links),
    "outcomes": lambda p: "; ".join(link.outcome.label for link in p.links if link.outcome),
    "sources": lambda p: "; ".join(p.sources),
}


def _read_rung(rung: Rung) -> Callable[[RepositoryEntry], Cell]:
    return lambda entry: entry.rungs.get(rung)


#: Columns of `repositories.csv`.
_REPOSITORY: Mapping[str, Callable[[RepositoryEntry], Cell]] = {
    "repository": lambda r: r.repository,
    "key": lambda r: r.key,
    "url": lambda r: r.facts.url,
    "commit": lambda r: r.commit,
    "availability": lambda r: r.availability.value,
    "outcome": lambda r: r.outcome.label,
    "reached": lambda r: r.reached.value if r.reached else None,
    "way": lambda r: r.way.value if r.way else None,
    "cause": lambda r: r.cause,
    "cause_summary": lambda r: r.cause_summary,
    "blame": lambda r: r.blame.value if r.blame else None,
    "hint": lambda r: r.hint,
    "inconclusive": lambda r: r.inconclusive,
    **{rung.value: _read_rung(rung) for rung in Rung},
    "ecosystem": lambda r: r.ecosystem,
    "code_date": lambda r: r.facts.code_date.date().isoformat() if r.facts.code_date else None,
    "licence": lambda r: r.facts.licence,
    "moved_to": lambda r: r.facts.moved_to,
    "papers": lambda r: "; ".join(r.papers),
    "seconds": lambda r: round(r.seconds, 1),
    "checked_at": lambda r: r.checked_at.isoformat() if r.checked_at else None,
    "checker_version": lambda r: r.checker_version,
    "rules": lambda r: r.rules,
}


def _write_table(columns: Mapping[str, Callable[[Entry], Cell]], entries: Iterable[Entry]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([write_cell(read(entry)) for read in columns.values()] for entry in entries)
    return text.getvalue()
