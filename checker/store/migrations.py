"""What leads from each version of the store's tables to the next; a row stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping

from checker.store.tables import STORE_VERSION, read_resource

Migrations = Mapping[int, tuple[str, ...]]

#: Statements by the version that they lead on from, as `migration_VERSION.sql` has them.
MIGRATIONS: Migrations = {
    version: tuple(filter(str.strip, read_resource(f"migration_{version}.sql").split(";")))
    for version in range(1, STORE_VERSION)
}
