"""Finds the members of a workspace of uv or Rye, and the sources that its files give for names.

Source: docs.astral.sh/uv, "Using workspaces" and "Dependency sources".
"""

from __future__ import annotations

import posixpath
from collections import ChainMap
from collections.abc import Mapping
from fnmatch import fnmatch

from packaging.utils import canonicalize_name

from checker.core.tree import Tree, join, once_per_tree
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml


def list_members(tree: Tree, folder: str, workspace: Table) -> tuple[str, ...]:
    """Return the folders of the members of a workspace whose root is `folder`; the root itself is not listed."""
    chosen = [posixpath.normpath(join(folder, glob)) for glob in list_strings(workspace.get("members"))]
    excluded = [posixpath.normpath(join(folder, glob)) for glob in list_strings(workspace.get("exclude"))]
    return tuple(
        place
        for path in tree.files
        if posixpath.basename(path) == "pyproject.toml"
        and _matches(place := posixpath.dirname(path), chosen)
        and not _matches(place, excluded)
    )


def list_all_members(tree: Tree, folder: str) -> tuple[str, ...]:
    """Return the folders of all members of the workspace that a folder belongs to."""
    root, workspace = _find_workspace(tree, folder)
    return list_members(tree, root, workspace)


def _matches(folder: str, globs: list[str]) -> bool:
    """Whether a folder is meant by one of several globs, of which a star stays within its folder."""
    return any(
        folder.count("/") == glob.count("/") and fnmatch(folder, glob) for glob in globs if "**" not in glob
    ) or any(fnmatch(folder, glob) for glob in globs if "**" in glob)


def find_member(tree: Tree, folder: str, name: str) -> str | None:
    """Return the folder of a workspace's member by its distribution's name; None where there is no such member."""
    return _map_names(tree, _find_workspace(tree, folder)[0]).get(name)


@once_per_tree
def _map_names(tree: Tree, root: str) -> Mapping[str, str]:
    """Return distribution → folder of the members of a workspace, and of its root."""
    found: dict[str, str] = {}
    for place in (*list_members(tree, root, _find_workspace(tree, root)[1]), root):
        name = get_table(_read_manifest(tree, place), "project").get("name")
        if isinstance(name, str):
            found.setdefault(canonicalize_name(name), place)
    return found


@once_per_tree
def _find_workspace(tree: Tree, folder: str) -> tuple[str, Table]:
    """Return the root of the workspace that a folder belongs to, with its table; the folder itself without one."""
    place = folder
    while True:
        tools = get_table(_read_manifest(tree, place), "tool")
        for manager in ("uv", "rye"):
            if workspace := get_table(tools, manager, "workspace"):
                return place, workspace
        if place in {".", ""}:
            return folder, {}
        place = posixpath.dirname(place) or "."


def find_sources(tree: Tree, folder: str, data: Table) -> Mapping[str, tuple[str, object]]:
    """Return distribution → (folder where its path starts, source): a file's own go before its workspace's."""
    root, workspace = _find_workspace(tree, folder)
    above = _list_sources_of(tree, root) if workspace and root != folder else {}
    return ChainMap(_list_sources(folder, data), above, _list_members_of_rye(tree, root))


def _list_members_of_rye(tree: Tree, root: str) -> dict[str, tuple[str, object]]:
    """Return the members of a workspace of Rye's as sources: their names mean them wherever they stand."""
    if not get_table(_read_manifest(tree, root), "tool", "rye", "workspace"):
        return {}
    return {name: (root, {"workspace": True}) for name, place in _map_names(tree, root).items() if place != root}


@once_per_tree
def _list_sources_of(tree: Tree, folder: str) -> dict[str, tuple[str, object]]:
    return _list_sources(folder, _read_manifest(tree, folder))


def _list_sources(folder: str, data: Table) -> dict[str, tuple[str, object]]:
    named = get_table(data, "tool", "uv", "sources").items()
    return {canonicalize_name(name): (folder, source) for name, source in named}


@once_per_tree
def _read_manifest(tree: Tree, folder: str) -> Table:
    """Return the `pyproject.toml` of a folder; nothing where there is none, or it is no TOML."""
    data = read_toml(tree.read(join(folder, "pyproject.toml")))
    return {} if isinstance(data, str) else data
