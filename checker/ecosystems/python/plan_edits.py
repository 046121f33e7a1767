"""Small changes of a plan: requirements, interpreter, options; each gives None where nothing would change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from checker.core.values.edits import AddRequirement, BaseEdit
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python.spec import spec_of, with_spec

#: A distribution's name (PEP 508).
NAME = r"[A-Za-z0-9](?:[\w.-]{0,80}[A-Za-z0-9])?"


def parse(line: str) -> Requirement | None:
    """Read a PEP 508 line; None where it is something else (an option, a path)."""
    try:
        return Requirement(line.strip())
    except InvalidRequirement:
        return None


def name_of(line: str) -> str:
    """Return the normal form of the name of a requirement line; '' where it has none."""
    found = parse(line)
    return "" if found is None else canonicalize_name(found.name)


def version(text: str) -> Version | None:
    """Read a version; None where it is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def line_for(lines: Iterable[str], name: str) -> str | None:
    """Return the first line that requires a distribution, or None."""
    wanted = canonicalize_name(name)
    return next((line for line in lines if name_of(line) == wanted), None)


def with_specifier(line: str, specifier: str) -> str:
    """Return a requirement line with other specifiers; extras and marker stay, an address goes."""
    found = parse(line)
    if found is None:
        return line
    found.url = None
    found.specifier = SpecifierSet(specifier)
    return str(found)


def narrowed(line: str, wanted: SpecifierSet) -> str:
    """Return a requirement line that keeps what is compatible with `wanted` and adds `wanted` to it.

    A pin that satisfies `wanted` stays as it is; a pin or lower bound that contradicts it goes.
    """
    found = parse(line)
    if found is None or found.url:
        return line
    kept = [spec for spec in found.specifier if _compatible(spec, wanted)]
    if any(spec.operator in ("==", "===") and "*" not in spec.version for spec in kept):
        return line
    joined = sorted({str(spec) for spec in [*kept, *wanted]})
    return with_specifier(line, ",".join(joined))


def _compatible(spec: Specifier, wanted: SpecifierSet) -> bool:
    if spec.operator in ("<", "<=", "!="):
        return not any(other.operator in ("==", ">=", ">") for other in wanted)
    base = version(spec.version.removesuffix(".*"))
    return base is not None and wanted.contains(base, prereleases=True)


_Kind = TypeVar("_Kind", bound=BaseEdit)


def edits_of(plan: BuildPlan, kind: type[_Kind]) -> Iterator[_Kind]:
    """Yield the edits of one kind that repairs have made so far."""
    return (edit for repair in plan.repairs for edit in repair.edits if isinstance(edit, kind))


def added_names(plan: BuildPlan) -> frozenset[str]:
    """Return the names of the requirements that repairs added: not the author's."""
    return frozenset({name_of(edit.requirement) for edit in edits_of(plan, AddRequirement)} - {""})


def swap(lines: Sequence[str], old: str, new: str) -> tuple[str, ...]:
    """Return lines in which one is replaced."""
    return tuple(new if line == old else line for line in lines)


def constrain(plan: BuildPlan, wanted: str) -> BuildPlan | None:
    """Narrow a distribution to a range, whether it is required itself or comes along with another."""
    asked = parse(wanted)
    if asked is None:
        return None
    name = canonicalize_name(asked.name)
    requirement = line_for(plan.requirements, name)
    if requirement is not None:
        new = narrowed(requirement, asked.specifier)
        return None if new == requirement else plan.with_(requirements=swap(plan.requirements, requirement, new))
    constraint = line_for(plan.constraints, name)
    if constraint is not None:
        new = narrowed(constraint, asked.specifier)
        return None if new == constraint else plan.with_(constraints=swap(plan.constraints, constraint, new))
    return plan.with_(constraints=(*plan.constraints, f"{name}{asked.specifier}"))


def require(plan: BuildPlan, wanted: str) -> BuildPlan | None:
    """Add a requirement; where the distribution is required already, narrow it."""
    asked = parse(wanted)
    if asked is None:
        return None
    if line_for(plan.requirements, asked.name) is None:
        return plan.with_(requirements=(*plan.requirements, wanted))
    return constrain(plan, f"{asked.name}{asked.specifier}") if asked.specifier else None


def replace(plan: BuildPlan, old: str, new: str | None) -> BuildPlan | None:
    """Put one distribution in the place of another (None: nothing), keeping no version of the old one."""
    line = line_for(plan.requirements, old)
    if line is None:
        return None
    others = tuple(each for each in plan.requirements if each != line)
    there = new is not None and line_for(others, new) is not None
    if new is None or there:
        return plan.with_(requirements=others)
    return plan.with_(requirements=swap(plan.requirements, line, new))


def set_aside(plan: BuildPlan, name: str) -> BuildPlan | None:
    """Leave a requirement out, and note that."""
    without = replace(plan, name, None)
    return None if without is None else skip(without, canonicalize_name(name))


#: A marker that holds nowhere: what is overruled with it is left out of everything that asks for it.
NEVER = "python_version < '0'"


def set_aside_for_all(plan: BuildPlan, name: str) -> BuildPlan | None:
    """Leave a requirement out as `set_aside` does; one that only others ask for is overruled."""
    without = set_aside(plan, name)
    if without is not None or line_for(plan.lock, name) is None or line_for(plan.overrides, name) is not None:
        return without
    wanted = canonicalize_name(name)
    return skip(plan.with_(overrides=(*plan.overrides, f"{wanted} ; {NEVER}")), wanted)


def pin(plan: BuildPlan, line: str, new: str) -> BuildPlan | None:
    """Put a requirement line in the place of another."""
    return None if line == new else plan.with_(requirements=swap(plan.requirements, line, new))


def skip(plan: BuildPlan, name: str) -> BuildPlan:
    """Note that a plan does without a distribution."""
    return with_spec(plan, skip=with_one(spec_of(plan).skip, name))


def leave_out_of_reach(plan: BuildPlan, name: str, why: str) -> BuildPlan:
    """Note the cause that the modules of a distribution are missing for; the first one counts."""
    return with_spec(plan, out_of_reach=with_one(spec_of(plan).out_of_reach, (name, why)))


def keep_left_out(plan: BuildPlan, name: str) -> BuildPlan:
    """Note that a distribution was added in vain and is not to be added again."""
    return with_spec(plan, left_out=with_one(spec_of(plan).left_out, name))


_Item = TypeVar("_Item")


def with_one(items: tuple[_Item, ...], item: _Item) -> tuple[_Item, ...]:
    """Return items with one more, unless it is among them."""
    return items if item in items else (*items, item)


def preinstall(plan: BuildPlan, package: str, wanted: Iterable[str]) -> BuildPlan | None:
    """Build a package without isolation, with `wanted` installed beforehand."""
    spec = spec_of(plan)
    held = spec.preinstall
    for line in wanted:
        name = name_of(line)
        if any(name_of(part) == name and (part == line or parse(line) == Requirement(name)) for part in held):
            continue
        held = (*(part for part in held if name_of(part) != name), line)
    against = with_one(spec.no_build_isolation, canonicalize_name(package))
    changed = with_spec(plan, preinstall=held, no_build_isolation=against)
    return None if changed.spec == spec else changed


def hold(plan: BuildPlan, name: str, day: str) -> BuildPlan:
    """Let the releases of a package end on a day (`2019-05-31`) of its own."""
    return with_spec(plan, older=tuple({**held(plan), name: day}.items()))


def let_go(plan: BuildPlan, name: str) -> BuildPlan:
    """Let the releases of a package end with the index date again."""
    return with_spec(plan, older=tuple(pair for pair in spec_of(plan).older if pair[0] != name))


def held(plan: BuildPlan) -> dict[str, str]:
    """Return the packages whose releases end on a day of their own: name → day."""
    return dict(spec_of(plan).older)


def minor(interpreter: str | None) -> tuple[int, ...]:
    """Return `3.8` as (3, 8); () where there is none."""
    return tuple(int(part) for part in re.findall(r"\d+", interpreter or "")[:2])


def ladder(plan: BuildPlan, available: Iterable[str]) -> tuple[str, ...]:
    """Return the interpreters to try, best first: those that the plan names, then the others, newest first."""
    named = spec_of(plan).interpreter_ladder
    others = sorted(set(available) - set(named), key=minor, reverse=True)
    return (*named, *others)


def use_interpreter(plan: BuildPlan, interpreter: str | None) -> BuildPlan | None:
    """Change to another interpreter, which then is no longer on the plan's list of those to try."""
    if interpreter is None or interpreter == plan.interpreter:
        return None
    left = tuple(other for other in spec_of(plan).interpreter_ladder if other != interpreter)
    moved = plan.with_(interpreter=interpreter, interpreter_evidence=())
    return with_spec(moved, interpreter_ladder=left)
