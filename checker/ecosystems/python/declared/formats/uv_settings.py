"""Reads a repository's settings for uv: a plan hands over what concerns packages, and our uv reads none itself.

Source: docs.astral.sh/uv, "Settings" and "Configuration files". The version of uv that developers agree on
(`required-version`), caches, interpreters and the like concern them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml

#: Keys with one address or several; `index` holds tables with `url`.
_INDEX_KEYS = ("index-url", "default-index", "extra-index-url")


class UvSettings(Value):
    """What uv would apply to an installation here.

    `exclude_newer` is the day after which releases do not count (None: no such day, or one relative to today);
    `constraints` and `overrides` are requirement lines; `no_build_isolation` names distributions.
    """

    indexes: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    exclude_newer: datetime | None = None
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    no_build_isolation: tuple[str, ...] = ()
    prereleases: bool = False


@once_per_tree
def read_uv_settings(tree: Tree, project: str = ".") -> UvSettings:
    """Return the settings of a project's folder, then of the root, which is that of a workspace."""
    tables = [table for folder in dict.fromkeys((project, ".")) for table in _find_tables(tree, folder)]
    dates = (_read_date(table.get("exclude-newer")) for table in tables)
    return UvSettings(
        indexes=tuple(dict.fromkeys(url for table in tables for url in _list_addresses(table))),
        find_links=tuple(link for table in tables for link in list_strings(table.get("find-links"))),
        exclude_newer=next((date for date in dates if date is not None), None),
        constraints=_list_lines(tables, "constraint-dependencies"),
        overrides=_list_lines(tables, "override-dependencies"),
        no_build_isolation=tuple(
            name for table in tables for name in list_strings(table.get("no-build-isolation-package"))
        ),
        prereleases=any(table.get("prerelease") == "allow" for table in tables),
    )


def _find_tables(tree: Tree, folder: str) -> Iterator[Table]:
    """Yield the settings that lie in a folder, with those for `uv pip` alone; `uv.toml` goes before the other."""
    for name, keys in (("uv.toml", ()), ("pyproject.toml", ("tool", "uv"))):
        data = read_toml(tree.read(join(folder, name)))
        table = {} if isinstance(data, str) else get_table(data, *keys)
        if table:
            yield table
            yield get_table(table, "pip")


def _list_addresses(section: Table) -> Iterator[str]:
    for key in _INDEX_KEYS:
        yield from list_strings(section.get(key))
    listed = section.get("index")
    for entry in listed if isinstance(listed, list) else ():
        url = get_table(entry).get("url")
        if isinstance(url, str):
            yield url


def _list_lines(tables: list[Table], key: str) -> tuple[str, ...]:
    return tuple(
        str(parsed)
        for table in tables
        for line in list_strings(table.get(key))
        if (parsed := parse(line)) is not None
    )


def _read_date(value: object) -> datetime | None:
    """Read a day or a moment; a span of time (`1 week`) means nearly today and is left out."""
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
