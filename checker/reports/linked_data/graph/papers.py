"""From papers, runs and what counts in them to triples (pure; mapping: docs/linked-data.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime

from pyoxigraph import Triple

from checker.core.values.papers import CodeStatus, LinkedPaper
from checker.core.values.repositories import RepositoryId
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.checks import make_repository_iri, make_repository_triples
from checker.reports.linked_data.graph.triples import about, node, year


def make_paper_triples(linked: LinkedPaper) -> Iterator[Triple]:
    """Return what the graph says of a paper: title, fields, venue, what it says of code, its repositories."""
    paper = linked.paper
    iri = names.paper(paper.id)
    venue = names.named("venue", paper.venue) if paper.venue else None
    yield from about(
        iri,
        ("rdf:type", (node("fabio:Article"), node("schema:ScholarlyArticle"))),
        ("rdfs:label", paper.title),
        ("dcterms:identifier", paper.id),
        ("repr:doi", names.doi(paper.id)),
        ("repr:published_date", paper.published),
        ("checker:year", year(paper.published) if paper.published else None),
        ("dcterms:subject", paper.categories),
        ("repr:publishedIn", node(venue) if venue else None),
        ("dcterms:source", paper.sources),
        ("checker:codeStatus", node(names.concept("code-status", linked.code_status.value))),
    )
    if venue is not None:
        yield from about(venue, ("rdf:type", node("fabio:ExpressionCollection")), ("rdfs:label", paper.venue))
    for link in linked.links:
        if link.repository is None or link.borrowed:
            yield from about(iri, ("checker:mentions", link.url))
            continue
        yield from _make_link(iri, link.repository, promised=link.promised)
    if linked.code_status is CodeStatus.PROMISED and not any(
        link.repository and not link.borrowed for link in linked.links
    ):
        yield from about(iri, ("checker:promisesWithoutLink", True))


def _make_link(iri: str, repository: RepositoryId, *, promised: bool) -> Iterator[Triple]:
    place = node(make_repository_iri(repository))
    yield from make_repository_triples(repository)
    yield from about(make_repository_iri(repository), ("pav:retrievedFrom", node(iri)))
    if promised:
        yield from about(iri, ("checker:promises", place))


def run_triples(
    number: int, day: date, *, started_at: datetime, finished_at: datetime | None, state: str, inputs: str
) -> Iterator[Triple]:
    """Return what the graph says of a run; `inputs` is the JSON list that the store keeps."""
    yield from about(
        names.run(day, number),
        ("rdf:type", (node("checker:Run"), node("prov:Activity"))),
        ("rdfs:label", f"Run of {day.isoformat()}"),
        ("checker:date", day),
        ("checker:state", state),
        ("prov:startedAtTime", started_at),
        ("prov:endedAtTime", finished_at),
        ("dcterms:source", tuple(str(name) for name in json.loads(inputs))),
    )


def make_member_triples(run: str, check: str) -> Iterator[Triple]:
    """Return that a check counts in a run, where it was made in that run or used again."""
    yield from about(check, ("checker:countedIn", node(run)))
