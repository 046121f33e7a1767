"""Small helpers that make triples out of plain values (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import Enum
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple

from checker.core.text import join_lines
from checker.reports.linked_data.graph.names import PREFIXES

Object = NamedNode | Literal

#: Characters kept of a text from outside; the whole text stands in the store.
TEXT = 500


@lru_cache(maxsize=4096)
def node(name: str) -> NamedNode:
    """Return the node of an IRI, or of a name with one of our prefixes (`prov:used`)."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local if prefix in PREFIXES else name)


_XSD = PREFIXES["xsd"]
_DECIMAL, _DATE, _DATE_TIME, _YEAR = (NamedNode(_XSD + name) for name in ("decimal", "date", "dateTime", "gYear"))


def text(value: str) -> Literal | None:
    """Return a text from outside as a literal: one line, bounded; None where nothing is left of it."""
    line = join_lines(value.encode("utf-8", "replace").decode("utf-8"), TEXT)
    return Literal(line) if line else None


def number(value: float) -> Literal:
    """Return a number of seconds or the like, to the millisecond."""
    return Literal(f"{value:.3f}".rstrip("0").rstrip("."), datatype=_DECIMAL)


def moment(value: datetime) -> Literal:
    """Return a moment."""
    return Literal(value.isoformat().replace("+00:00", "Z"), datatype=_DATE_TIME)


def day(value: date) -> Literal:
    """Return a date."""
    return Literal(value.isoformat(), datatype=_DATE)


def year(value: date | datetime | int) -> Literal:
    """Return a year."""
    return Literal(f"{value if isinstance(value, int) else value.year:04d}", datatype=_YEAR)


#: Type → how its values are written, first fit wins; everything else is text.
_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[..., Object | None]], ...] = (
    ((NamedNode, Literal), lambda value: value),
    (Enum, lambda value: text(str(value.value))),
    ((bool, int), Literal),
    (float, number),
    (datetime, moment),
    (date, day),
)


def literal(value: object) -> Object | None:
    """Return a plain value as an object: None stays None, text is cleaned, the rest gets its type."""
    if value is None:
        return None
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return text(str(value))


def about(subject: str, *facts: tuple[str, object]) -> Iterator[Triple]:
    """Return a triple for each fact (predicate, value) whose value is not None; several values give several."""
    start = NamedNode(subject)
    for predicate, value in facts:
        if value is None:
            continue
        verb = node(predicate)
        for one in value if isinstance(value, (tuple, list)) else (value,):
            found = literal(one)
            if found is not None:
                yield Triple(start, verb, found)
