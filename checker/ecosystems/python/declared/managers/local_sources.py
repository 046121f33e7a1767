"""Follows requirements to the folders of the tree that they are installed from, and to what these need in turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from packaging.utils import canonicalize_name

from checker.core.tree import Tree
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.declared.managers.groups import is_every
from checker.ecosystems.python.stated import Asked, Problem, Requirement, Specification

#: Kinds of specifications from which a folder itself is installed.
_OF_PROJECTS = frozenset({"pyproject", "poetry", "setup.cfg", "setup.py"})

#: Rounds until nothing more is asked for: each follows one requirement further, and no real tree has more.
_ROUNDS = 20


def find_place(found: Requirement) -> str | None:
    """Return the path inside the tree that a requirement is installed from, whether it was committed or not."""
    if found.problem is not Problem.LOCAL_PATH or found.local is None:
        return None
    outside = found.local.startswith(("/", "~", "..")) or re.match(r"[A-Za-z]:", found.local)
    return None if outside else found.local


def follow_local_sources(
    tree: Tree, folder: str, followed: Sequence[Specification], specs: Iterable[Specification]
) -> tuple[Specification, ...]:
    """Return the specifications that an installation of a folder follows, and of what it installs from the tree.

    Extras and groups that are asked for become what the installation needs. A folder that is installed because a
    requirement names it brings its own requirements, in turn.
    """
    known = tuple(specs)
    kept = {spec.path: spec for spec in followed}
    for _ in range(_ROUNDS):
        asked = list(_list_asked(folder, kept.values()))
        before = dict(kept)
        for place in dict.fromkeys(each.folder for each in asked):
            if place in tree.folders:
                kept.update((spec.path, spec) for spec in _find_of_folder(place, known, kept))
        kept = {path: _include(spec, asked) for path, spec in kept.items()}
        if kept == before:
            break
    return tuple(kept.values())


def _find_of_folder(
    folder: str, known: Sequence[Specification], kept: dict[str, Specification]
) -> Iterable[Specification]:
    """Yield what states the requirements of a folder that is installed, unless that is followed anyway."""
    for spec in known:
        if spec.project == folder and spec.kind in _OF_PROJECTS and spec.path not in kept:
            yield spec


def _list_asked(folder: str, specs: Iterable[Specification]) -> Iterable[Asked]:
    """Yield what requirements ask for of folders in the tree, and what commands ask for of the project.

    A manager that is called in another folder makes an environment of its own there.
    """
    for spec in specs:
        yield from (each for each in spec.asked if each.is_member or each.folder == folder)
        own = canonicalize_name(spec.name) if spec.name else ""
        for found in spec.runtime:
            place, parsed = find_place(found), parse(found.text)
            if place is not None:
                yield Asked(folder=place, extras=_list_extras(found))
            elif parsed is not None and found.problem is Problem.SELF and found.name == own:
                yield Asked(folder=spec.project, extras=tuple(sorted(parsed.extras)))


def _list_extras(found: Requirement) -> tuple[str, ...]:
    """Return the extras of a requirement by path: `./libs/x[plot]` or `x[plot] @ file:libs/x`."""
    written = next((note for note in found.notes if note.startswith("extras [")), found.text)
    inside, closed, _ = written.partition("[")[2].partition("]")
    return tuple(part.strip() for part in inside.split(",") if part.strip()) if closed else ()


def _include(spec: Specification, asked: Sequence[Asked]) -> Specification:
    """Return a specification with the extras and groups that are asked for among what an installation needs."""
    mine = [each for each in asked if each.folder == spec.project]
    if spec.kind == "readme" or not mine:
        return spec
    extras: set[str] = {canonicalize_name(name) for each in mine for name in each.extras}
    groups: set[str] = {canonicalize_name(name) for each in mine for name in each.groups}
    every = any(is_every(each.extras) for each in mine)
    requirements = tuple(
        found.model_copy(update={"group": None}) if _is_asked(found, extras, groups, every=every) else found
        for found in spec.requirements
    )
    without = all(each.without_project for each in mine)
    changed = {"requirements": requirements, "installs_project": spec.installs_project and not without}
    return spec.model_copy(update=changed)


def _is_asked(found: Requirement, extras: set[str], groups: set[str], *, every: bool) -> bool:
    if found.group is None:
        return False
    if found.listed:
        return canonicalize_name(found.listed) in groups
    extra = found.group.removeprefix("extra:")
    return extra != found.group and (every or canonicalize_name(extra) in extras)
