"""Finds pixi's manifest and the tables of its features. Source: the Pixi documentation, "Pixi manifest"."""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.tree import Tree, join
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml

#: Targets whose tables hold for our images, beside those that hold everywhere.
_TARGETS = ("unix", "linux", "linux-64")

#: What the name of a group begins with that is a feature of pixi's.
FEATURE = "feature "


def find_manifest(tree: Tree, folder: str) -> tuple[str, Table] | None:
    """Return the path and the tables of the manifest in a folder."""
    for name, keys in (("pixi.toml", ()), ("pyproject.toml", ("tool", "pixi"))):
        path = join(folder, name)
        data = read_toml(tree.read(path)) if path in tree else {}
        table = {} if isinstance(data, str) else get_table(data, *keys)
        if table:
            return path, table
    return None


def list_features(manifest: Table, environment: str) -> tuple[str, ...]:
    """Return the features of an environment; the default one of its own, which most have, is not named."""
    said = get_table(manifest, "environments").get(environment)
    return tuple(list_strings(said.get("features") if isinstance(said, dict) else said))


def list_tables(manifest: Table, feature: str, key: str) -> list[Table]:
    """Return the tables of a feature ('' for the default one): for every platform, then for ours."""
    base = get_table(manifest, "feature", feature) if feature else manifest
    return [get_table(base, key), *(get_table(base, "target", target, key) for target in _TARGETS)]


def read_activation(manifest: Table, features: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return what activating features sets ('' for the default one), for every platform, then for ours."""
    tables = [get_table(table, "env") for name in features for table in list_tables(manifest, name, "activation")]
    return tuple((name, value) for table in tables for name, value in table.items() if isinstance(value, str))
