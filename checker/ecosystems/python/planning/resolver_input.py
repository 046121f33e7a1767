"""Makes the resolver's input: the author's requirements as written, or normalised with each change listed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from packaging.utils import canonicalize_name

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.edits import AddRequirement, ChangeRequirement, DropRequirement, Edit, LeaveToResolver
from checker.core.values.plans import BuildPlan, Evidence, Repair
from checker.ecosystems.python.code.third_party import ThirdPartyModule
from checker.ecosystems.python.declared.formats.requirement_line import drop_local_version, parse
from checker.ecosystems.python.declared.managers.local_sources import find_place
from checker.ecosystems.python.declared.projects import is_project
from checker.ecosystems.python.distributions.table import (
    Distribution,
    Status,
    covers,
    find_distribution,
    find_forerunners,
    remove_twins,
)
from checker.ecosystems.python.knowledge import Answer
from checker.ecosystems.python.stated import Problem, Requirement
from checker.ecosystems.python.survey import Survey

#: Lines that a newcomer's installer rejects; as published, they are passed on unchanged.
_AS_WRITTEN = frozenset({Problem.LOCAL_PATH, Problem.OUTSIDE, Problem.UNPARSABLE, Problem.PLACEHOLDER})


class ResolverInput(Value):
    """Requirement lines for the resolver, folders of the repository to install, and the repairs made.

    `refused` says which lines were not added after all, and why.
    """

    lines: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()
    set_aside: tuple[str, ...] = ()
    refused: tuple[Evidence, ...] = ()


def read_as_written(survey: Survey, repository: str = "") -> ResolverInput:
    """Return what the author's own files ask for, and nothing else.

    A line that installs the `repository` (`owner/name`) from its host means the code that is here.
    """
    kinds = {r.evidence.source: spec.kind for spec in survey.project.specifications for r in spec.runtime}
    held = _list_names_in_tree(survey)
    asked = (r for r in survey.runtime if not _is_itself(r, repository) and not _is_held(r, held))
    lines = (_write_line(survey.tree, found, kinds.get(found.evidence.source, "")) for found in asked)
    return ResolverInput(lines=_deduplicate(line for line in lines if line), folders=_list_folders(survey))


def _write_line(tree: Tree, found: Requirement, kind: str) -> str:
    """Return a line as its author's tool would read it; conda's own lines are translations anyway.

    What is installed from the tree is never asked from an index: whoever owns its name there wrote other code.
    """
    place = find_place(found)
    if place in tree.folders or found.problem is Problem.SELF:
        return ""
    if place is not None and (place in tree or found.name):
        return _write_address(found, place)
    if place is not None:
        return ""
    if found.problem in _AS_WRITTEN and kind == "requirements":
        return found.written
    return found.text


def _write_address(found: Requirement, place: str) -> str:
    """Return the line that installs a committed wheel or archive, or what the author named and never committed."""
    name = found.text or posixpath.basename(place).partition("-")[0]
    address = f"file://{SOURCE}/{quote(place)}"
    return f"{name} @ {address}" if parse(name) is not None else address


def _is_itself(found: Requirement, repository: str) -> bool:
    """Whether a requirement is an address of the repository that is checked."""
    if found.git is None or not repository:
        return False
    address = re.sub(r"^(?:\w+\+)?(?:\w+://)?(?:git@)?", "", found.git.lower()).partition("@")[0]
    path = address.replace(":", "/").removesuffix("/").removesuffix(".git")
    return path.endswith(f"/{'/'.join(repository.lower().split('/')[-2:])}")


def normalise_requirements(survey: Survey, python: str, repository: str = "") -> ResolverInput:
    """Return what the author's files mean, with a repair listed for every kind of line that was changed."""
    kept, dropped = _prune_frozen(survey, python)
    held = _list_names_in_tree(survey)
    kept = tuple(found for found in kept if not _is_itself(found, repository) and not _is_held(found, held))
    lines: list[str] = []
    changes: dict[str, list[tuple[Requirement, Edit]]] = {}
    for found in kept:
        line, why = _normalise_line(survey.tree, _look_in_tree(survey, found))
        why = "path of another machine" if not why and line and _is_of_another_machine(found) else why
        lines.extend([line] if line else [])
        if why:
            changed = ChangeRequirement(before=found.written, after=line) if line else None
            changes.setdefault(why, []).append((found, changed or DropRequirement(requirement=found.written)))
    repairs = [_make_repair(why, places) for why, places in changes.items()]
    if dropped:
        repairs.append(_make_pruning_repair(dropped))
    return ResolverInput(lines=_deduplicate(lines), folders=_list_folders(survey), repairs=tuple(repairs))


def _is_of_another_machine(found: Requirement) -> bool:
    return found.problem is Problem.LOCAL_PATH and find_place(found) is None


def _look_in_tree(survey: Survey, found: Requirement) -> Requirement:
    """Return a requirement by a path of the author's machine with the folder of the tree that it is, if it is one.

    `toolz @ file:///home/ann/toy/libs/toolz` is the project `toolz` in the tree, and no namesake on the index.
    """
    if not _is_of_another_machine(found) or not found.name:
        return found
    named = (s for s in survey.specifications if s.name and canonicalize_name(s.name) == found.name)
    place = next((spec.project for spec in named if spec.kind != "readme"), None)
    return found.model_copy(update={"local": place}) if place is not None else found


def _make_repair(why: str, places: Sequence[tuple[Requirement, Edit]]) -> Repair:
    """List all lines that were changed for the same reason as one repair."""
    return Repair(
        name=why,
        signature=str(places[0][0].problem),
        evidence=tuple(found.evidence for found, _ in places[:_SHOWN]),
        edits=tuple(edit for _, edit in places),
        hint=_HINTS[why],
    )


#: Requirements from which on a list of pins is read as a frozen environment: a judgement, since lists
#: that people write are shorter and pin less.
FREEZE_LINES = 40

_SHOWN = 5


def _prune_frozen(survey: Survey, python: str) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...]]:
    """Split the requirements into those to ask for, and those that only a frozen environment lists.

    Of a freeze only what the code imports is kept, at its versions; the resolver finds the rest.
    """
    folders = survey.tree.folders
    asked = tuple(r for r in survey.runtime if find_place(r) not in folders and r.problem is not Problem.SELF)
    pinned = sum("==" in r.text or r.problem is Problem.LOCAL_PATH for r in asked)
    if len(asked) < FREEZE_LINES or pinned < 0.8 * len(asked):
        return asked, ()
    imports = [item for module in survey.find_required_modules(python) for item in module.imports]
    names = {name for name in {r.name for r in asked} if any(covers((name,), item) for item in imports)}
    return tuple(r for r in asked if r.name in names), tuple(r for r in asked if r.name not in names)


def _make_pruning_repair(dropped: Sequence[Requirement]) -> Repair:
    names = sorted({found.name or found.written for found in dropped})
    return Repair(
        name="print of an environment",
        signature=f"at least {FREEZE_LINES} lines, nearly all of them pins",
        evidence=tuple(found.evidence for found in dropped[:_SHOWN]),
        edits=(LeaveToResolver(names=tuple(names)),),
        hint="List what the code imports; keep the print of your environment beside it as a lock file.",
    )


_HINTS = {
    "path of another machine": "Write the requirement as name==version: paths of your machine exist nowhere else.",
    "never committed": "Commit the folder or file that this requirement names, or name a release.",
    "unreadable line": "Write one requirement a line, as name or name==version.",
    "local version": "Name the plain version; builds for CUDA come from an index of their own.",
    "stub name": "Name the distribution that holds the code.",
    "standard library": "Leave it out: it comes with Python.",
    "git protocol": "Write the address with https: code hosts no longer answer the git protocol.",
    "git over ssh": "Write the address with https: over ssh only those get it whose key the code host knows.",
}

_MENDS = {
    Problem.LOCAL_PATH: "path of another machine",
    Problem.OUTSIDE: "path of another machine",
    Problem.UNPARSABLE: "unreadable line",
    Problem.PLACEHOLDER: "unreadable line",
    Problem.REPAIRED_SYNTAX: "unreadable line",
    Problem.LOCAL_VERSION: "local version",
    Problem.STUB: "stub name",
    Problem.STANDARD_LIBRARY: "standard library",
}


#: Addresses of a public repository that only its author can use: unencrypted git, which GitHub ended on 2022-03-15
#: and today's installers do not support, and ssh, which needs the author's key. A host may end in a colon, as
#: scp writes it.
_BY_HTTPS = (
    ("git protocol", re.compile(r"git\+git://([\w.-]+)(?::(?!\d+/)|/)")),
    ("git over ssh", re.compile(r"git\+ssh://(?:git@)?([\w.-]+)/")),
)


def _normalise_line(tree: Tree, found: Requirement) -> tuple[str, str]:
    """Return the line to use instead ('' for none) and the name of the repair ('' where nothing changed)."""
    place = find_place(found)
    if place is not None:
        is_there = place in tree or place in tree.folders
        return (_write_address(found, place), "") if is_there else ("", "never committed")
    why = _MENDS.get(found.problem, "") if found.problem else ""
    if found.problem is Problem.STANDARD_LIBRARY:
        return "", why
    if found.problem is Problem.STUB and found.replacement:
        return found.replacement, why
    for name, address in _BY_HTTPS if found.problem is Problem.GIT else ():
        if address.search(found.text):
            return address.sub(r"git+https://\1/", found.text), name
    return drop_local_version(found).text, why


def _list_names_in_tree(survey: Survey) -> frozenset[str]:
    """Return the distributions that the installation takes from folders of the tree."""
    folders = _list_folders(survey)
    specs = (spec for spec in survey.project.specifications if spec.project in folders and spec.name)
    return frozenset(canonicalize_name(spec.name or "") for spec in specs)


def _is_held(found: Requirement, held: frozenset[str]) -> bool:
    """Whether a requirement by name is met by what is installed from the tree: no namesake of it is meant."""
    return found.name in held and found.problem is None


def _list_folders(survey: Survey) -> tuple[str, ...]:
    """Return the folders to install: what lines and commands name, then the project itself."""
    named = [place for r in survey.runtime if (place := find_place(r)) in survey.tree.folders and place]
    stated = [folder for folder in survey.statements.installs if folder in survey.tree.folders]
    own = [spec.project for spec in survey.project.specifications if spec.installs_project]
    own = [folder for folder in own if is_project(survey.tree, folder)]
    return tuple(dict.fromkeys((*named, *stated, *own)))


def find_undeclared(wanted: Sequence[ThirdPartyModule], answers: Sequence[Answer] = ()) -> ResolverInput:
    """Return the distributions that provide modules which no specification covers.

    The table is asked, and `answers` hold what the index said about its rows: what that contradicts is refused.
    A name that the table does not know is required only where an answer confirms it (guessing by equal name
    is how typo-squats get in). What needs CUDA is replaced where another build serves, else set aside.
    """
    lines: list[str] = []
    repairs: list[Repair] = []
    aside: list[str] = []
    refused: list[Evidence] = []
    for module in sorted(wanted, key=lambda w: w.module):
        for name, asked in _choose_rows(module, answers):
            if not asked:
                aside.append(module.module)
                continue
            line, no = _choose_supported_line(name, asked, answers)
            if no is not None:
                refused.append(no)
            if not line or line in lines:
                continue
            lines.append(line)
            repairs.append(
                Repair(
                    name="undeclared dependency",
                    signature=f"import {name}",
                    evidence=module.evidence,
                    edits=(AddRequirement(requirement=line),),
                    hint=f"Declare {line} among the dependencies.",
                )
            )
    kept = remove_twins(_deduplicate(lines))
    return ResolverInput(
        lines=kept,
        repairs=tuple(repair for repair in repairs if set(_list_added(repair)) <= set(kept)),
        set_aside=_deduplicate(aside),
        refused=tuple(dict.fromkeys(refused)),
    )


def _choose_rows(wanted: ThirdPartyModule, answers: Sequence[Answer]) -> list[tuple[str, str]]:
    """Return (module, line) from the table; for a name it does not know, what the index confirms."""
    if wanted.distributions:
        return [(entry.module, make_line(entry)) for entry in wanted.distributions]
    return [(a.module, a.line) for a in answers if a.module == wanted.module and a.holds is not None]


def _choose_supported_line(module: str, line: str, answers: Sequence[Answer]) -> tuple[str, Evidence | None]:
    """Return the first line for a module that the index does not speak against, and why not the table's own.

    A package that the index did not have yet is replaced by the one that provided the module then.
    """
    no = _find_refusal(module, line, answers)
    if no is None:
        return line, None
    others = (other for other in find_forerunners(module) if _find_refusal(module, other, answers) is None)
    return next(others, ""), no


def _find_refusal(module: str, line: str, answers: Sequence[Answer]) -> Evidence | None:
    """Return why the index speaks against a line for a module; None where it does not."""
    for answer in answers:
        if (answer.module, answer.line) == (module, line) and answer.holds is False:
            return Evidence(claim=f"not added for {module}: {line}", source="index", text=answer.reason)
    return None


def add_answers(plan: BuildPlan, answers: Sequence[Answer]) -> BuildPlan:
    """Add to the repairs that added a line what the index said about it."""
    told = {answer.line: answer.evidence for answer in answers if answer.holds is not False}
    return plan.with_(repairs=tuple(_add_answers_to_repair(repair, told) for repair in plan.repairs))


def _add_answers_to_repair(repair: Repair, told: Mapping[str, tuple[Evidence, ...]]) -> Repair:
    said = (evidence for line in _list_added(repair) for evidence in told.get(line, ()))
    more = tuple(evidence for evidence in said if evidence not in repair.evidence)
    return repair.model_copy(update={"evidence": (*repair.evidence, *more)}) if more else repair


def _list_added(repair: Repair) -> tuple[str, ...]:
    """Return the requirement lines that a repair added."""
    return tuple(edit.requirement for edit in repair.edits if isinstance(edit, AddRequirement))


def make_line(entry: Distribution) -> str:
    """Return the requirement line of an entry of the table, '' where there is nothing to install."""
    if entry.installable:
        return entry.requirement
    return entry.alternative if entry.status in (Status.CUDA, Status.OFF_INDEX) else ""


def find_requirement(module: str, answers: Sequence[Answer] = ()) -> str | None:
    """Return the requirement line that brings a module, or None where the table has none to give.

    A line that the index contradicts is replaced by the package that provided the module before.
    """
    entry = find_distribution(module)
    line = make_line(entry) if entry is not None else ""
    if entry is None or not line:
        return None
    return _choose_supported_line(entry.module, line, answers)[0] or None


def _deduplicate(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
