"""Repairs for packages that do not build: tools of their time, undeclared build requirements, no GPU toolchain."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from checker.core.values.edits import BuildWith, SkipInstallation
from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.distributions.packages import build_imports, find, list_built_with_torch
from checker.ecosystems.python.distributions.table import find_distribution
from checker.ecosystems.python.repairs import actions, interpreters, older
from checker.ecosystems.python.repairs.blame import find_package, leave_out_added, make_change, set_aside_for
from checker.ecosystems.python.repairs.relax import loosen_line
from checker.ecosystems.python.spec import spec_of, with_spec
from checker.judging.repair_engine import Action, Change, Found

_PROJECT = re.compile(r"install (?:the project|\S+)$")


def is_project(found: Found) -> bool:
    """Whether a place in the log belongs to the build of the repository's own package.

    A resolver that cannot read the metadata of what it was given by path names no package.
    """
    if found.result.step.phase is Phase.RESOLVE:
        return not find_package(found) and "The build backend returned an error" in found.match.string
    return bool(_PROJECT.match(found.result.step.name))


def build_with(*wanted: str) -> Action:
    """Build the package at hand with older tools that are installed beforehand."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        return _build_with(plan, found, wanted)

    return action


def _build_with(plan: BuildPlan, found: Found, wanted: tuple[str, ...]) -> Change | None:
    package = find_package(found)
    if not package:
        return _build_project_with(plan, found, wanted)
    changed = plan_edits.preinstall(plan, package, (*wanted, "wheel"))
    name = canonicalize_name(package)
    return None if changed is None else (changed, (BuildWith(name=name, requirements=wanted),))


def _build_project_with(plan: BuildPlan, found: Found, wanted: tuple[str, ...]) -> Change | None:
    """Build the repository's own package against the environment."""
    if not is_project(found):
        return None
    spec = spec_of(plan)
    if spec.project_no_build_isolation and set(wanted) <= set(spec.preinstall):
        return None
    lines = tuple(dict.fromkeys((*spec.preinstall, *wanted)))
    changed = with_spec(plan, project_no_build_isolation=True, preinstall=lines)
    return changed, (BuildWith(requirements=wanted),)


def preinstall_module(plan: BuildPlan, found: Found) -> Change | None:
    """Have the module installed that a setup.py imports, in the version that the plan asks for anyway."""
    module = found["module"].split(".", maxsplit=1)[0]
    known = build_imports().get(module) or found.context.requirement_for(module)
    if not known or module in found.context.local_modules:
        return None
    planned = plan_edits.line_for(plan.requirements, plan_edits.name_of(known)) if "<" not in known else None
    wanted = [planned or known]
    if module != "setuptools" and "setuptools" not in known:
        wanted.append("setuptools<66")
    if module == "torch":
        wanted += [line for name in ("numpy",) if (line := plan_edits.line_for(plan.requirements, name))]
    change = _build_with(plan, found, tuple(wanted))
    return _add_kin(change, tuple(wanted)) if change is not None and module == "torch" else change


def _add_kin(change: Change, wanted: tuple[str, ...]) -> Change:
    """Let the others of the plan that build with torch be built so as well, instead of one in each attempt."""
    plan, edits = change
    for name in list_built_with_torch():
        required = plan_edits.line_for(plan.requirements, name) is not None
        more = plan_edits.preinstall(plan, name, (*wanted, "wheel")) if required else None
        if more is not None:
            plan, edits = more, (*edits, BuildWith(name=name, requirements=wanted))
    return plan, edits


def build_against_numpy(plan: BuildPlan, found: Found) -> Change | None:
    """Build the package that does not suit the installed numpy against it, where the author's pin of numpy holds.

    What is built apart is built against the newest numpy, and then works with no older one.
    """
    held = plan_edits.line_for(plan.lock, "numpy")
    pinned = (plan_edits.line_for(lines, "numpy") for lines in (plan.overrides, plan.requirements))
    frames = _SITE_FRAME.findall(found.match.string)
    if held is None or not frames or not any(line is not None and "==" in line for line in pinned):
        return None
    known = find_distribution(frames[-1])
    name = canonicalize_name(known.name if known is not None else frames[-1])
    if name == "numpy" or plan_edits.line_for(plan.lock, name) is None:
        return None
    wanted = (held, *_BUILT_WITH_NUMPY)
    changed = plan_edits.preinstall(plan, name, (*wanted, "wheel"))
    return None if changed is None else (changed, (BuildWith(name=name, requirements=wanted),))


_SITE_FRAME = re.compile(r'File "[^"\n]{0,200}/site-packages/(\w{1,80})')

#: What extensions of that time are built with besides; what else one needs, its next failure names.
_BUILT_WITH_NUMPY = ("cython<3", "setuptools<66")


def preinstall_fetched(plan: BuildPlan, found: Found) -> Change | None:
    """Install beforehand what a setup script would fetch by itself: past the plan's index and its date."""
    return _build_with(plan, found, (found["line"],)) if plan_edits.name_of(found["line"]) else None


def preinstall_called(plan: BuildPlan, found: Found) -> Change | None:
    """Install beforehand what a setup script has pip install, with the pip that it calls."""
    line = found["line"]
    wanted = ("pip", line, *GOES_WITH.get(line, ()), "setuptools<66")
    return _build_with(plan, found, wanted) if plan_edits.name_of(line) else None


#: What else a setup script then finds as it was written for: `jupyter nbextension` is a command of notebook 6.
GOES_WITH = {"jupyter": ("notebook<7",)}


def set_aside_gpu_only(plan: BuildPlan, found: Found) -> Change | None:
    """Set a package aside that only builds with a GPU toolchain."""
    package = find_package(found)
    aside = plan_edits.set_aside_for_all(plan, package) if package else None
    return make_change(aside, canonicalize_name(package), "needs a GPU toolchain")


def set_aside_without_library(plan: BuildPlan, found: Found) -> Change | None:
    """Set a package aside that only builds beside a library which its users install by hand."""
    return set_aside_for(plan, find_package(found), "missing_system_library", "needs a library installed apart")


def put_on_path(plan: BuildPlan, found: Found) -> Change | None:
    """Put the project on the path where installing it fails; its dependencies are installed already."""
    if not is_project(found) or spec_of(plan).project_on_path:
        return None
    return with_spec(plan, project_on_path=True), (SkipInstallation(),)


def loosen_pin(plan: BuildPlan, found: Found) -> Change | None:
    """Loosen the pin of a package that does not build."""
    line = plan_edits.line_for(plan.requirements, find_package(found))
    return actions.pin(plan, line, loosen_line(line)) if line is not None else None


def leave_out(plan: BuildPlan, found: Found) -> Change | None:
    """Set a package aside that does not build, and that nothing imports or the author does not ask for."""
    name = canonicalize_name(find_package(found))
    added = leave_out_added(plan, name)
    if added is not None:
        return added
    if not name or not found.context.imported or name in found.context.imported:
        return None
    return make_change(plan_edits.set_aside(plan, name), name, "it does not build, and nothing imports it")


def set_aside_anyway(plan: BuildPlan, found: Found) -> Change | None:
    """Set aside an imported package that no repair gets to build, so that the rest is tried.

    Programs that need this package fail with its cause; the others still start. Only where no interpreter is left
    to be tried.
    """
    if interpreters.try_next_interpreter(plan, found) is not None:
        return None
    why = found.result.cause.name if found.result.cause is not None else "build_backend_error"
    return set_aside_for(plan, find_package(found), why, "nothing listed gets it to build")


def take_release_that_builds(plan: BuildPlan, found: Found) -> Change | None:
    """Take a package that a compiler refuses, and whose version is left open, back to the time of the pins."""
    return older.take_back(plan, found, find_package(found))


def install_proj(plan: BuildPlan, found: Found) -> Change | None:
    """Install PROJ and GEOS, and take the first release that knows the PROJ of today's system."""
    package = canonicalize_name(find_package(found))
    change = actions.add_system(plan, ("libgeos-dev", "libproj-dev", "proj-bin"))
    changed, edits = change if change is not None else (plan, ())
    known = find(package)
    later = None if known is None else known.with_proj
    if later is None or plan.cutoff is None or package in plan_edits.held(plan):
        return change
    if plan.cutoff.date() >= later.since:
        return change
    for name in later.names:
        changed, more = actions.hold(changed, name, f"{later.since}", "the first with the PROJ of today")
        edits = (*edits, *more)
    return changed, edits


def use_distribution_with_wheels(plan: BuildPlan, found: Found) -> Change | None:
    """Take the distribution that brings the module of one that does not build as a wheel."""
    name = canonicalize_name(find_package(found))
    known = find(name)
    other = None if known is None else known.wheels
    line = plan_edits.line_for(plan.requirements, name)
    if other is None or line is None or other.name in plan_edits.held(plan):
        return None
    early = plan.cutoff is not None and plan.cutoff.date() < other.since
    if line == other.name:  # its own later releases have wheels
        return actions.hold(plan, other.name, f"{other.since}", "it has wheels") if early else None
    change = actions.pin(plan, line, other.name, "it has wheels")
    if change is None or not early:
        return change
    changed, edits = actions.hold(change[0], other.name, f"{other.since}")
    return changed, (*change[1], *edits)
