"""Separates a repository's third-party imports from its own modules, and lists what must be installed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from checker.core.tree import join
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.python.code.local_modules import Kind, Local, LocalModules
from checker.ecosystems.python.distributions.table import (
    Distribution,
    Status,
    find_distribution,
    find_distributions,
)
from checker.ecosystems.python.import_value import Import, Where, place_of_import
from checker.ecosystems.python.source.stdlib import is_python2_name, is_standard

OWN_CODE = frozenset({Where.PACKAGE, Where.SCRIPT, Where.NOTEBOOK, Where.EXAMPLE})
_ASKED_AT_MOST = 5

#: Names of known packages that repositories give to folders of their own.
_FOLDER_NAMES = frozenset({"agents", "dataset", "datasets", "evaluate"})


class ThirdPartyModule(Value):
    """A module that the repository imports and does not contain.

    `distributions` are the table's entries for it (none where the table does not know it). `required` holds
    where the repository's own code imports it without a guard; `lazy` where that happens only inside
    functions or behind conditions; `python2` where only Python 2 had it.
    """

    module: str
    imports: tuple[Import, ...]
    distributions: tuple[Distribution, ...] = ()
    required: bool = True
    lazy: bool = False
    python2: bool = False

    @property
    def installable(self) -> bool:
        """Whether the index has it for a machine without CUDA."""
        return any(entry.installable for entry in self.distributions)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The first places that import it."""
        return tuple(place_of_import(item) for item in self.imports[:_ASKED_AT_MOST])


def find_third_party_modules(
    imports: Iterable[Import], local: LocalModules, python: str = "3.8", places: frozenset[Where] = OWN_CODE
) -> tuple[ThirdPartyModule, ...]:
    """Return the third-party modules that the imports name, in order of first appearance.

    Only unguarded imports in `places` make a module required. Where a guard gives two modules of which
    neither is present, the one that the index has is required, the first one where it has both.
    """
    items = [item for item in imports if not item.level and item.full]
    outside = _group_outside(items, local, python)
    found: list[ThirdPartyModule] = []
    for module, uses in outside.items():
        firm = [item for item in uses if item.where in places and _is_firm(item, local, python)]
        found.append(
            ThirdPartyModule(
                module=module,
                imports=tuple(firm or uses),
                distributions=find_distributions(firm or uses).get(module, ()),
                required=bool(firm),
                lazy=bool(firm) and all(item.lazy for item in firm),
                python2=is_python2_name(module) and find_distribution(module) is None,
            )
        )
    return tuple(found)


def _group_outside(items: list[Import], local: LocalModules, python: str) -> Mapping[str, list[Import]]:
    served = find_mostly_served(items, local)
    outside: dict[str, list[Import]] = {}
    for item in items:
        if not is_standard(item.full, python) and is_outside(item, local, item.module in served):
            outside.setdefault(item.module, []).append(item)
    return outside


def find_mostly_served(imports: Iterable[Import], local: LocalModules) -> frozenset[str]:
    """Return the top-level names of which the tree holds more modules than it lacks.

    A folder with a few files of a known package is meant to be laid over the real one. Under a name that
    repositories give to folders of their own one module is enough, unless the package itself is imported.
    """
    here: dict[str, set[str]] = {}
    lacking: dict[str, set[str]] = {}
    whole: set[str] = set()
    for item in imports:
        place = local.locate(item) if item.module else None
        if place is not None and place.kind is Kind.NAMESPACE and item.full == item.module:
            whole.add(item.module)
        if place is not None and place.found and place.kind is not Kind.NAMESPACE:
            here.setdefault(item.module, set()).add(item.full)
        elif place is not None and place.kind is Kind.ABSENT:
            lacking.setdefault(item.module, set()).add(item.full)
    own = {name for name in here if name in _FOLDER_NAMES and name not in whole}
    return frozenset(own.union(name for name, found in here.items() if len(found) > len(lacking.get(name, ()))))


def is_outside(item: Import, local: LocalModules, served_elsewhere: bool = False) -> bool:
    """Say whether an import asks for other people's code.

    A folder without `__init__.py`, a module out of reach, or one that differs in case gives way to a
    distribution of that name that the table knows; so does an incomplete local package, unless other imports
    are served from it (`served_elsewhere`).
    """
    found = local.locate(item)
    if found is None:
        return True
    if found.found and found.kind is not Kind.NAMESPACE:
        return False
    if _is_shadowed(found, item, local):
        return False
    entry = find_distribution(item.module, item.full)
    known = entry is not None and entry.status not in {Status.PRIVATE, Status.HOST, Status.NEVER}
    if found.kind in {Kind.ABSENT, Kind.NAMESPACE}:
        return known and not served_elsewhere
    return known


def _is_shadowed(found: Local, item: Import, local: LocalModules) -> bool:
    """Whether a file beside the importer shadows a package, which could not be reached if it was installed.

    `from instructor.real import x` beside `instructor.py` lacks a module of its own repository. Within a package
    the file has a longer name.
    """
    folder = posixpath.dirname(item.path) or "."
    is_file = found.kind is Kind.ABSENT and found.path.endswith(".py") and found.path != item.path
    return is_file and found.root == folder and join(folder, "__init__.py") not in local.tree


def _is_firm(item: Import, local: LocalModules, python: str) -> bool:
    if not item.optional:
        return True
    if item.reason not in {"alternative", "fallback"} or not item.instead:
        return False
    others = item.instead
    if any(is_standard(name, python) or local.find(name, item.path) is not None for name in others):
        return False
    if any(is_python2_name(name) for name in (item.module,)):
        return False
    mine = find_distribution(item.module, item.full)
    theirs = [find_distribution(name.partition(".")[0], name) for name in others]
    i_can = mine is not None and mine.installable
    they_can = any(entry is not None and entry.installable for entry in theirs)
    return i_can and (not they_can or item.reason == "alternative")
