"""`checker query`: SPARQL over everything that is stored."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import RdfFormat

from checker.cli.common import DEFAULT_RESULTS, Results, complain
from checker.cli.stores import STORE_NAME
from checker.core.errors import UsageError
from checker.core.text import join_lines
from checker.reports.linked_data.endpoint.answers import WRITERS, Answer, Kind, write_rdf
from checker.reports.linked_data.endpoint.bundled_queries import QUERIES, read_question
from checker.reports.linked_data.endpoint.query import Asker, Limits
from checker.reports.linked_data.endpoint.query_guard import LONGEST
from checker.reports.linked_data.graph.graph import Graph

DEFAULTS = Limits()


class ResultFormat(StrEnum):
    """What an answer is written as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"


GRAPH_FORMATS = {ResultFormat.TABLE: RdfFormat.TURTLE, ResultFormat.JSON: RdfFormat.JSON_LD}


def query(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|-|NAME", help="A file with SPARQL, - for standard input, or a shipped query."
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Name the shipped queries, with what they answer.")
    ] = False,
    form: Annotated[
        ResultFormat, typer.Option("--format", help="table (graphs: Turtle), json (graphs: JSON-LD), csv or tsv.")
    ] = ResultFormat.TABLE,
    results: Results = DEFAULT_RESULTS,
    seconds: Annotated[float, typer.Option("--limit-seconds", min=0.1, help="Time limit.")] = DEFAULTS.seconds,
    rows: Annotated[int, typer.Option("--limit-rows", min=1, help="Rows at most.")] = DEFAULTS.rows,
) -> None:
    """Ask the stored results in SPARQL.

    Nothing is changed, and no host is called.
    """
    if listed:
        width = max(map(len, QUERIES))
        typer.echo("\n".join(f"{name:{width}}  {read_question(name)}" for name in QUERIES))
        return
    if what is None:
        raise UsageError(
            "query: a file, - or the name of a shipped query is needed; `checker query --list` names them"
        )
    text = _read(what)
    with Graph(results / STORE_NAME).reading() as folder, Asker(folder) as asker:
        answer = asker.ask(text, Limits(seconds=seconds, rows=rows))
    sys.stdout.buffer.write(_write_answer(answer, form))
    sys.stdout.buffer.flush()
    if answer.cut:
        complain(f"only the first {rows:,} rows; --limit-rows asks for more")


def _read(what: str) -> str:
    """Return the text of a query.

    Raises:
        UsageError: there is no such file or query, or the file is no text.

    """
    if what in QUERIES and not Path(what).is_file():
        return QUERIES[what]
    try:
        data = sys.stdin.buffer.read(LONGEST * 4 + 1) if what == "-" else _read_bytes(Path(what))
        return data.decode("utf-8")
    except (FileNotFoundError, IsADirectoryError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise UsageError(f"{join_lines(what, 200)}: not UTF-8") from None
        near = get_close_matches(what, QUERIES, 1)
        meant = f"; did you mean {near[0]}?" if near else "; `checker query --list` names the shipped ones"
        raise UsageError(f"{join_lines(what, 200)}: neither a file nor a shipped query{meant}") from None
    except OSError as error:
        raise UsageError(f"{join_lines(what, 200)}: cannot be read: {error.strerror}") from None


def _read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST * 4 + 1)


def _write_answer(answer: Answer, form: ResultFormat) -> bytes:
    if answer.kind is not Kind.TRIPLES:
        return WRITERS[form.value](answer)
    if form not in GRAPH_FORMATS:
        raise UsageError(f"--format {form}: the query gives a graph; choose table (Turtle) or json (JSON-LD)")
    return write_rdf(answer, GRAPH_FORMATS[form])
