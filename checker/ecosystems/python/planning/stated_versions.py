"""Gives added packages the versions that the author states for them outside of specifications.

A requirements file often leaves out what is installed by other means ("PyTorch 1.9" in the README, an optional
group, the environment file beside it). The code needs the package, and the author has said which version.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from checker.core.values.edits import AddRequirement
from checker.core.values.plans import Repair
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.declared.projects import measure_distance
from checker.ecosystems.python.stated import Requirement
from checker.ecosystems.python.survey import Survey


def add_stated_versions(repairs: tuple[Repair, ...], seen: Survey) -> tuple[Repair, ...]:
    """Return repairs that add a name with the version added to it, where the author states one.

    The place of the statement joins the evidence. A line that has a range already keeps it, unless the author
    names one version that lies within.
    """
    if not repairs:
        return repairs
    stated = _map_statements(seen)
    return tuple(_add_version(repair, stated) for repair in repairs)


def _add_version(repair: Repair, stated: dict[str, Requirement]) -> Repair:
    line = next((edit.requirement for edit in repair.edits if isinstance(edit, AddRequirement)), "")
    added = parse(line)
    said = None if added is None else stated.get(canonicalize_name(added.name))
    if added is None or said is None or not _is_within(said, added):
        return repair
    evidence = said.evidence.model_copy(update={"claim": f"the author names {said.text}"})
    edits = (AddRequirement(requirement=said.text),)
    return Repair(
        name=repair.name,
        signature=repair.signature,
        evidence=(*repair.evidence, evidence),
        edits=edits,
        hint=repair.hint,
    )


def _is_within(said: Requirement, added: Pep508) -> bool:
    """Whether a statement narrows what is added anyway: a bare name, or a range that its one version is in."""
    if added.url or added.marker or added.extras:
        return False
    if not added.specifier:
        return True
    stated = parse(said.text)
    bounds = [] if stated is None else list(stated.specifier)
    return [bound.operator for bound in bounds] == ["=="] and added.specifier.contains(
        bounds[0].version.removesuffix(".*"), prereleases=True
    )


def _map_statements(seen: Survey) -> dict[str, Requirement]:
    """Return the statement on each name: the project's own files first, then words on its pages.

    Prose counts where it agrees: a page that names two versions of one package tells its history, or a choice.
    """
    found: dict[str, Requirement] = {}
    for requirement in _iterate_file_requirements(seen):
        found.setdefault(canonicalize_name(requirement.name), requirement)
    words: dict[str, dict[str, Requirement]] = {}
    for requirement in seen.statements.packages:
        if "prose" in requirement.notes and not measure_distance(requirement.evidence.source, seen.project.folder):
            words.setdefault(canonicalize_name(requirement.name), {}).setdefault(requirement.text, requirement)
    for name, said in words.items():
        if len(said) == 1:
            found.setdefault(name, *said.values())
    return found


def _iterate_file_requirements(seen: Survey) -> Iterator[Requirement]:
    for spec in (*seen.project.specifications, *seen.project.alternatives):
        yield from (r for r in spec.requirements if r.name and _has_range(r))


def _has_range(requirement: Requirement) -> bool:
    """Whether a requirement is a name with a range, for every platform, and nothing else."""
    parsed = parse(requirement.text) if requirement.problem is None else None
    return parsed is not None and bool(parsed.specifier) and not (parsed.url or parsed.marker or parsed.extras)
