"""What of the store is in the graph already: a small SQLite file beside it, and the difference between the two.

Everything that the graph holds has a row here: its kind, its key in the store, and a print of what was read. Rows
of the store whose print is not here are news; rows here that the store has no longer are gone (a check that could
not tell is replaced within its run, and SQLite gives its number to the next one).
"""

# ruff: noqa: S608 - statements are put together from constants of this module alone

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from checker.core.data_files import read_text
from checker.core.values.results import Check, StepStatus
from checker.reports.linked_data.graph.checks import find_python_version, find_undeclared_packages

#: Kinds of what the graph holds; a view `held_KIND` of held.sql tells what the store holds of each.
KINDS = ("run", "paper", "check", "member", "latest", "differs")


class Known(NamedTuple):
    """A row of the ledger: `object` is set where what it stands for is one triple, and not a thing."""

    kind: str
    key: str
    print: str
    subject: str
    object: str | None = None


class News(NamedTuple):
    """Something of the store that the graph does not hold: key and print, and the other columns of its query."""

    key: str
    print: str
    columns: tuple[object, ...]


def open_ledger(path: Path, store: Path) -> sqlite3.Connection:
    """Open the ledger with the store attached, for reading, as `results`; all reads see one state of the store."""
    connection = sqlite3.connect(path, isolation_level=None, uri=True, timeout=30)
    connection.create_function("print_of", 1, _print_of, deterministic=True)
    connection.executescript(read_text("checker.reports.linked_data.graph", "ledger.sql"))
    connection.execute("attach database ? as results", (f"{store.absolute().as_uri()}?mode=ro",))
    connection.executescript(read_text("checker.reports.linked_data.graph", "held.sql"))
    return connection


def _print_of(value: str) -> str:
    return blake2b(value.encode("utf-8", "replace"), digest_size=12).hexdigest()


def find_gone(connection: sqlite3.Connection, kind: str) -> list[Known]:
    """Return what the graph holds of a kind and the store does not, or not any longer like that.

    Reads what the store holds of the kind now, for `news` as well.
    """
    connection.execute(f"drop table if exists temp.now_{kind}")
    connection.execute(f"create temp table now_{kind} as select cast(key as text) as id, * from held_{kind}")
    connection.execute(f"create unique index temp.by_id_{kind} on now_{kind} (id)")
    found = connection.execute(
        f"""select known.kind, known.key, known.print, known.subject, known.object from known
            left join now_{kind} now on now.id = known.key and now.print = known.print
            where known.kind = ? and now.id is null""",
        (kind,),
    )
    return [Known(*row) for row in found]


def find_news(connection: sqlite3.Connection, kind: str) -> Iterator[News]:
    """Return what the store holds of a kind and the graph does not; `gone` comes first, and is forgotten."""
    found = connection.execute(
        f"""select now.* from now_{kind} now left join known on known.kind = ? and known.key = now.id
            where known.key is null order by now.rowid""",
        (kind,),
    )
    for row in found.fetchall():
        yield News(row[0], row[2], tuple(row[3:]))


def remember(connection: sqlite3.Connection, rows: Iterable[Known]) -> None:
    """Write down what the graph holds now."""
    connection.executemany("insert or replace into known values (?, ?, ?, ?, ?)", rows)


def forget(connection: sqlite3.Connection, rows: Iterable[Known]) -> None:
    """Strike what the graph no longer holds."""
    listed = list(rows)
    connection.executemany("delete from known where kind = ? and key = ?", [(row.kind, row.key) for row in listed])
    checks = [(row.key,) for row in listed if row.kind == "check"]
    connection.executemany("delete from check_facts where check_id = ?", checks)


def remember_facts(connection: sqlite3.Connection, check_id: int, check: Check) -> None:
    """Keep of a check what tallies count and no column of the store holds."""
    limits = {
        result.cause.name
        for attempt in check.attempts
        for result in attempt.results
        if result.status is StepStatus.LIMIT and result.cause is not None
    }
    connection.execute(
        "insert or replace into check_facts values (?, ?, ?, ?, ?)",
        (
            check_id,
            check.languages[0][0] if check.languages else None,
            find_python_version(check) if check.ecosystem == "python" else None,
            json.dumps(find_undeclared_packages(check)),
            json.dumps(sorted(limits)),
        ),
    )
