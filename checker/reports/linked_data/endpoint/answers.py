"""What a query gives, and how it is written: the formats of SPARQL results, RDF, and a table to read (pure)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from checker.core.text import join_lines
from checker.reports.linked_data.graph.names import PREFIXES

Term = NamedNode | BlankNode | Literal | Triple
_STRING = PREFIXES["xsd"] + "string"


#: Characters of a cell in a table for a reader; the other formats cut nothing.
WIDEST = 100


class Kind(StrEnum):
    """What a query gives."""

    ROWS = "rows"
    TRUTH = "truth"
    TRIPLES = "triples"


class Answer(NamedTuple):
    """The answer to a query; `cut` says that there was more than the limit allows.

    `seconds` is what it took by the clock, `cpu_seconds` what it took of a processor.
    """

    kind: Kind
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    triples: tuple[Triple, ...] = ()
    truth: bool = False
    cut: bool = False
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def write_plain(term: Term | None) -> str:
    """Return a term as text without its type: the form of CSV."""
    if term is None:
        return ""
    return term.value if isinstance(term, (NamedNode, Literal)) else str(term)


def write_short(term: Term | None) -> str:
    """Return a term for a reader: names of ours with their prefix, one line."""
    if isinstance(term, NamedNode):
        for prefix, start in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
            if term.value.startswith(start):
                return join_lines(f"{prefix}:{term.value.removeprefix(start)}")
    return join_lines(write_plain(term))


def _write_json_term(term: Term) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, Literal):
        return {"type": "literal", "value": str(term)}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def write_json(answer: Answer) -> bytes:
    """Write SPARQL 1.1 Query Results JSON."""
    if answer.kind is Kind.TRUTH:
        return json.dumps({"head": {}, "boolean": answer.truth}).encode()
    bindings = [
        {name: _write_json_term(term) for name, term in zip(answer.columns, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    whole = {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def write_csv(answer: Answer) -> bytes:
    """Write SPARQL 1.1 Query Results CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(answer.columns or ("answer",))
    writer.writerows([write_plain(term) for term in row] for row in _list_rows(answer))
    return text.getvalue().encode("utf-8", "replace")


def write_tsv(answer: Answer) -> bytes:
    """Write SPARQL 1.1 Query Results TSV: terms as in Turtle."""
    lines = ["\t".join(f"?{name}" for name in answer.columns or ("answer",))]
    lines += ["\t".join("" if term is None else str(term) for term in row) for row in _list_rows(answer)]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def write_xml(answer: Answer) -> bytes:
    """Write SPARQL Query Results XML."""
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in answer.columns)
    lines = ['<?xml version="1.0"?>', '<sparql xmlns="http://www.w3.org/2005/sparql-results#">']
    lines.append(f"<head>{head}</head>")
    if answer.kind is Kind.TRUTH:
        lines.append(f"<boolean>{str(answer.truth).lower()}</boolean>")
    else:
        lines.append("<results>")
        for row in answer.rows:
            bound = (
                f"<binding name={quoteattr(name)}>{_write_xml_term(term)}</binding>"
                for name, term in zip(answer.columns, row, strict=True)
                if term is not None
            )
            lines.append(f"<result>{''.join(bound)}</result>")
        lines.append("</results>")
    return ("\n".join([*lines, "</sparql>"]) + "\n").encode("utf-8", "replace")


def _write_xml_term(term: Term) -> str:
    """Return a term as an element: the same kinds, texts and marks as in JSON."""
    found = _write_json_term(term)
    kind, text = found.pop("type"), found.pop("value")
    marks = "".join(f" {name}={quoteattr(value)}" for name, value in found.items())
    return f"<{kind}{marks}>{escape(text)}</{kind}>"


def write_table(answer: Answer) -> bytes:
    """Write columns for a reader, aligned; truth as yes or no, triples as Turtle."""
    if answer.kind is Kind.TRIPLES:
        return write_rdf(answer, RdfFormat.TURTLE)
    if answer.kind is Kind.TRUTH:
        return b"yes\n" if answer.truth else b"no\n"
    cells = [
        list(answer.columns),
        *([join_lines(write_short(term), WIDEST) for term in row] for row in answer.rows),
    ]
    widths = [max(len(row[index]) for row in cells) for index in range(len(answer.columns))]
    ruled = [cells[0], ["-" * width for width in widths], *cells[1:]]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in ruled
    )
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def write_rdf(answer: Answer, form: RdfFormat) -> bytes:
    """Write triples."""
    used = "\n".join(str(triple) for triple in answer.triples)
    prefixes = {name: start for name, start in PREFIXES.items() if start in used}
    return serialize(answer.triples, format=form, prefixes=prefixes) or b""


def _list_rows(answer: Answer) -> Sequence[Sequence[Term | None]]:
    return [(Literal(answer.truth),)] if answer.kind is Kind.TRUTH else answer.rows


#: Format of rows and truths → what writes it.
WRITERS: dict[str, Callable[[Answer], bytes]] = {
    "csv": write_csv, "json": write_json, "table": write_table, "tsv": write_tsv, "xml": write_xml,
}  # fmt: skip
