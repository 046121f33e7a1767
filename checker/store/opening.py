"""Opening the SQLite file: made, refused or migrated; and its errors told in one line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from checker.core.errors import StorageFailure, UsageError
from checker.store.migrations import MIGRATIONS, Migrations
from checker.store.tables import APPLICATION_ID, SCHEMA, STORE_VERSION, VIEWS

#: How long a reader or the writer waits for a lock: longer than any transaction of ours.
BUSY_MILLISECONDS = 30_000


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says about a file into a StorageFailure of one line."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StorageFailure(f"{path}: {reason}") from error
    except (OSError, sqlite3.Error) as error:
        raise StorageFailure(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def open_engine(path: Path) -> Engine:
    """Bring the file up to date and return an engine for it (errors: see `Store.open`)."""
    with explain_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        found = read_version(path)
    if found is not None:
        migrate(path, found, STORE_VERSION, MIGRATIONS)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_MILLISECONDS / 1000})
    event.listen(engine, "connect", _set_up_connection)
    with explain_errors(path):
        if found is None:
            _create(path)
        _refresh_views(engine)
    return engine


def _set_up_connection(connection: sqlite3.Connection, _: object) -> None:
    for pragma in ("foreign_keys = on", f"busy_timeout = {BUSY_MILLISECONDS}", "synchronous = normal"):
        connection.execute(f"pragma {pragma}")


def read_version(path: Path) -> int | None:
    """Return the version of the store in a file, None where there is none yet or its making broke off.

    Raises:
        UsageError: the file holds something else.

    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            application = connection.execute("pragma application_id").fetchone()[0]
            version = connection.execute("pragma user_version").fetchone()[0]
            tables = connection.execute("select count(*) from sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise UsageError(f"{path}: not a store of this checker ({error})") from error
    if application != APPLICATION_ID:
        if tables == 0:
            return None
        raise UsageError(f"{path}: a database of another program; choose another file")
    return int(version) or None


def migrate(path: Path, found: int, wanted: int, migrations: Migrations) -> Path | None:
    """Bring an older store to the wanted version; return the copy that was kept of it, None if none was needed.

    Raises:
        UsageError: the store is newer than wanted, or no migration leads on from it; it is left untouched.

    """
    if found == wanted:
        return None
    if found > wanted:
        raise UsageError(
            f"{path}: written by a newer checker (store version {found}, this one knows {wanted});"
            " update the checker"
        )
    unknown = next((version for version in range(found, wanted) if version not in migrations), None)
    if unknown is not None:
        raise UsageError(f"{path}: store version {found} cannot be brought to {wanted}; choose another file")
    with (
        explain_errors(path),
        closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000)) as connection,
    ):
        connection.execute("begin immediate")  # from here on nobody else writes, and nobody else migrates
        if connection.execute("pragma user_version").fetchone()[0] != found:
            return None
        copy = _copy(path, path.with_name(f"{path.name}.version-{found}"))
        for version in range(found, wanted):
            for statement in migrations[version]:
                connection.execute(statement)
        connection.execute(f"pragma user_version = {wanted}")
        connection.execute("commit")
    return copy


def _copy(path: Path, copy: Path) -> Path:
    """Keep the store as it stands under another name: all of it or nothing."""
    part = copy.with_name(f"{copy.name}.part")
    try:
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)
    return copy


def _create(path: Path) -> None:
    """Make the tables of a new store; its version is written last, so that a making that broke off is repeated."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_MILLISECONDS / 1000)) as connection:
        connection.executescript(
            f"pragma journal_mode = wal; pragma application_id = {APPLICATION_ID};"
            f"begin immediate; {SCHEMA} pragma user_version = {STORE_VERSION}; commit;"
        )


def _refresh_views(engine: Engine) -> None:
    """Make the views anew where their text has changed; a store that may only be read keeps those it has."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("select name, sql from sqlite_master where type = 'view'")
        found = {row.name: row.sql for row in rows}
        wanted = {name: f"CREATE VIEW {name} as {body}" for name, body in VIEWS.items()}
        if found == wanted:
            return
        try:
            connection.exec_driver_sql("begin immediate")
            for name, text in wanted.items():
                if found.get(name) != text:
                    connection.exec_driver_sql(f"drop view if exists {name}")
                    connection.exec_driver_sql(text)
            connection.commit()
        except OperationalError as error:
            if "readonly" not in str(error.orig):
                raise
