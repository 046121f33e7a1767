"""Maps imported modules to the distributions that provide them, from the table data/distributions.csv.

The table's columns: `module` (dotted), `distribution`, `specifier` (PEP 440), `status`, `alternative` (what a
machine without CUDA can install instead), `note`. A module's first row is the one to install; rows with the
status `also` say that other distributions bring the same module, so that a declared one counts; those with
`before` name the one that brought it in years when the index did not have the first row's yet. Rows were
written down from the distributions' own documentation and from what research code imports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

from checker.core.data_files import read_csv
from checker.core.values.base import Value
from checker.ecosystems.python.distributions.packages import build_of, load_overlapping_packages
from checker.ecosystems.python.import_value import Import

_ALSO = "also"
_BEFORE = "before"

#: Distributions that hold types alone (PEP 561).
_NO_MODULES = re.compile(r"types-.*|.*-stubs")


class Status(StrEnum):
    """Whether a distribution can be installed.

    `index` plainly; `cuda` only where CUDA or another device is; `off_index` from git, conda or a vendor;
    `private` from nowhere that is known; `host` comes with the program that runs such scripts (`note` names it),
    and is no package; `never` must not be installed for this name; `backport` only where
    the standard library lacks the module.
    """

    INDEX = "index"
    CUDA = "cuda"
    OFF_INDEX = "off_index"
    PRIVATE = "private"
    HOST = "host"
    NEVER = "never"
    BACKPORT = "backport"


class Distribution(Value):
    """What to install for a module. `name` is '' where nothing is; `alternative` is a PEP 508 line."""

    module: str
    name: str
    specifier: str = ""
    status: Status = Status.INDEX
    alternative: str = ""
    note: str = ""

    @property
    def installable(self) -> bool:
        """Whether the index has it for a machine without CUDA."""
        return bool(self.name) and self.status in {Status.INDEX, Status.BACKPORT}

    @property
    def requirement(self) -> str:
        """The PEP 508 line to ask a resolver for."""
        return f"{self.name}{self.specifier}"


def normalise(name: str) -> str:
    """Return the normal form of a distribution's name (PEP 503), extras and versions cut off."""
    bare = re.split(r"[\s\[<>=!~;@(]", name.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", bare).lower()


@cache
def _load_rows() -> tuple[Mapping[str, str], ...]:
    return read_csv(__package__, "distributions.csv")


@cache
def _map_first_rows() -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for row in _load_rows():
        if row["status"] in {_ALSO, _BEFORE}:
            continue
        entry = Distribution(
            module=row["module"],
            name=row["distribution"],
            specifier=row["specifier"],
            status=Status(row["status"] or "index"),
            alternative=row["alternative"],
            note=row["note"],
        )
        found.setdefault(entry.module, entry)
    return found


@cache
def _map_modules() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in _load_rows():
        if row["distribution"] and row["status"] != Status.NEVER.value:
            found.setdefault(normalise(row["distribution"]), []).append(row["module"])
    return {name: tuple(modules) for name, modules in found.items()}


#: Parts of a dotted name that are looked up: the table knows none of more than three.
MOST_PARTS = 8


def find_distribution(module: str, full: str = "") -> Distribution | None:
    """Return the table's entry for a module, by the longest part of its dotted name that the table knows."""
    parts = (full or module).split(".", MOST_PARTS)[:MOST_PARTS]
    table = _map_first_rows()
    for length in range(len(parts), 0, -1):
        entry = table.get(".".join(parts[:length]))
        if entry is not None:
            return entry
    return None


def find_forerunners(module: str) -> tuple[str, ...]:
    """Return the requirement lines that brought a module of the table when what it names now did not exist yet."""
    rows = (row for row in _load_rows() if row["module"] == module and row["status"] == _BEFORE)
    return tuple(row["distribution"] + row["specifier"] for row in rows)


def find_distributions(imports: Iterable[Import]) -> dict[str, tuple[Distribution, ...]]:
    """Return for each top-level module the entries that its imports need, without duplicates.

    Where an import names a submodule that has an entry of its own, that entry is given and the plain one of
    the module only if some other import wants that.
    """
    found: dict[str, dict[str, Distribution]] = {}
    for item in imports:
        names = [f"{item.full}.{name}" for name in item.names] or [item.full]
        for full in names:
            entry = find_distribution(item.module, full)
            if entry is not None:
                found.setdefault(item.module, {}).setdefault(entry.module, entry)
    for module, entries in found.items():
        if any(entry.specifier for entry in entries.values()) and module in entries and len(entries) > 1:
            del entries[module]
    return {module: tuple(entries.values()) for module, entries in found.items()}


def provides(distribution: str) -> tuple[str, ...]:
    """Return the modules that a distribution provides, as far as the table knows, else its name as a module.

    The name may be a whole requirement line; extras and versions are ignored.
    """
    name = normalise(distribution)
    if _NO_MODULES.fullmatch(name):
        return ()
    package = build_of(name)
    modules = dict.fromkeys((*_map_modules().get(name, ()), *(package.modules if package else ())))
    return tuple(modules) or _guess_modules(name)


def may_bring(distributions: Iterable[str], module: str) -> bool:
    """Say whether the name of one of the requirement lines goes on where the module's ends: it may bring that.

    `chronos-forecasting` brings `chronos`: not certain enough to install it for that, too likely to call the
    module missing.
    """
    return any(normalise(line).startswith(f"{normalise(module)}-") for line in distributions)


def is_known_to_bring(distribution: str, module: str) -> bool:
    """Say whether the table knows that a distribution brings a top-level module; a name alone is not enough."""
    name = normalise(distribution)
    package = build_of(name)
    return module in _map_modules().get(name, ()) or (package is not None and module in package.modules)


def has_twin(distribution: str, others: Iterable[str]) -> bool:
    """Whether one of the requirement lines `others` is another distribution of the same module."""
    name = normalise(distribution)
    twins = next((group for group in load_overlapping_packages() if name in group), ())
    return any(normalise(other) in twins and normalise(other) != name for other in others)


def remove_twins(lines: Sequence[str]) -> tuple[str, ...]:
    """Keep the fullest of the requirement lines that are distributions of one module."""
    ranks = {name: rank for group in load_overlapping_packages() for rank, name in enumerate(group)}

    def is_less(line: str) -> bool:
        fuller = (other for other in lines if ranks.get(normalise(other), 0) < ranks.get(normalise(line), 0))
        return has_twin(line, fuller)

    return tuple(line for line in lines if not is_less(line))


def _guess_modules(name: str) -> tuple[str, ...]:
    """Guess the modules of an unknown distribution: its name, with and without `python`."""
    bare = re.sub(r"^(python|py)-|-(python|py)\d?$", "", name)
    short = name.removeprefix("py")
    return tuple(dict.fromkeys(part.replace("-", "_") for part in (name, bare, short) if part))


@cache
def list_known_names() -> frozenset[str]:
    """Return all module and distribution names of the table, in normal form."""
    return frozenset(normalise(name) for name in (*_map_first_rows(), *_map_modules()))


def covers(distributions: Iterable[str], item: Import) -> bool:
    """Say whether one of the declared distributions provides what is imported."""
    wanted = item.full or item.module
    for distribution in distributions:
        for module in provides(distribution):
            same_top = module in {item.module, wanted} or wanted.startswith(f"{module}.")
            if same_top or module.lower() == item.module.lower():
                return True
            if module.startswith(f"{wanted}.") and any(f"{wanted}.{name}" == module for name in item.names):
                return True
    return False
