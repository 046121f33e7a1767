"""Repairs of single packages that need more than a row: versions to work out, names to exchange."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from checker.core.values.edits import BuildWith, ChangeRequirement, Edit
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.distributions.packages import load_gpu_builds
from checker.ecosystems.python.distributions.table import is_known_to_bring
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.spec import spec_of
from checker.judging.repair_engine import Change, Found


def narrow_numpy_for_numba(plan: BuildPlan, found: Found) -> Change | None:
    """Take the newest numpy that the installed numba allows; its message names it."""
    major, minor = found["version"].split(".")[:2]
    wanted = f"numpy<{major}.{int(minor) + 1}"
    return actions.constrain(plan, wanted)


def require_pkg_resources(plan: BuildPlan, found: Found) -> Change | None:
    """Install the last setuptools with `pkg_resources` that the interpreter can load."""
    wanted = "setuptools<81" if plan_edits.minor(plan.interpreter) >= (3, 12) else "setuptools<66"
    return actions.require(plan, wanted)


#: So long after a licence has ended, the release with the next has been out for some time.
NEXT_LICENCE = timedelta(days=400)


def renew_licence(plan: BuildPlan, found: Found) -> Change | None:
    """Take a release from after the end of the licence that the stated one brought along, as gurobipy does."""
    line = plan_edits.line_for(plan.requirements, "gurobipy")
    day = f"{datetime.fromisoformat(found['day']) + NEXT_LICENCE:%Y-%m-%d}"
    if line is None or plan_edits.held(plan).get("gurobipy") == day:
        return None
    freed = actions.pin(plan, line, plan_edits.with_specifier(line, ""))
    held, edits = actions.hold(
        plan if freed is None else freed[0], "gurobipy", day, f"the licence of the other ended on {found['day']}"
    )
    return held, (*(() if freed is None else freed[1]), *edits)


def pair_jaxlib(plan: BuildPlan, found: Found) -> Change | None:
    """Keep jaxlib at or below the version of jax; the message names both."""
    return actions.constrain(plan, f"jaxlib<={found['jax']}")


def use_cpu_builds(plan: BuildPlan, found: Found) -> Change | None:
    """Put builds for processors, same versions, in the place of those that load a GPU toolkit on import."""
    edits: list[Edit] = []
    for line in plan.requirements:
        asked, instead = plan_edits.parse(line), load_gpu_builds().get(plan_edits.name_of(line))
        if asked is None or instead is None or asked.url:
            continue
        asked.name = instead
        there = plan_edits.line_for(plan.requirements, instead) is not None
        plan = plan_edits.replace(plan, plan_edits.name_of(line), None if there else str(asked)) or plan
        edits.append(ChangeRequirement(before=line, after=str(asked)))
    return (plan, tuple(edits)) if edits else None


def take_stated_range(plan: BuildPlan, found: Found) -> Change | None:
    """Take the range that a package's own check of its dependencies asks for.

    Where the plan requires another distribution of that module (mmcv-full for mmcv), that one is meant.
    """
    name, wanted = found["name"], found["range"].replace(" ", "").strip(".,'\"")
    others = (plan_edits.name_of(line) for line in plan.requirements if is_known_to_bring(line, name))
    if plan_edits.line_for(plan.requirements, name) is None:
        name = next(others, name)
    return actions.constrain(plan, f"{name}{wanted}")


def build_mmcv_operators(plan: BuildPlan, found: Found) -> Change | None:
    """Install mmcv's compiled operators: under the name that includes them, and built where torch is installed.

    Its setup script silently leaves them out where torch cannot be imported ("Skip building ext
    ops due to the absence of torch"), and the index has no wheels of it.
    """
    if not {"mmcv", "mmcv-full"}.isdisjoint(spec_of(plan).no_build_isolation):
        return None
    edits: list[Edit] = []
    for old, new in () if _is_mmcv_2(plan) else (("mmcv", "mmcv-full<2"), ("mmcv-lite", "mmcv")):
        renamed = plan_edits.replace(plan, old, new)
        if renamed is not None:
            plan, edits = renamed, [*edits, ChangeRequirement(before=old, after=new)]
    torch = plan_edits.line_for(plan.requirements, "torch") or "torch"
    numpy = [line for line in [plan_edits.line_for(plan.requirements, "numpy")] if line]
    for name in ("mmcv-full", "mmcv"):
        if plan_edits.line_for(plan.requirements, name) is not None:
            wanted = (torch, *numpy, "setuptools<66", "wheel")
            built = plan_edits.preinstall(plan, name, wanted)
            if built is not None:
                plan, edits = built, [*edits, BuildWith(name=name, requirements=wanted)]
    return (plan, tuple(edits)) if edits else None


def _is_mmcv_2(plan: BuildPlan) -> bool:
    """Whether the lock has the second interface of mmcv, in which `mmcv` itself holds the operators."""
    return re.match(r"mmcv==[2-9]\.", plan_edits.line_for(plan.lock, "mmcv") or "") is not None
