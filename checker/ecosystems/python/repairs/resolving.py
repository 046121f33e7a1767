"""Repairs for requirements that no resolver can satisfy: gone, contradictory, or for another interpreter."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name
from packaging.version import Version

from checker.core.values.edits import (
    ChangeRequirement,
    DropIndex,
    DropRequirement,
    MoveDate,
    Override,
    RelaxByTrial,
)
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.declared.formats.requirement_line import parse_file_address
from checker.ecosystems.python.distributions.packages import load_git_names, load_gpu_builds, load_mistaken_names
from checker.ecosystems.python.outcomes import unreachable_requirements
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.repairs.blame import make_change
from checker.ecosystems.python.repairs.relax import list_steps, loosen_line
from checker.ecosystems.python.source.stdlib import is_standard_distribution
from checker.ecosystems.python.spec import spec_of, with_spec
from checker.judging.repair_engine import Change, Found

#: How far the index date is moved when nothing resolves at it; why: docs/adr/0004.
WIDER = timedelta(days=400)


def strip_local(plan: BuildPlan, found: Found) -> Change | None:
    """Ask for the plain version: local versions (`+cu111`) are not on the main index."""
    line = plan_edits.line_for(plan.requirements, found["name"])
    if line is None or "+" not in line:
        return None
    new = plan_edits.with_specifier(line, f"=={found['version']}")
    return actions.pin(plan, line, new)


def overrule_companion(plan: BuildPlan, found: Found) -> Change | None:
    """Overrule a wheel whose metadata asks for a local version of what it was built for (torchvision 0.11.0)."""
    name, wanted = found["wanted"], f"{found['wanted']}=={found['version']}"
    line = plan_edits.line_for(plan.requirements, name)
    pinned = re.search(r"==\s*([\w.]+)", line or "")
    if pinned is not None and plan_edits.version(pinned[1]) != plan_edits.version(found["version"]):
        return loosen(plan, found)
    if plan_edits.line_for(plan.overrides, name):
        return None
    return plan.with_(overrides=(*plan.overrides, wanted)), (Override(requirement=wanted),)


def restore_pin(plan: BuildPlan, found: Found) -> Change | None:
    """Put the author's pin back that a conflict had taken, and overrule the metadata that contradicts it.

    An author who pins two versions had both, whatever the one's metadata asks of the other; where another package
    shows that it wants the version of the pin, the metadata is wrong.
    """
    name = canonicalize_name(found["name"])
    line = plan_edits.line_for(plan.requirements, name)
    taken = [
        edit.before
        for edit in plan_edits.edits_of(plan, ChangeRequirement)
        if edit.after == line and plan_edits.name_of(edit.before) == name and "==" in edit.before
    ]
    if line is None or not taken or plan_edits.line_for(plan.overrides, name):
        return None
    pin = taken[-1]
    restored = plan.with_(
        requirements=plan_edits.swap(plan.requirements, line, pin), overrides=(*plan.overrides, pin)
    )
    return restored, (
        ChangeRequirement(before=line, after=pin),
        Override(requirement=pin, note="whatever other packages ask for"),
    )


def move_date_past_pin(plan: BuildPlan, found: Found) -> Change | None:
    """Move the index date behind a pin that is younger than the last commit."""
    if plan.cutoff is None:
        return None
    try:
        published = datetime.fromisoformat(found["date"]).replace(tzinfo=plan.cutoff.tzinfo) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    if published <= plan.cutoff:
        return None
    note = f"{found['name']} {found['version']} was there then"
    return plan.with_(cutoff=published), (MoveDate(before=plan.cutoff, after=published, note=note),)


def replace_unknown_name(plan: BuildPlan, found: Found) -> Change | None:
    """Put what was meant in the place of a name that is not on the index, or set it aside."""
    name = canonicalize_name(found["name"])
    if plan_edits.line_for(plan.requirements, name) is None:
        return None
    meant = load_mistaken_names().get(name) or load_gpu_builds().get(name)
    if meant is None and name not in ("apex",):
        known = None if is_standard_distribution(name) else found.context.requirement_for(name.replace("-", "_"))
        meant = known if known and plan_edits.name_of(known) != name else None
    if meant is not None:
        return actions.swap(name, meant)(plan, found)
    return make_change(plan_edits.set_aside(plan, name), name)


def find_nearest(wanted: str, available: list[Version]) -> Version | None:
    """Return the release nearest to one that is gone: same minor, then same major, the next higher first."""
    asked = plan_edits.version(wanted)
    if asked is None or not available:
        return None
    stable = [v for v in available if not v.is_prerelease] or available

    def distance(other: Version) -> tuple[bool, bool, bool, Version]:
        same_major = other.major == asked.major
        far = Version("0")
        return (not same_major, not (same_major and other.minor == asked.minor), other < asked, far)

    best = min(distance(v) for v in stable)
    group = [v for v in stable if distance(v) == best]
    return min(group) if group[0] >= asked else max(group)


def keep_nearest_version(plan: BuildPlan, found: Found) -> Change | None:
    """Ask for the nearest release that the index still has, or loosen the pin where its releases are unknown."""
    line = plan_edits.line_for(plan.requirements, found["name"])
    if line is None:
        return None
    known = [v for text in found.context.versions(found["name"]) if (v := plan_edits.version(text)) is not None]
    closest = find_nearest(found["version"], known) if found["version"] else None
    new = loosen_line(line) if closest is None else plan_edits.with_specifier(line, f"=={closest}")
    return actions.pin(plan, line, new)


def take_nearest_left(plan: BuildPlan, found: Found) -> Change | None:
    """Ask for the release nearest to what is left of a package whose releases of the code's date are all gone.

    The index date moves along, for what that release needs, and alone where it is unknown what is left. Not for
    what repairs added (packages released after the code's date are ignored), and not where
    repairs have moved a date themselves.
    """
    name = canonicalize_name(found["name"])
    lines = [line for line in plan.requirements if plan_edits.name_of(line) == name]
    line = max(lines, key=len, default="")
    asked = plan_edits.parse(line)
    if asked is None or plan.cutoff is None or name in plan_edits.added_names(plan):
        return None
    if (
        name in _list_brought_back(plan)
        or name in plan_edits.held(plan)
        or spec_of(plan).index_date_before is not None
    ):
        return None
    known = [v for text in found.context.versions(found["name"]) if (v := plan_edits.version(text)) is not None]
    stable = sorted([v for v in known if not v.is_prerelease] or known)
    fitting = [v for v in stable if asked.specifier.contains(v)]
    bound = next((spec.version.removesuffix(".*") for spec in sorted(asked.specifier, key=str)), "0")
    closest = fitting[0] if fitting else find_nearest(bound, stable)
    later, new = plan.cutoff + WIDER, plan_edits.with_specifier(line, "" if closest is None else f"=={closest}")
    kept = list(dict.fromkeys(each for each in plan.requirements if each == line or each not in lines))
    chosen = ChangeRequirement(before=line, after=new, note="of what is left")
    moved = MoveDate(before=plan.cutoff, after=later)
    return plan.with_(requirements=plan_edits.swap(kept, line, new), cutoff=later), (chosen, moved)


def _list_brought_back(plan: BuildPlan) -> frozenset[str]:
    """Return the names for which `take_nearest_left` has chosen a release before."""
    edits = (edit for repair in plan.repairs if repair.name == "withdrawn_since" for edit in repair.edits)
    return frozenset(plan_edits.name_of(edit.before) for edit in edits if isinstance(edit, ChangeRequirement))


def hold_at_newest_release(plan: BuildPlan, found: Found) -> Change | None:
    """Let a package that others require end on the day of its newest release, where its index date has none of it.

    All releases of that date have been removed since (codecov, in 2023). Packages that the author names are
    handled by `take_nearest_left`.
    """
    name = canonicalize_name(found["name"])
    named = plan_edits.line_for(plan.requirements, name) is not None
    if (
        plan.cutoff is None
        or named
        or name in plan_edits.held(plan)
        or spec_of(plan).index_date_before is not None
    ):
        return None
    day = datetime.fromisoformat(found["day"]) + timedelta(days=1)
    return actions.hold(plan, name, f"{day:%Y-%m-%d}", "others require it")


def loosen(plan: BuildPlan, found: Found) -> Change | None:
    """Loosen one requirement by one degree."""
    line = plan_edits.line_for(plan.requirements, found["name"])
    return None if line is None else actions.pin(plan, line, loosen_line(line))


def relax_by_trial(plan: BuildPlan, found: Found) -> Change | None:
    """Relax the fewest requirements: preparing the attempt finds out which, by bisection (`relaxing`)."""
    if spec_of(plan).relax is not None or not list_steps(plan.requirements, found.context.imported):
        return None
    return with_spec(plan, relax=tuple(sorted(found.context.imported))), (RelaxByTrial(),)


def use_release_for_address(plan: BuildPlan, found: Found) -> Change | None:
    """Use the release of a project whose address is out of reach; what is not known to be it is set aside.

    A distribution of the same name need not be the same project, so the name alone is not enough. An address that
    names a file gives the version as well.
    """
    name = canonicalize_name(found["name"])
    lines = [line for line in plan.requirements if plan_edits.name_of(line) == name]
    line = next((line for line in lines if "@" in line), None)
    if line is None:
        return None
    if len(lines) > 1:
        other = next(each for each in lines if each != line)
        without = plan.with_(requirements=tuple(each for each in plan.requirements if each != line))
        return without, (DropRequirement(requirement=line, note=f"{other} is required as well"),)
    release = load_git_names().get(name) or found.context.requirement_for(name.replace("-", "_"))
    if release is None:
        change = make_change(plan_edits.set_aside(plan, name), line)
    else:
        file = parse_file_address(line)
        if file is not None and canonicalize_name(file[0]) == canonicalize_name(release):
            release = f"{release}=={file[1].partition('+')[0]}"
        changed = plan_edits.replace(plan, name, release) or plan_edits.pin(plan, line, release)
        edit = ChangeRequirement(before=line, after=release, note="the release of that date")
        change = None if changed is None else (changed, (edit,))
    return None if change is None else (_note_reason(change[0], found), change[1])


def _note_reason(plan: BuildPlan, found: Found) -> BuildPlan:
    """Record why an address was unreachable: it explains modules that its replacement, if any, lacks."""
    why = unreachable_requirements.find_reason(found.result.cause)
    return plan if why is None else plan_edits.leave_out_of_reach(plan, canonicalize_name(found["name"]), why)


def drop_index(plan: BuildPlan, found: Found) -> Change | None:
    """Do without an index of the specification that does not answer: what it has may be on the main one.

    Often it is a mirror near its author; an index of the operator's is never left out.
    """
    gone = next((index for index in plan.indexes if found["url"].startswith(index.rstrip("/"))), None)
    if gone is None:
        return None
    return plan.with_(indexes=tuple(index for index in plan.indexes if index != gone)), (DropIndex(url=gone),)


def widen_date(plan: BuildPlan, found: Found) -> Change | None:
    """Move the index date once, by about a year."""
    if plan.cutoff is None or any(repair.name == "date_widened" for repair in plan.repairs):
        return None
    later = plan.cutoff + WIDER
    return plan.with_(cutoff=later), (MoveDate(before=plan.cutoff, after=later),)


PIN_HINT = "Pin versions that are on the package index together; try the file in an empty environment."
