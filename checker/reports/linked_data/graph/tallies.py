"""Counts kept ready in the graph, as observations of the RDF Data Cube vocabulary: questions answer at once.

Each tally is counted anew from the store when the graph is brought up to date, and written only where it changed.
What counts of a repository is its newest check that could tell. Single checks, attempts and steps stand in the
graph as well: what no tally answers, a query over them does, in seconds instead of milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import blake2b

from pyoxigraph import Literal, NamedNode, Triple

from checker.core.data_files import load_rows, read_text
from checker.core.values.base import Value
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.triples import about, literal, node

#: Rows of a tally that are marked as the largest, so that a list of them need not be sorted out of all.
LEADING = 100

#: Version of what is written for a tally; one more whenever the same counts give other triples.
FORMAT = 3

#: Rows of a tally at most, those with the largest counts; a tally that had more says so.
MOST = 1000

Write = Callable[[object], object]


def _write_concept(scheme: str) -> Write:
    return lambda value: node(names.concept(scheme, str(value)))


def _read_year(value: object) -> object:
    return Literal(f"{int(str(value)):04d}", datatype=NamedNode(names.PREFIXES["xsd"] + "gYear"))


def _date(value: object) -> object:
    return Literal(str(value), datatype=NamedNode(names.PREFIXES["xsd"] + "date"))


def _keep(value: object) -> object:
    return value


#: Column → the property that it becomes, and how its values are written.
DIMENSIONS: dict[str, tuple[str, Write]] = {
    "about": ("checker:about", lambda value: node(str(value))),
    "availability": ("checker:availability", _write_concept("availability")),
    "cause": ("checker:cause", _write_concept("cause")),
    "ecosystem": ("checker:ecosystem", _keep),
    "field": ("dcterms:subject", _keep),
    "helped": ("checker:helped", bool),
    "kind": ("checker:kind", _keep),
    "language": ("repr:language", _keep),
    "licence": ("schema:license", _keep),
    "name": ("checker:name", _keep),
    "night": ("checker:night", _date),
    "python": ("repr:language_version", _keep),
    "rung": ("checker:reached", _write_concept("rung")),
    "status": ("checker:codeStatus", _write_concept("code-status")),
    "venue": ("repr:publishedIn", lambda value: node(names.named("venue", str(value)))),
    "way": ("checker:way", _write_concept("way")),
    "year": ("checker:year", _read_year),
}


class Tally(Value):
    """One table of counts: the last column of its query is the count, the others are dimensions by their names."""

    name: str
    comment: str
    query: str


#: What is counted, by name.
TALLIES = load_rows("checker.reports.linked_data.graph", "tallies.toml", Tally)


def find_changed_tallies(
    connection: sqlite3.Connection, iri_of: Callable[[int], str]
) -> Iterator[tuple[str, list[Triple]]]:
    """Return the name and the triples of every tally that is not what the ledger says, and write it down there.

    `iri_of` gives the IRI of a check by its number in the store.
    """
    for statement in read_text("checker.reports.linked_data.graph", "tallies.sql").split(";"):
        connection.execute(statement)
    for tally in TALLIES.values():
        cursor = connection.execute(tally.query)
        columns = [column[0] for column in cursor.description][:-1]
        rows = sorted(cursor.fetchall(), key=lambda row: (-row[-1], str(row)))
        if "about" in columns:
            rows = [(iri_of(row[0]), *row[1:]) for row in rows]
        seen = blake2b(json.dumps([FORMAT, columns, rows]).encode(), digest_size=12).hexdigest()
        known = connection.execute("select print from tallies where name = ?", (tally.name,)).fetchone()
        if known is None or known[0] != seen:
            yield tally.name, list(_make_tally(tally, columns, rows))
            connection.execute("insert or replace into tallies values (?, ?)", (tally.name, seen))


def _make_tally(tally: Tally, columns: list[str], rows: list[tuple[object, ...]]) -> Iterator[Triple]:
    table = f"{names.BASE}tally:{tally.name}"
    yield from about(
        table,
        ("rdf:type", node("qb:DataSet")),
        ("rdfs:label", tally.comment),
        ("checker:dimension", tuple(node(DIMENSIONS[column][0]) for column in columns)),
        ("checker:leftOut", len(rows) - MOST if len(rows) > MOST else None),
    )
    for position, row in enumerate(rows[:MOST], start=1):
        observation = names.inner(table, position)
        yield from about(
            observation,
            ("rdf:type", node("qb:Observation")),
            ("qb:dataSet", node(table)),
            ("checker:leads", node(table) if position <= LEADING else None),
            *((DIMENSIONS[c][0], _write_value(c, value)) for c, value in zip(columns, row, strict=False)),
            ("repr:duration" if "about" in columns else "checker:count", literal(row[-1])),
        )


def _write_value(column: str, value: object) -> object:
    return None if value is None else DIMENSIONS[column][1](value)
