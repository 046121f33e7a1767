"""Repairs that choose another interpreter: one that a package has wheels for or allows, or the next to try."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from checker.core.container import SOURCE
from checker.core.values.edits import ConvertPython2, MoveInterpreter
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.plan_edits import NAME
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.spec import spec_of, with_spec
from checker.judging.repair_engine import Change, Found

#: The package that an interpreter does not suit, in the resolver's words.
_ASKING = re.compile(rf"(?P<name>{NAME})[<>=!~][^\s,]{{1,40}} depends on Python|wheels for `(?P<other>{NAME})`")


def free_addition(plan: BuildPlan, found: Found) -> Change | None:
    """Give up the version of an addition that the interpreter does not suit: the author's own pins chose it."""
    text, added = found.match.string, plan_edits.added_names(plan)
    line = text[text.rfind("\n", 0, found.match.start()) + 1 :].split("\n", 1)[0]
    for match in _ASKING.finditer(line):
        asking = plan_edits.line_for(plan.requirements, canonicalize_name(match["name"] or match["other"]))
        if asking is not None and plan_edits.name_of(asking) in added:
            change = actions.pin(plan, asking, plan_edits.with_specifier(asking, ""))
            if change is not None:
                return change
    return None


def use_interpreter_with_wheels(plan: BuildPlan, found: Found) -> Change | None:
    """Use an interpreter for which the release has wheels; the resolver's hint lists their tags."""
    tags = re.findall(r"cp(\d)(\d+)", found["tags"])
    minors = {f"{major}.{minor}" for major, minor in tags}
    return _move_to_nearest(plan, [i for i in found.context.interpreters if i in minors])


def use_allowed_interpreter(plan: BuildPlan, found: Found) -> Change | None:
    """Use an interpreter that the package allows."""
    try:
        allowed = SpecifierSet(found["range"].replace(" ", "").strip("'\",."))
    except InvalidSpecifier:
        return None
    return _move_to_nearest(plan, [i for i in found.context.interpreters if allowed.contains(f"{i}.9")])


def convert_python2(plan: BuildPlan, found: Found) -> Change | None:
    """Convert the repository's own files; not where only installed packages are written for Python 2."""
    if spec_of(plan).convert_python2 or not (found.context.holds_python2 or _is_in_own_file(found)):
        return None
    moved, edits = actions.python_at_most(_LAST_WITH_2TO3)(plan, found) or (plan, ())
    return with_spec(moved, convert_python2=True), (*edits, ConvertPython2())


def _is_in_own_file(found: Found) -> bool:
    """Whether the last frame before the match is of a file of the repository."""
    _, _, after = found.match.string[: found.match.start()].rpartition('File "')
    path = after.partition('"')[0]
    return path.startswith(f"{SOURCE}/") or path[:1] not in {"", "/", "<"}


#: The last interpreter that comes with 2to3.
_LAST_WITH_2TO3 = "3.12"


def _move_to_nearest(plan: BuildPlan, fitting: list[str]) -> Change | None:
    """Use the nearest interpreter that fits; not where one package has asked for an older and another for a newer.

    No interpreter satisfies both: one of the versions has to be relaxed.
    """
    nearest = actions.find_nearest_interpreter(plan, fitting, plan.interpreter or "3.8")
    edits = [edit for repair in plan.repairs if repair.name in _BY_PACKAGES for edit in repair.edits]
    moves = [edit for edit in edits if isinstance(edit, MoveInterpreter)]
    turned = [m for m in moves if nearest and _is_newer(m.after, m.before) != _is_newer(nearest, m.after)]
    return None if turned else actions.change_interpreter(plan, nearest)


#: The rules by which a package's own metadata or wheels choose the interpreter.
_BY_PACKAGES = frozenset({"wheels_for_another_python", "python_out_of_range"})


def _is_newer(one: str, other: str | None) -> bool:
    return plan_edits.minor(one) > plan_edits.minor(other)


#: The rule that tries an interpreter because nothing else is known to help.
ANOTHER_PYTHON = "another_python"


def try_next_interpreter(plan: BuildPlan, found: Found) -> Change | None:
    """Use the next interpreter of the plan's list.

    Not where all that fails is what repairs added, nor where a log has called for the interpreter in use: what
    asked for it would ask again. A pin that may be relaxed by a patch version is relaxed first.
    """
    failing = re.findall(r"Failed to build:? `?([A-Za-z0-9][\w.-]{0,80}?)(?=[=`\s])", found.match.string)
    if failing and {canonicalize_name(name) for name in failing} <= plan_edits.added_names(plan):
        return None
    if _is_called_for(plan) or any(_is_exact(plan_edits.line_for(plan.requirements, name)) for name in failing):
        return None
    return actions.change_interpreter(plan, next(iter(plan_edits.ladder(plan, ())), None))


def _is_called_for(plan: BuildPlan) -> bool:
    """Whether a log has called for the interpreter in use."""
    moves = [r.name for r in plan.repairs if any(isinstance(edit, MoveInterpreter) for edit in r.edits)]
    return bool(moves) and moves[-1] != ANOTHER_PYTHON


def _is_exact(line: str | None) -> bool:
    """Whether a line pins one release of which there may be another patch."""
    return line is not None and re.search(r"==\s*\d+\.\d+\.\d+(?![\d.]*\*)", line) is not None


def use_next_interpreter(plan: BuildPlan, found: Found) -> Change | None:
    """Use the next interpreter of the plan's list, whatever called for the one in use."""
    return actions.change_interpreter(plan, next(iter(plan_edits.ladder(plan, ())), None))
