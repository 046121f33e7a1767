"""Turns the rows of the table of repairs into rules that the engine takes."""

from __future__ import annotations

from functools import cache

from packaging.requirements import Requirement

from checker.core.values.edits import SetVariable
from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs import (
    actions,
    building,
    interpreters,
    older,
    packages,
    resolving,
    system,
    undeclared,
    wheels_only,
)
from checker.ecosystems.python.repairs.rows import Row, read_rows
from checker.judging.repair_engine import Action, Change, Found, Rule
from checker.judging.table import BUILDING, RUNNING

#: The tables in the order in which they are tried: what names its cause most exactly comes first.
TABLES = (
    "undo",
    "resolving",
    "system",
    "interpreter",
    "learning",
    "packages",
    "building",
    "older",
    "undeclared",
)

#: The modules whose functions rows may name.
_MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (building, interpreters, older, packages, resolving, system, undeclared, wheels_only)
}

_PHASES = {
    "any": frozenset(Phase),
    "build": BUILDING,
    "resolve": frozenset({Phase.RESOLVE}),
    "run": RUNNING,
    "test": frozenset({Phase.TEST, Phase.ANSWER}),
}


@cache
def read_rules(*tables: str) -> tuple[Rule, ...]:
    """Return the rules of some tables, one after the other."""
    return tuple(_make_rule(row) for table in tables for row in read_rows(table))


def _make_rule(row: Row) -> Rule:
    usual = "any" if row.moves_interpreter or row.system_packages else "build" if row.built_with else "run"
    group = row.group if row.group is not None else "interpreter" if row.moves_interpreter else ""
    return Rule(
        name=row.name,
        phases=_PHASES[row.phases or usual],
        pattern=row.compile(),
        action=_make_action(row),
        hint=row.get_advice(),
        group=group,
        fallback=row.fallback,
    )


def _make_action(row: Row) -> Action:
    steps = [_need(line, only_required=row.only_required) for line in row.needs]
    if row.system_packages:
        steps.append(actions.install_packages(*row.system_packages))
    if row.built_with:
        steps.append(building.build_with(*row.built_with))
    steps += [_make_setting(name, value) for name, value in row.env.items()]
    if row.action:
        steps.append(actions.do_first_of(*map(_find_function, row.action)))
    together = actions.do_all(*steps)
    if row.replace:
        swaps = (actions.swap(old, new) for old, new in row.replace.items())
        together = actions.do_first_of(*swaps, together)
    return _require_any(row.if_required, together) if row.if_required else together


def _find_function(name: str) -> Action:
    """Return a function of this package that a row names (`resolving.loosen`)."""
    module, _, function = name.partition(".")
    found: Action | None = getattr(_MODULES.get(module), function, None)
    if found is None:
        raise ValueError(f"no action is called {name}")
    return found


def _need(line: str, *, only_required: bool) -> Action:
    wanted = Requirement(line)
    if wanted.name == "python":
        (bound,) = wanted.specifier
        return {"<=": actions.python_at_most, ">=": actions.python_at_least}[bound.operator](bound.version)
    if not wanted.specifier:
        return actions.add(line)
    return actions.narrow(line, only_present=only_required)


def _make_setting(name: str, value: str) -> Action:
    """Set an environment variable that the plan does not set."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        if dict(plan.env).get(name):
            return None
        return plan.with_(env=(*plan.env, (name, value))), (SetVariable(name=name, value=value),)

    return action


def _require_any(any_of: tuple[str, ...], action: Action) -> Action:
    """Do something only where a plan requires one of several; with a bound, in a version that may not reach it."""

    def is_required(plan: BuildPlan, wanted: Requirement) -> bool:
        line = plan_edits.line_for(plan.requirements, wanted.name)
        held = None if line is None else plan_edits.parse(line)
        if held is None or not wanted.specifier:
            return held is not None
        return bool(held.specifier) and not any(held.specifier.contains(s.version) for s in wanted.specifier)

    def conditional(plan: BuildPlan, found: Found) -> Change | None:
        asked = map(Requirement, any_of)
        return action(plan, found) if any(is_required(plan, wanted) for wanted in asked) else None

    return conditional
