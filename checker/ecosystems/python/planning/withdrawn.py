"""Replaces what the index no longer has as of a past date: releases yanked since, packages renamed or moved.

An index as of a date does not record when a release was yanked: a resolver finds nothing where everyone found
something on that day. Yanked releases are still served to exact pins, so the plan pins them. For packages that
came to the index after the code's date from elsewhere, the first release is taken; that is a repair.
"""

from __future__ import annotations

from datetime import datetime

from checker.core.values.edits import ChangeRequirement, HoldDistribution
from checker.core.values.plans import BuildPlan, Evidence, Repair, Way
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.distributions.packages import load_packages

#: Why a distribution has a day of its own.
FIRST = "its first release on the index"


def replace_withdrawn(plan: BuildPlan) -> BuildPlan:
    """Name the releases of a plan's date for requirements that are left open, where all of them are withdrawn."""
    cutoff = plan.cutoff
    if cutoff is None:
        return plan
    if plan.way is Way.REPAIRED:
        plan = _use_former_name(_allow_first_release(plan, cutoff), cutoff)
    constraints, evidence = [], []
    for name, releases in ((row.name, row.withdrawn) for row in load_packages().values() if row.withdrawn):
        line = plan_edits.line_for(plan.requirements, name)
        newest = next((version for day, version in reversed(releases) if day <= cutoff.date()), "")
        if line is None or not newest or plan_edits.line_for(plan.constraints, name):
            continue
        asked = plan_edits.parse(line)
        if asked is not None and asked.url is None and asked.specifier.contains(newest):
            constraints.append(f"{name}=={newest}")
            claim = f"{name} {newest} was the newest then, and has been withdrawn since"
            evidence.append(Evidence(claim=claim, source="index", text=f"{name}=={newest}"))
    if not constraints:
        return plan
    return plan.with_(constraints=(*plan.constraints, *constraints), evidence=(*plan.evidence, *evidence))


def _allow_first_release(plan: BuildPlan, cutoff: datetime) -> BuildPlan:
    """Let what came to the index after the plan's date be that of its first day there."""
    for row in load_packages().values():
        name, day = row.name, row.first_release
        if day is None or cutoff.date() >= day:
            continue
        asking = (plan_edits.line_for(plan.requirements, each) for each in (name, *row.asked_by))
        lines = [line for line in asking if line is not None]
        if not lines or name in plan_edits.held(plan):
            continue
        repair = Repair(
            name="not on the index yet",
            signature=f"{lines[0]} as of {cutoff:%Y-%m-%d}",
            evidence=(Evidence(claim=f"{name} is on the index since {day}", source="index", text=lines[0]),),
            edits=(HoldDistribution(name=name, day=f"{day}", note=FIRST),),
            hint="State the version that you used, and where it came from.",
        )
        plan = plan_edits.hold(plan, name, f"{day}").with_(repairs=(*plan.repairs, repair))
    return plan


def _use_former_name(plan: BuildPlan, cutoff: datetime) -> BuildPlan:
    """Take what is left open and was on the index under another name then, or first of all."""
    for name, other in ((row.name, row.formerly) for row in load_packages().values() if row.formerly is not None):
        former, until = other.name, other.until
        if (
            name not in plan.requirements
            or until is None
            or cutoff.date() >= until
            or name in plan_edits.held(plan)
        ):
            continue
        early, first = cutoff.date() < other.since, f"{other.since}"
        repair = Repair(
            name="not on the index yet",
            signature=f"{name} as of {cutoff:%Y-%m-%d}",
            evidence=(
                Evidence(claim=f"{name} is on the index since {until}, as {former} before", source="index"),
            ),
            edits=(
                ChangeRequirement(before=name, after=former),
                *((HoldDistribution(name=former, day=first, note=FIRST),) if early else ()),
            ),
            hint="State the version that you used, and where it came from.",
        )
        plan = plan.with_(
            requirements=plan_edits.swap(plan.requirements, name, former), repairs=(*plan.repairs, repair)
        )
        plan = plan_edits.hold(plan, former, first) if early else plan
    return plan
