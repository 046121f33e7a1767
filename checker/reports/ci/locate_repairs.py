"""Finds the line of the author's file that a repair is about: each change by itself, apart from its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.core.tree import Tree
from checker.core.values.edits import (
    AddRequirement,
    AllowSources,
    BaseEdit,
    BuildWith,
    ChangeRequirement,
    Constrain,
    DropRequirement,
    HoldDistribution,
    LeaveToResolver,
    Override,
    ReleaseDistribution,
    SetAside,
    WheelsOnly,
    describe,
)
from checker.core.values.plans import Repair
from checker.ecosystems.python.distributions.table import normalise
from checker.ecosystems.python.survey import survey
from checker.reports.ci.locate_lines import (
    Place,
    find_line_in_file,
    find_requirement_lines,
    list_stated_lines,
    locate_evidence,
)


def locate_repair(repair: Repair, python: str, tree: Tree) -> tuple[tuple[str, Place | None], ...]:
    """Return what a repair changed, in words, each change with its place; None where there is no such line.

    A change is placed at the requirement that it is about, else where the code imports that package, else at the
    evidence of the repair, if that is about no other package.
    """
    found: list[tuple[BaseEdit, Place | None]] = []
    for edit in repair.edits:
        names = _list_names(edit)
        found.append((edit, _locate_package(names, python, tree) if names else None))
    rest = [edit for edit, place in found if place is None]
    placed = [(describe([edit]), place) for edit, place in found if place is not None]
    if placed and not rest:
        return tuple(placed)
    words = describe(rest) if repair.edits else repair.changed
    return (*placed, (words, None if placed else _locate_grounds(repair, tree)))


def _list_names(edit: BaseEdit) -> tuple[str, ...]:
    """Return the distributions that a change is about, in normal form."""
    match edit:
        case AddRequirement() | Constrain() | DropRequirement() | SetAside() | Override():
            names: Sequence[str] = (edit.requirement,)
        case ChangeRequirement():
            names = (edit.before, edit.after)
        case HoldDistribution() | ReleaseDistribution() | WheelsOnly() | AllowSources() | BuildWith():
            names = (edit.name,)
        case LeaveToResolver():
            names = edit.names
        case _:
            names = ()
    return tuple(filter(None, map(normalise, names)))


def _locate_package(names: Sequence[str], python: str, tree: Tree) -> Place | None:
    """Return the line that states one of some distributions, else the first line that imports one."""
    stated = ((normalise(r.name), place) for r, place in list_stated_lines(tree))
    found = next((place for name, place in stated if name in names), None)
    return found or next(_list_imports(names, python, tree), None)


def _list_imports(names: Sequence[str], python: str, tree: Tree) -> Iterator[Place]:
    for module in survey(tree).find_required_modules(python):
        known = {normalise(module.module), *(normalise(entry.name) for entry in module.distributions)}
        if known & set(names):
            places = ((item.path, item.line) for item in module.imports if item.path in tree)
            yield from filter(None, (find_line_in_file(place, tree) for place in places))


def _locate_grounds(repair: Repair, tree: Tree) -> Place | None:
    """Return the place that a repair rests on: a line of the tree, or the one requirement that its words name."""
    for place in locate_evidence(repair.evidence, tree):
        return place
    said = "\n".join(evidence.text for evidence in repair.evidence)
    lines = list(dict.fromkeys(find_requirement_lines(said, tree)))
    return lines[0] if len(lines) == 1 else None
