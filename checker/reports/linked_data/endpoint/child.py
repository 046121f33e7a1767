"""The process in which queries run: it reads one graph, has no network, and is killed when its time is over.

Protocol on standard input and output: `READY` out; a pickled (query, rows, bytes, seconds) in, a pickled answer or
error out, again and again until the input ends. Both sides are this program; nothing from outside is ever
unpickled.
"""

from __future__ import annotations

import pickle
import re
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, TypeVar

from pyoxigraph import QueryBoolean, QuerySolutions, Store, Triple

from checker.core.confine import leave_network, limit_memory
from checker.reports.linked_data.endpoint.answers import Answer, Kind, Term
from checker.reports.linked_data.graph.names import PREFIXES

#: Bytes of address space at most.
MEMORY = 2 * 1024**3

#: Bytes that a cell takes beside its text and its name, where it is written or held.
CELL = 32

#: Characters of a query that are shown where it has a mistake.
SHOWN = 40

_PLACE = re.compile(r"error at (\d+):(\d+)")

#: What is said when the graph is open: the time of the first query begins here.
READY = "ready"


def main(folder: str) -> None:
    """Answer queries over the graph in a folder."""
    leave_network()
    limit_memory(MEMORY)
    graph = Store.read_only(folder)
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    _send(outward, READY)
    while True:
        try:
            query, rows, size, seconds = pickle.load(inward)  # noqa: S301 - written by our own parent
        except EOFError:
            return
        _limit_time(seconds)
        _send(outward, answer(graph, query, rows, size))


Cells = TypeVar("Cells", tuple[Term | None, ...], Triple)


class _TooLarge(Exception):
    """The answer has more bytes than the limit."""


def answer(graph: Store, query: str, most: int, size: int) -> Answer | tuple[str, str]:
    """Run one query; return its answer with at most `most` rows or triples, or (kind of error, message).

    An answer of more than `size` bytes is given up while it comes.
    """
    began, worked = time.perf_counter(), time.process_time()
    try:
        found = graph.query(query, prefixes=dict(PREFIXES))
        if isinstance(found, QueryBoolean):
            made = Answer(Kind.TRUTH, truth=bool(found))
        elif isinstance(found, QuerySolutions):
            columns = tuple(variable.value for variable in found.variables)
            rows = tuple(_within(size, map(tuple, islice(found, most + 1)), sum(map(len, columns))))
            made = Answer(Kind.ROWS, columns=columns, rows=rows[:most], cut=len(rows) > most)
        else:
            triples: tuple[Triple, ...] = tuple(_within(size, islice(found, most + 1)))
            made = Answer(Kind.TRIPLES, triples=triples[:most], cut=len(triples) > most)
    except SyntaxError as error:
        return "syntax", explain_syntax_error(str(error), query)
    except _TooLarge:
        return (
            "size",
            f"the answer is larger than {size / 1024**2:,.0f} MiB; ask for fewer rows, or for less in each",
        )
    except MemoryError:
        return "memory", "more memory would be needed than a query may use"
    except (OSError, RuntimeError, ValueError) as error:
        return "engine", str(error)
    return made._replace(seconds=time.perf_counter() - began, cpu_seconds=time.process_time() - worked)


def _within(size: int, rows: Iterable[Cells], names: int = 0) -> Iterator[Cells]:
    """Give rows on while their texts, with `names` characters of column names each, stay within `size` bytes.

    Raises:
        _TooLarge: they do not.

    """
    for row in rows:
        size -= names + sum(
            CELL + (0 if term is None else len(str(term).encode("utf-8", "replace"))) for term in row
        )
        if size < 0:
            raise _TooLarge
        yield row


def _limit_time(seconds: float) -> None:
    """Let the kernel end the process when the parent is no longer there to do it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds * 4) + 2
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _send(outward: BinaryIO, found: object) -> None:
    pickle.dump(found, outward)
    outward.flush()


def explain_syntax_error(said: str, query: str) -> str:
    """Return the place of a mistake with the text there: the engine lists every character it expected."""
    place = _PLACE.match(said)
    if place is None:
        return said
    line, column = int(place[1]), int(place[2])
    lines = query.splitlines()
    rest = lines[line - 1][column - 1 :][:SHOWN].strip() if line <= len(lines) else ""
    at = f"error at {line}:{column}" + (f", near {rest!r}" if rest else ", at the end")
    why = " (a prefix that is not declared?)" if "Prefix not found" in said else ""
    return f"{at}: not SPARQL{why}"


if __name__ == "__main__":
    main(sys.argv[1])
