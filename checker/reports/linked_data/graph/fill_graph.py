"""Bringing a graph up to date with the store: what is gone is taken out, what is new is put in, tallies follow."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial

from pyoxigraph import NamedNode, Quad, Store, Triple

from checker.core.values.papers import LinkedPaper
from checker.core.values.results import Check
from checker.reports.linked_data.graph import ledger, names
from checker.reports.linked_data.graph.checks import check_triples
from checker.reports.linked_data.graph.ledger import Known, News
from checker.reports.linked_data.graph.papers import make_member_triples, make_paper_triples, run_triples
from checker.reports.linked_data.graph.tallies import find_changed_tallies
from checker.reports.linked_data.graph.triples import about, node
from checker.reports.linked_data.graph.vocabulary import make_vocabulary

#: Things that are written in one transaction of the graph.
BATCH = 200

#: Kinds that are one triple: the subject and the object stand in the ledger.
LINKS = {"member": "checker:countedIn", "latest": "checker:latestCheck", "differs": "checker:differsFrom"}


def bring_up_to_date(graph: Store, connection: sqlite3.Connection, *, first: bool) -> int:
    """Make the graph say what the store says; return how many things were put in or taken out.

    The first time everything is loaded at once, without transactions, into a graph that nobody reads yet.
    """
    removed = 0
    for kind in ledger.KINDS:
        old = ledger.find_gone(connection, kind)
        for known in old:
            _take_out(graph, known)
        ledger.forget(connection, old)
        removed += len(old)
    added = _Added(connection)
    if first:
        graph.bulk_extend(_make_quads(make_vocabulary()))
        graph.bulk_extend(_make_quads(triple for kind in ledger.KINDS for triple in added.of(kind)))
    else:
        for kind in ledger.KINDS:
            for batch in _split_batches(added.of(kind), BATCH * 100):
                graph.extend(_make_quads(batch))
    changes = removed + added.count
    if first or changes:
        for name, triples in find_changed_tallies(connection, partial(_check_iri, connection)):
            _clear(graph, f"{names.BASE}tally:{name}")
            graph.extend(_make_quads(triples))
    if first:
        graph.optimize()  # what is loaded at once lies in layers, and every look-up goes through all of them
    return changes


class _Added:
    """What is put in, kind by kind; the ledger learns of each thing when its triples are handed over."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.count = 0

    def of(self, kind: str) -> Iterator[Triple]:
        """Return the triples of everything new of a kind."""
        for one in ledger.find_news(self._connection, kind):
            known, triples = _MAKERS[kind](self._connection, one)
            yield from triples
            ledger.remember(self._connection, [known])
            self.count += 1


def _run(connection: sqlite3.Connection, new: News) -> tuple[Known, Iterator[Triple]]:
    number, day, started, finished, state, inputs = connection.execute(
        "select id, date, started_at, finished_at, state, inputs from results.runs where id = ?", (new.key,)
    ).fetchone()
    triples = run_triples(
        number,
        date.fromisoformat(day),
        started_at=datetime.fromisoformat(started),
        finished_at=datetime.fromisoformat(finished) if finished else None,
        state=state,
        inputs=inputs,
    )
    return Known("run", new.key, new.print, names.run(date.fromisoformat(day), number)), triples


def _load_paper(_: sqlite3.Connection, new: News) -> tuple[Known, Iterator[Triple]]:
    linked = LinkedPaper.model_validate_json(str(new.columns[1]))
    return Known("paper", new.key, new.print, names.paper(linked.paper.id)), make_paper_triples(linked)


def _check(connection: sqlite3.Connection, new: News) -> tuple[Known, Iterator[Triple]]:
    number = int(new.key)
    packed = connection.execute("select value from results.check_values where check_id = ?", (number,)).fetchone()
    check = Check.model_validate_json(zlib.decompress(packed[0]))
    ledger.remember_facts(connection, number, check)
    return Known("check", new.key, new.print, _check_iri(connection, number)), check_triples(check)


def _load_member(connection: sqlite3.Connection, new: News) -> tuple[Known, Iterator[Triple]]:
    day, run, number = new.columns
    check = _check_iri(connection, int(str(number)))
    iri = names.run(date.fromisoformat(str(day)), int(str(run)))
    return Known("member", new.key, new.print, check, iri), make_member_triples(iri, check)


def _load_latest(connection: sqlite3.Connection, new: News) -> tuple[Known, Iterator[Triple]]:
    check = _check_iri(connection, int(str(new.columns[0])))
    host, owner, name = connection.execute(
        "select host, owner, name from results.repositories where id = ?", (new.key,)
    ).fetchone()
    place = names.repository(host, owner, name)
    return Known("latest", new.key, new.print, place, check), about(place, (LINKS["latest"], node(check)))


def _load_changed(connection: sqlite3.Connection, new: News) -> tuple[Known, Iterator[Triple]]:
    check, before = (_check_iri(connection, int(str(number))) for number in new.columns)
    return Known("differs", new.key, new.print, check, before), about(check, (LINKS["differs"], node(before)))


_MAKERS = {
    "run": _run,
    "paper": _load_paper,
    "check": _check,
    "member": _load_member,
    "latest": _load_latest,
    "differs": _load_changed,
}


def _check_iri(connection: sqlite3.Connection, number: int) -> str:
    target, started, commit, version = connection.execute(
        'select target, started_at, "commit", checker_version from results.checks where id = ?', (number,)
    ).fetchone()
    return names.check(target, datetime.fromisoformat(started), commit, version)


def _take_out(graph: Store, known: Known) -> None:
    if known.object is not None:
        graph.remove(Quad(NamedNode(known.subject), node(LINKS[known.kind]), NamedNode(known.object)))
        return
    _clear(graph, known.subject)
    if known.kind == "paper":
        for quad in list(graph.quads_for_pattern(None, node("pav:retrievedFrom"), NamedNode(known.subject))):
            graph.remove(quad)


def _clear(graph: Store, iri: str) -> None:
    """Take out a thing with its parts; those are the objects whose IRI begins with its own."""
    waiting, seen = [NamedNode(iri)], {iri}
    waiting += [quad.subject for quad in graph.quads_for_pattern(None, node("qb:dataSet"), waiting[0])]  # type: ignore[misc]
    while waiting:
        for quad in list(graph.quads_for_pattern(waiting.pop(), None, None)):
            graph.remove(quad)
            value = quad.object
            if isinstance(value, NamedNode) and value.value.startswith(f"{iri}/") and value.value not in seen:
                seen.add(value.value)
                waiting.append(value)


def _make_quads(triples: Iterable[Triple]) -> Iterator[Quad]:
    return (Quad(*triple) for triple in triples)


def _split_batches(triples: Iterable[Triple], size: int) -> Iterator[list[Triple]]:
    batch: list[Triple] = []
    for triple in triples:
        batch.append(triple)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
