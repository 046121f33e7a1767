"""The whole graph as one file: Turtle, JSON-LD, N-Triples; the newest checks as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store, Triple, serialize

from checker.reports.linked_data.endpoint.answers import write_csv
from checker.reports.linked_data.endpoint.bundled_queries import QUERIES
from checker.reports.linked_data.endpoint.query import Asker, Limits
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.graph import Graph

FORMATS = {"turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "ntriples": RdfFormat.N_TRIPLES}

#: What an operator publishes under an address of their own; terms and closed lists are named alike everywhere.
THINGS = ("check:", "folder:", "paper:", "run:", "software:", "tally:", "venue:")

#: Limits of the CSV: it is one query over every repository.
WHOLE = Limits(seconds=3600, rows=10_000_000)


def export_graph(store: Path, output: BinaryIO, form: str, base: str | None = None) -> None:
    """Write the graph of a store to `output`; `base` takes the place of `urn:reproducibility-checker:` in things.

    Raises:
        UsageError: there is no store, or this checker cannot read it.
        StorageFailure: the graph or the output cannot be written.

    """
    with Graph(store).reading() as folder:
        graph = Store.read_only(str(folder))
        prefixes = dict(names.PREFIXES)
        if base is None:
            graph.dump(output, format=FORMATS[form], from_graph=DefaultGraph(), prefixes=prefixes)
            return
        prefixes["tally"] = f"{base}tally:"
        serialize(_rename_triples(graph, base), output, format=FORMATS[form], prefixes=prefixes)


def export_csv(store: Path, output: BinaryIO) -> None:
    """Write the newest check of every repository, one a row (errors: see `export_graph`)."""
    with Graph(store).reading() as folder, Asker(folder) as asker:
        output.write(write_csv(asker.ask(QUERIES["checks"], WHOLE)))


def _rename_triples(graph: Store, base: str) -> Iterator[Triple]:
    name = _make_renamer(base)
    for quad in graph.quads_for_pattern(None, None, None, DefaultGraph()):
        subject, value = quad.subject, quad.object
        yield Triple(
            name(subject) if isinstance(subject, NamedNode) else subject,
            quad.predicate,
            name(value) if isinstance(value, NamedNode) else value,
        )


def _make_renamer(base: str) -> Callable[[NamedNode], NamedNode]:
    starts = tuple(names.BASE + thing for thing in THINGS)

    def name(node: NamedNode) -> NamedNode:
        if not node.value.startswith(starts):
            return node
        return NamedNode(base + node.value.removeprefix(names.BASE))

    return name
