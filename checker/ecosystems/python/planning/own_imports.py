"""Finds which of its own modules a repository's programs import: `from models.backbone import Net` in `main.py`.

An installation's top-level modules alone say nothing about what was never committed below them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from checker.core.tree import join
from checker.core.values.base import Value
from checker.ecosystems.python.code.local_modules import Kind, Local, LocalModules
from checker.ecosystems.python.code.pythonpath import NAME as PYTHONPATH
from checker.ecosystems.python.code.third_party import find_mostly_served, is_outside
from checker.ecosystems.python.entry_points.entry_point import EntryPoint
from checker.ecosystems.python.import_value import Import, Where
from checker.ecosystems.python.source.stdlib import is_standard

#: Modules that are imported for the programs at most, and files that are followed to find them.
MOST_MODULES = 40
MOST_FILES = 400

_THERE = frozenset({Kind.FILE, Kind.PACKAGE})
_MADE_HERE = _THERE | {Kind.BUILT}


class OwnImport(Value):
    """A module of the repository, the names that a program takes from it, and the folders it is found from."""

    module: str
    names: tuple[str, ...] = ()
    path: tuple[str, ...] = ()


def find_own_imports(
    entries: Sequence[EntryPoint], imports: Iterable[Import], local: LocalModules, python: str
) -> tuple[OwnImport, ...]:
    """Return what programs import of their own repository at once, and what they and it lack, also later on."""
    of_file: dict[str, list[Import]] = {}
    everything = [item for item in imports if not item.optional and item.where is not Where.VENDORED]
    for item in everything:
        of_file.setdefault(item.path, []).append(item)
    served = find_mostly_served(everything, local)
    found: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for entry in entries:
        for item, place in _follow(entry.script, of_file, local):
            lacking = place.kind is Kind.ABSENT and (item.level > 0 or _is_own(item, local, served, python))
            direct = item.path == entry.script and not item.lazy and place.kind in _MADE_HERE
            module, root = _name_module(item, local) if item.level else (item.full, place.root)
            if module and (lacking or direct):
                folders = _list_folders(entry, root)
                found.setdefault((module, folders), {}).update(dict.fromkeys(item.names))
    made = (OwnImport(module=module, names=tuple(names), path=path) for (module, path), names in found.items())
    return tuple(made)[:MOST_MODULES]


def _follow(script: str, of_file: dict[str, list[Import]], local: LocalModules) -> Iterator[tuple[Import, Local]]:
    """Yield the imports that the tree provides, at least in part, of a script and of what it imports."""
    waiting, known = [script], {script}
    while waiting and len(known) < MOST_FILES:
        for item in of_file.get(waiting.pop(), ()):
            place = local.locate(item)
            if place is None:
                continue
            yield item, place
            if place.kind in _THERE and place.path not in known:
                known.add(place.path)
                waiting.append(place.path)


def _is_own(item: Import, local: LocalModules, served: frozenset[str], python: str) -> bool:
    return not is_standard(item.full, python) and not is_outside(item, local, item.module in served)


def _name_module(item: Import, local: LocalModules) -> tuple[str, str]:
    """Return what a relative import means, dotted, and the folder that its packages stand in: `.net` → lab.net."""
    parents = PurePosixPath(item.path).parents
    if item.level > len(parents):
        return "", "."
    base = parents[item.level - 1]
    package: list[str] = []
    root = base
    while f"{root}/__init__.py" in local.tree:
        package.insert(0, root.name)
        root = root.parent
    if not package:
        package, root = list(base.parts), PurePosixPath(".")
    return ".".join([*package, *item.full.split(".")]).strip("."), str(root)


def _list_folders(entry: EntryPoint, root: str) -> tuple[str, ...]:
    """Return the folders on the path of a program: its script's, what is set for it, and where the tree has it."""
    stated = dict(entry.env).get(PYTHONPATH, "")
    given = [join(entry.cwd, folder) for folder in stated.split(":") if folder and not folder.startswith("/")]
    is_module = "-m" in (entry.start or entry.answer or ())[:2]
    own = entry.cwd if is_module else str(PurePosixPath(entry.script).parent)
    return tuple(dict.fromkeys((own, *given, root)))
