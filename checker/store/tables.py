"""The tables and views of the store, as `schema.sql` and `views.sql` beside this module define them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from importlib.resources import files

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, Table, Text, text

#: Version of the tables, kept in SQLite's `user_version`; one more whenever they change.
STORE_VERSION = 3

#: Marks the file as ours (`REPR`), so that no other program's database is ever written to.
APPLICATION_ID = 0x52455052

#: How a column of a type is read and written.
_TYPES = {"BLOB": LargeBinary, "BOOLEAN": Boolean, "FLOAT": Float, "INTEGER": Integer, "TEXT": Text}


def read_resource(name: str) -> str:
    """Return the text of a file beside this module."""
    return files("checker.store").joinpath(name).read_text(encoding="utf-8")


def _read_tables(schema: str) -> MetaData:
    """Return the tables that a schema makes: an empty database in memory is asked for their columns."""
    metadata = MetaData()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema)
        for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            keys = connection.execute("select * from pragma_foreign_key_list(?)", (name,)).fetchall()
            owners = {column: ForeignKey(f"{table}.id") for _, _, table, column, *_ in keys}
            columns = connection.execute("select name, type, pk from pragma_table_info(?)", (name,))
            Table(
                name,
                metadata,
                *(
                    Column(column, _TYPES[kind], *filter(None, [owners.get(column)]), primary_key=bool(key))
                    for column, kind, key in columns
                ),
            )
    return metadata


#: Statements that make all tables and indexes of a new store.
SCHEMA = read_resource("schema.sql")

#: The common questions: name of a view → its query.
VIEWS = dict(re.findall(r"^create view (\w+) as\n(.*?);$", read_resource("views.sql"), re.MULTILINE | re.DOTALL))

#: What is asked of the tables, by name.
QUERIES = {
    name: text(query)
    for name, query in re.findall(
        r"^-- (\w+): [^\n]*\n((?:(?!^-- \w+: ).)*?);$", read_resource("queries.sql"), re.MULTILINE | re.DOTALL
    )
}

metadata = _read_tables(SCHEMA)

attempts = metadata.tables["attempts"]
changes = metadata.tables["changes"]
check_values = metadata.tables["check_values"]
checks = metadata.tables["checks"]
links = metadata.tables["links"]
missing = metadata.tables["missing"]
papers = metadata.tables["papers"]
repairs = metadata.tables["repairs"]
repositories = metadata.tables["repositories"]
run_checks = metadata.tables["run_checks"]
run_papers = metadata.tables["run_papers"]
rungs = metadata.tables["rungs"]
runs = metadata.tables["runs"]
steps = metadata.tables["steps"]
