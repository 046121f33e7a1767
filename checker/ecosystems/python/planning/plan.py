"""Makes the first plans of a Python repository: as published, at its date, and the start of repairs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from checker.core.container import SOURCE
from checker.core.tree import Tree, join
from checker.core.values.edits import AddRequirement, UseShim
from checker.core.values.plans import BuildPlan, Evidence, Step, Way
from checker.ecosystems.python.code.pythonpath import NAME as PYTHONPATH
from checker.ecosystems.python.code.pythonpath import find_stated_path, join_variables
from checker.ecosystems.python.code.self_import import ABOVE, link
from checker.ecosystems.python.declared.formats.uv_settings import read_uv_settings
from checker.ecosystems.python.declared.locks.lockfiles import find_contradiction
from checker.ecosystems.python.declared.vendored import find_forked_library
from checker.ecosystems.python.interpreter.choose import choose_interpreters, find_stated_interpreters
from checker.ecosystems.python.knowledge import Answer, Knowledge
from checker.ecosystems.python.planning import legacy_metadata
from checker.ecosystems.python.planning.resolver_input import (
    add_answers,
    find_undeclared,
    normalise_requirements,
    read_as_written,
)
from checker.ecosystems.python.planning.shims import find_shims, write_shim
from checker.ecosystems.python.planning.stated_versions import add_stated_versions
from checker.ecosystems.python.planning.steps import (
    convert_python2,
    install,
    install_project,
    lay_groundwork,
    make_environment,
    make_folders,
    make_preinstall_steps,
    make_tools_step,
    resolve,
)
from checker.ecosystems.python.planning.trial_steps import plan_climb
from checker.ecosystems.python.planning.withdrawn import replace_withdrawn
from checker.ecosystems.python.spec import PythonSpec, spec_of, with_spec
from checker.ecosystems.python.stated import Choice, Strength
from checker.ecosystems.python.survey import Survey, survey

#: A release of the very day counts: authors commit after they installed.
GRACE = timedelta(days=1)


def make_plans(tree: Tree, facts: Knowledge) -> tuple[BuildPlan, ...]:
    """Plan the main project as published and at its date; runs nothing."""
    seen = survey(tree)
    return (plan_for(seen, facts, Way.AS_PUBLISHED), plan_for(seen, facts, Way.PERIOD))


def plan_for(seen: Survey, facts: Knowledge, way: Way) -> BuildPlan:
    """Return the first plan of a way."""
    as_of = facts.today if way is Way.AS_PUBLISHED else facts.code_date
    choices = rank_interpreters(seen, facts, as_of, newcomer=way is Way.AS_PUBLISHED)
    choice = choices[0]
    own = facts.repository
    resolver_input = (
        normalise_requirements(seen, choice.version, own) if way is Way.REPAIRED else read_as_written(seen, own)
    )
    evidence = [*seen.project.evidence, *choice.evidence]
    evidence += [
        r.evidence.model_copy(update={"claim": f"another version: {r.text}"}) for r in seen.conflicting_pins
    ]
    evidence += [
        Evidence(claim="cannot be read as it stands", source=spec.path, text=why[:300])
        for spec in seen.project.specifications
        for why in spec.unreadable[:_SHOWN]
    ]
    on_path = find_stated_path(seen.tree, (*seen.statements.commands, *seen.statements.exports))
    evidence += [line.model_copy(update={"claim": f"{folder} is on Python's path"}) for folder, line in on_path]
    above: tuple[tuple[str, str], ...] = ()
    if seen.own_name is not None:
        name, above = seen.own_name.claim, ((PYTHONPATH, ABOVE),)
        evidence.append(seen.own_name.model_copy(update={"claim": f"the code calls its own root {name}"}))
    renamed = find_shims(seen.find_required_modules(choice.version)) if way is Way.REPAIRED else ()
    if renamed:
        above = ((PYTHONPATH, ABOVE),)
    evidence += [v.evidence.model_copy(update={"claim": f"{v.name} is set"}) for v in seen.variables]
    constraints, stale = _collect_constraints(seen)
    evidence += stale
    settings = seen.uv_settings
    cutoff = settings.exclude_newer if way is Way.AS_PUBLISHED else facts.code_date + GRACE
    if cutoff is not None:
        evidence.append(_explain_date(cutoff, "exclude-newer" if way is Way.AS_PUBLISHED else ""))
    plan = BuildPlan(
        ecosystem="python",
        way=way,
        project=seen.project.folder,
        declared=any(spec.kind != "tests" for spec in seen.project.specifications),
        interpreter=choice.version,
        interpreter_evidence=choice.evidence,
        cutoff=cutoff,
        requirements=resolver_input.lines,
        constraints=tuple(dict.fromkeys((*constraints, *settings.constraints))),
        overrides=settings.overrides,
        indexes=_collect_indexes(seen),
        system_packages=_list_system_packages(seen),
        env=join_variables(above, [folder for folder, _ in on_path]),
        spec=PythonSpec(
            interpreter_ladder=tuple(choice.version for choice in choices[1:]),
            folders=resolver_input.folders,
            skip=resolver_input.set_aside,
            variables=tuple((said.name, said.value) for said in seen.variables),
            no_build_isolation=settings.no_build_isolation,
            missing_interpreter=_find_missing_interpreter(seen, facts),
            find_links=_list_link_folders(seen),
            prereleases=settings.prereleases or _wants_prereleases(seen),
            fork_of=find_forked_library(seen.tree, seen.project.folder, own),
            shims=tuple(e.module for repair in renamed for e in repair.edits if isinstance(e, UseShim)),
        ),
        evidence=tuple(evidence),
        repairs=(*resolver_input.repairs, *renamed),
    )
    if way is Way.REPAIRED:
        plan = add_undeclared(plan, seen, facts.answers)
    return complete(plan, seen)


#: Remarks about one file that a plan shows.
_SHOWN = 5

#: Packages that authors install for themselves, for a graphics card, or for the interpreter that we bring.
_NO_USE = re.compile(
    r"^(?:.*desktop.*|openssh.*|tmux|screen|vim.*|nano|emacs.*|xterm|xauth|sudo|zsh|fish|htop|less|man-db|locales|tzdata"
    r"|gdb|valgrind|docker.*|nvidia.*|cuda.*|libcudnn.*|libnccl.*|tensorrt.*|software-properties-common|apt-.*|gnupg.*"
    r"|python[\d.]*|python3?(?:\.\d+)?-(?:pip|setuptools|wheel|venv|distutils)|(?:ana|mini)?conda.*)$"
)


def is_useful_for_build(package: str) -> bool:
    """Whether a system package of an author's list can matter to building or running the code here."""
    return _NO_USE.match(package) is None


#: Exact versions from which on an environment is an export: a list of everything that was there.
_EXPORTED = 15

#: What an environment of conda's may list and our image has: `dockerfiles/python`.
_IN_OUR_IMAGE = frozenset({"build-essential", "cmake", "gfortran", "git", "make", "patch", "pkg-config", "unzip"})


def _list_system_packages(seen: Survey) -> tuple[str, ...]:
    """Return what pages, containers and environments say to install; libraries of an export come with wheels."""
    found = {package.name for package in seen.statements.system_packages}
    for spec in seen.project.specifications:
        exact = sum("==" in r.text for r in spec.requirements)
        is_export = spec.kind in {"conda list", "locked list"} or exact > max(
            _EXPORTED, len(spec.requirements) / 2
        )
        names = {p.name for p in spec.system_packages} - _IN_OUR_IMAGE
        found |= {name for name in names if not (is_export and name.startswith("lib"))}
    return tuple(sorted(name for name in found if is_useful_for_build(name)))


def _explain_date(cutoff: datetime, setting: str) -> Evidence:
    why = f"{setting} of the author's uv" if setting else "last commit to code or specification"
    return Evidence(claim=f"index as of {cutoff:%Y-%m-%d}", source="date", text=why)


def rank_interpreters(seen: Survey, facts: Knowledge, as_of: datetime, *, newcomer: bool) -> tuple[Choice, ...]:
    """Return the interpreters to try, the likeliest first; a newcomer goes by what the author states."""
    return choose_interpreters(
        seen.tree,
        seen.specifications,
        seen.statements,
        available=facts.interpreters,
        date=as_of,
        today=facts.today,
        newcomer=newcomer,
    )


def _find_missing_interpreter(seen: Survey, facts: Knowledge) -> str:
    """Return the version that the author states for the code, where no such interpreter is here; '' for none."""
    stated = find_stated_interpreters(seen.tree, seen.specifications, seen.statements)
    version = next((said.version for said in stated if said.strength in _STATED and said.version), "")
    return "" if version in facts.interpreters or not _MINOR.fullmatch(version) else version


_STATED = frozenset({Strength.PINNED, Strength.STATED})

_MINOR = re.compile(r"\d\.\d{1,2}")


def _collect_constraints(seen: Survey) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    """Return the author's constraints, and which locks are not among them and why."""
    specifications = seen.project.specifications
    stale = {s.path: find_contradiction(s, specifications) for s in specifications if s.kind == "lock"}
    kept = (c.text for s in specifications if stale.get(s.path) is None for c in s.constraints if c.text)
    return tuple(dict.fromkeys(kept)), tuple(why for why in stale.values() if why is not None)


def _collect_indexes(seen: Survey) -> tuple[str, ...]:
    """Return the extra indexes that the specifications name; which may be reached is the sandbox's matter.

    The public index itself is none: this machine's default takes its place.
    """
    options = [o for spec in seen.project.specifications for o in spec.options]
    urls = [o.value for o in options if o.name in ("extra-index-url", "index-url")]
    urls += read_uv_settings(seen.tree, seen.project.folder).indexes
    return tuple(dict.fromkeys(url for url in urls if url.startswith("https://") and not _PUBLIC_INDEX.match(url)))


_PUBLIC_INDEX = re.compile(r"https://pypi\.(?:python\.)?org(?:/simple)?/?$")


def _list_link_folders(seen: Survey) -> tuple[str, ...]:
    """Return the folders of the tree that authors tell pip to look for files in: `--find-links wheels`.

    pip looks from the folder of a requirements file, or where it is called; pages at a lower level mean the root.
    """
    options = [o for spec in seen.project.specifications for o in spec.options if o.name == "find-links"]
    named = [(posixpath.dirname(o.evidence.source), o.value) for o in options]
    named += [(seen.project.folder, value) for value in seen.uv_settings.find_links]
    places = ((join(folder, value), join(value)) for folder, value in named if "://" not in value)
    found = (next((place for place in pair if place in seen.tree.folders), "") for pair in places)
    return tuple(dict.fromkeys(folder for folder in found if folder))


def _wants_prereleases(seen: Survey) -> bool:
    return any(option.name == "pre" for spec in seen.project.specifications for option in spec.options)


def add_undeclared(plan: BuildPlan, seen: Survey, answers: Sequence[Answer] = ()) -> BuildPlan:
    """Add what the code imports and no specification covers, each as a repair, unless the index contradicts."""
    found = seen.find_undeclared(plan.interpreter or "3.8", plan.requirements)
    resolver_input = find_undeclared(found, answers)
    if resolver_input.set_aside:
        plan = with_spec(plan, skip=resolver_input.set_aside)
    added = add_stated_versions(add_answers(plan.with_(repairs=resolver_input.repairs), answers).repairs, seen)
    lines = (e.requirement for repair in added for e in repair.edits if isinstance(e, AddRequirement))
    return plan.with_(
        requirements=tuple(dict.fromkeys((*plan.requirements, *lines))),
        evidence=(*plan.evidence, *resolver_input.refused),
        repairs=(*plan.repairs, *added),
    )


def complete(plan: BuildPlan, seen: Survey) -> BuildPlan:
    """Write the plan's steps and files from its fields; called again after every change of them."""
    plan = replace_withdrawn(plan)
    spec = spec_of(plan)
    folders = () if spec.project_on_path else spec.folders
    dynamic = tuple(s.project for s in seen.project.specifications if s.dynamic and s.project in folders)
    named = () if seen.own_name is None else (link(seen.own_name.claim),)
    aliases = map(write_shim, spec.shims)
    steps: list[Step] = [make_environment(plan), *convert_python2(plan), *named, *aliases]
    steps += make_preinstall_steps(plan)
    files = [("requirements.in", "".join(f"{line}\n" for line in plan.requirements))]
    files += [("constraints.txt", "".join(f"{line}\n" for line in plan.constraints))] if plan.constraints else []
    files += [("overrides.txt", "".join(f"{line}\n" for line in plan.overrides))] if plan.overrides else []
    if plan.requirements or dynamic:
        files += legacy_metadata.make_files(plan)
        steps += [
            resolve(plan, [_find_metadata_file(seen, folder) for folder in dynamic]),
            install(plan, offline=False),
        ]
    for folder in folders:
        steps += install_project(plan, folder, setup_script=_runs_setup_script(seen, folder))
    steps += [step for work in seen.groundwork for step in lay_groundwork(plan, work)]
    steps += make_folders(plan)
    climb = plan_climb(plan, seen)
    steps += [make_tools_step(plan, wanted) for wanted in climb.tools]
    return plan.with_(steps=(*steps, *climb.steps), files=(*files, *climb.files))


def _runs_setup_script(seen: Survey, folder: str) -> bool:
    """Whether a folder is built by a setup.py of setuptools, and not by another back end."""
    prefix = "" if folder == "." else f"{folder}/"
    backend = re.search(r'build-backend\s*=\s*"([^"]+)"', seen.tree.read(f"{prefix}pyproject.toml"))
    return f"{prefix}setup.py" in seen.tree and (backend is None or backend[1].startswith("setuptools"))


def _find_metadata_file(seen: Survey, folder: str) -> str:
    """Return the file of a project that its build back end reads dependencies from."""
    prefix = "" if folder == "." else f"{folder}/"
    names = ("pyproject.toml", "setup.py", "setup.cfg")
    return next(f"{SOURCE}/{prefix}{name}" for name in names if f"{prefix}{name}" in seen.tree)
