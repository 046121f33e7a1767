"""Repairs for packages that code imports, or tests ask for, and that no specification names."""

from __future__ import annotations

from checker.core.values.edits import AddRequirement
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.code.fixtures import find_plugin
from checker.ecosystems.python.distributions.table import (
    MOST_PARTS,
    find_forerunners,
    has_twin,
    is_known_to_bring,
    provides,
)
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.spec import spec_of
from checker.judging.repair_engine import Change, Found


def add_imported(plan: BuildPlan, found: Found) -> Change | None:
    """Add the distribution that brings a module, unless the repository holds the module itself."""
    full = found["module"]
    top = full.split(".", maxsplit=1)[0]
    if top in found.context.local_modules:
        return None
    parts = full.split(".", MOST_PARTS)[:MOST_PARTS]
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    wanted = next((line for name in names if (line := found.context.requirement_for(name))), None)
    if wanted is not None and plan_edits.line_for(plan.requirements, plan_edits.name_of(wanted)) is not None:
        return None
    if "." not in full and any(is_known_to_bring(line, top) for line in plan.requirements):
        return None  # under another name: two distributions of one module overwrite each other's files
    return _require(plan, wanted)


def add_named(plan: BuildPlan, found: Found) -> Change | None:
    """Add a package that an error message names, where it is known under that name."""
    name = (found["module"] or found["other"]).lower().replace("-", "_")
    return _require(plan, found.context.requirement_for(name))


def add_extra(plan: BuildPlan, found: Found) -> Change | None:
    """Add the extras of a distribution that an error message asks for."""
    asked = plan_edits.parse(found["extra"])
    if asked is None:
        return None
    line = plan_edits.line_for(plan.requirements, asked.name)
    if line is None:
        return _require(plan, str(asked))
    held = plan_edits.parse(line)
    if held is None or asked.extras <= held.extras:
        return None
    held.extras |= asked.extras
    return actions.pin(plan, line, str(held))


def add_test_plugin(plan: BuildPlan, found: Found) -> Change | None:
    """Add the pytest plugin that brings an option or a fixture."""
    option = found["option"].split("=", maxsplit=1)[0]
    return _require(plan, find_plugin(option, found["fixture"]))


def use_forerunner(plan: BuildPlan, found: Found) -> Change | None:
    """Replace an added package that came after the code's date by the one that provided the module then.

    The addition is not the author's choice: the table names what provides a module today.
    """
    line = plan_edits.line_for(plan.requirements, found["name"])
    if line is None or plan_edits.name_of(line) not in plan_edits.added_names(plan):
        return None
    others = (other for module in provides(line) for other in find_forerunners(module))
    other = next((other for other in others if plan_edits.line_for(plan.requirements, other) is None), None)
    if other is None:
        return None
    swapped = plan.with_(requirements=plan_edits.swap(plan.requirements, line, other))
    note = f"in place of {line}, of which the code's date has nothing"
    return swapped, (AddRequirement(requirement=other, note=note),)


def _require(plan: BuildPlan, wanted: str | None) -> Change | None:
    if wanted is not None and has_twin(wanted, plan.requirements):
        return None
    name = "" if wanted is None else plan_edits.name_of(wanted)
    given_up = name in plan_edits.added_names(plan) and plan_edits.line_for(plan.requirements, name) is None
    if name and (given_up or name in spec_of(plan).left_out):
        return None
    return None if wanted is None else actions.require(plan, wanted)
