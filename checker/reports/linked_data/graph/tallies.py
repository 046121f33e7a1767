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
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.triples import about, literal, node

LEADING = 100
"""Rows of a tally that are marked as the largest, so that a list of them need not be sorted out of all."""

FORMAT = 3
"""Version of what is written for a tally; one more whenever the same counts give other triples."""

MOST = 1000
"""Rows of a tally at most, those with the largest counts; a tally that had more says so."""

Write = Callable[[object], object]


def _write_concept(scheme: str) -> Write:
    return lambda value: node(names.concept(scheme, str(value)))


def _read_year(value: object) -> object:
    return Literal(f"{int(str(value)):04d}", datatype=NamedNode(names.PREFIXES["xsd"] + "gYear"))


def _date(value: object) -> object:
    return Literal(str(value), datatype=NamedNode(names.PREFIXES["xsd"] + "date"))


def _keep(value: object) -> object:
    return value


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
"""Column → the property that it becomes, and how its values are written."""


class Tally(NamedTuple):
    """One table of counts: the last column of its query is the count, the others are dimensions by their names."""

    comment: str
    query: str


_STANDING = "from newest join results.checks c on c.id = newest.check_id"
_LINKED = f"{_STANDING} join linked on linked.repository_id = c.repository_id"

TALLIES = {
    "availability": Tally(
        "Repositories by availability", f"select availability, count(*) {_STANDING} group by availability"
    ),
    "causes": Tally(
        "Repositories by the cause where they stopped",
        f"select cause, count(*) {_STANDING} where cause is not null group by cause",
    ),
    "causes-by-field": Tally(
        "Repositories by cause, research field of the paper, and year of the paper",
        f"""select cause, field, paper_facts.year, count(distinct c.repository_id) {_LINKED}
            join paper_fields using (paper_id) join paper_facts using (paper_id)
            where cause is not null group by cause, field, paper_facts.year""",
    ),
    "fields": Tally(
        "Repositories by research field, and the rung that they reach",
        f"""select field, reached as rung, count(distinct c.repository_id) {_LINKED}
            join paper_fields using (paper_id) group by field, reached""",
    ),
    "languages": Tally(
        "Repositories by main language and year of their code",
        f"""select language, substr(code_date, 1, 4) as year, count(*) {_STANDING}
            join check_facts f on f.check_id = c.id where language is not null group by language, year""",
    ),
    "licences": Tally(
        "Repositories by licence and availability; without a licence where none is known",
        f"select licence, availability, count(*) {_STANDING} group by licence, availability",
    ),
    "limits": Tally(
        "Repositories by the limit of the check at which a step of theirs stopped",
        f"""select limits.value as cause, count(*) {_STANDING}
            join check_facts f on f.check_id = c.id join json_each(f.limits) limits group by limits.value""",
    ),
    "missing": Tally(
        "Repositories by what their code wants and they lack: its kind and its name",
        """select m.kind, m.name, count(distinct m.check_id)
           from newest join results.missing m on m.check_id = newest.check_id group by m.kind, m.name""",
    ),
    "nights": Tally(
        "Checks of each night by the rung that they reached; without a rung where none was reached or told",
        """select r.date as night, c.reached as rung, count(*) from results.run_checks m
           join results.runs r on r.id = m.run_id join results.checks c on c.id = m.check_id
           where r.note <> 'single' group by r.date, c.reached""",
    ),
    "papers": Tally(
        "Papers by year and by what they say about their code",
        "select year, status, count(*) from paper_facts group by year, status",
    ),
    "pythons": Tally(
        "Python repositories by interpreter and year of their code",
        f"""select python, substr(code_date, 1, 4) as year, count(*) {_STANDING}
            join check_facts f on f.check_id = c.id where python is not null group by python, year""",
    ),
    "repairs": Tally(
        "Repositories by repair, and whether the verdict rests on the attempt with it",
        f"""select r.name, a.way = c.way and a.reached = c.reached as helped, count(distinct c.id) {_STANDING}
            join results.attempts a on a.check_id = c.id join results.repairs r on r.attempt_id = a.id
            group by r.name, helped""",
    ),
    "slowest": Tally(
        "The newest checks that took longest",
        f"select c.id as about, c.seconds {_STANDING} order by c.seconds desc, c.id limit 100",
    ),
    "undeclared": Tally(
        "Repositories by a package that they need and do not declare",
        f"""select packages.value as name, count(*) {_STANDING}
            join check_facts f on f.check_id = c.id join json_each(f.undeclared) packages
            group by packages.value""",
    ),
    "venues": Tally(
        "Repositories by venue of the paper and availability",
        f"""select venue, availability, count(distinct c.repository_id) {_LINKED}
            join paper_facts using (paper_id) where venue is not null group by venue, availability""",
    ),
    "ways": Tally(
        "Repositories by way and the rung reached that way; without a rung where none was reached",
        f"""select a.way, a.reached as rung, count(distinct c.id) {_STANDING}
            join results.attempts a on a.check_id = c.id group by a.way, a.reached""",
    ),
    "years": Tally(
        "Repositories by year of their code and the rung that they reach",
        f"""select substr(code_date, 1, 4) as year, reached as rung, count(*) {_STANDING}
            where code_date is not null group by year, reached""",
    ),
}

_PAPERS = """
create temp table paper_facts as
select paper_id, max(run_id) as run_id, code_status as status, json_extract(value, '$.paper.venue') as venue,
       substr(json_extract(value, '$.paper.published'), 1, 4) as year
from results.run_papers group by paper_id;
create temp table paper_fields as
select distinct p.paper_id, fields.value as field
from paper_facts f join results.run_papers p on p.paper_id = f.paper_id and p.run_id = f.run_id
join json_each(p.value, '$.paper.categories') fields;
create temp table linked as
select distinct l.paper_id, l.repository_id
from paper_facts f join results.links l on l.paper_id = f.paper_id and l.run_id = f.run_id
where l.repository_id is not null;
create index temp.linked_by_repository on linked (repository_id);
create index temp.fields_by_paper on paper_fields (paper_id);
create index temp.facts_by_paper on paper_facts (paper_id);
"""


def find_changed_tallies(
    connection: sqlite3.Connection, iri_of: Callable[[int], str]
) -> Iterator[tuple[str, list[Triple]]]:
    """Return the name and the triples of every tally that is not what the ledger says, and write it down there.

    `iri_of` gives the IRI of a check by its number in the store.
    """
    for statement in _PAPERS.split(";"):
        connection.execute(statement)
    for name, tally in TALLIES.items():
        cursor = connection.execute(tally.query)
        columns = [column[0] for column in cursor.description][:-1]
        rows = sorted(cursor.fetchall(), key=lambda row: (-row[-1], str(row)))
        if "about" in columns:
            rows = [(iri_of(row[0]), *row[1:]) for row in rows]
        seen = blake2b(json.dumps([FORMAT, columns, rows]).encode(), digest_size=12).hexdigest()
        known = connection.execute("select print from tallies where name = ?", (name,)).fetchone()
        if known is None or known[0] != seen:
            yield name, list(_make_tally(name, tally, columns, rows))
            connection.execute("insert or replace into tallies values (?, ?)", (name, seen))


def _make_tally(name: str, tally: Tally, columns: list[str], rows: list[tuple[object, ...]]) -> Iterator[Triple]:
    table = f"{names.BASE}tally:{name}"
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
