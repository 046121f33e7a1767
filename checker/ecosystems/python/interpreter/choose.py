"""Ranks the interpreters to try, by what is stated, what was used, syntax, wheels, and the usual one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.choose import main_project
from checker.ecosystems.python.declared.projects import measure_distance
from checker.ecosystems.python.interpreter import wheels
from checker.ecosystems.python.interpreter.usual import find_usual_python
from checker.ecosystems.python.source.syntax import SyntaxBounds, find_syntax_bounds
from checker.ecosystems.python.stated import (
    Choice,
    Origin,
    Project,
    PythonStatement,
    Requirement,
    Specification,
    Statements,
    Strength,
)
from checker.ecosystems.python.version_statement import allows

__all__ = ["Choice", "choose_interpreters", "find_stated_interpreters", "find_usual_python"]

#: Interpreters offered at most: the first choice and what to try when it fails.
LADDER = 4

_DETECTED = frozenset({Strength.USED, Strength.INHERITED, Strength.WEAK})
_NAMING = frozenset({Strength.PINNED, Strength.STATED, Strength.USED})


@dataclass(frozen=True)
class _Facts:
    project: Project
    statements: tuple[PythonStatement, ...]
    pins: tuple[tuple[Requirement, frozenset[str]], ...]
    syntax: SyntaxBounds
    usual: str


def choose_interpreters(
    tree: Tree,
    specs: tuple[Specification, ...],
    statements: Statements,
    *,
    available: tuple[str, ...],
    date: datetime,
    today: datetime,
    newcomer: bool = False,
) -> tuple[Choice, ...]:
    """Rank the available interpreters, the likeliest first; every choice carries its evidence.

    An interpreter that the author names wins unless a pin without a source release has no wheel for it, the
    declared range excludes it, or the code's own syntax does: then the nearest that fits is taken, and the named
    one comes after it. Where nothing is named, the usual one at `date` moves to the nearest that fits; `date`
    is never later than `today`. A `newcomer` reads what the author states and takes the usual one else: no
    traces, no table of wheels, no bounds from syntax.

    Raises:
        ValueError: no interpreter is available.

    """
    if not available:
        raise ValueError("no interpreter is available")
    facts = _gather_facts(tree, specs, statements, find_usual_python(min(date, today)), newcomer=newcomer)
    versions = sorted(set(available), key=_make_key)
    wishes = _rank_statements(facts)
    wish = wishes[0] if wishes else None
    target = wish.version if wish and wish.version else facts.usual
    ranked = sorted(
        versions,
        key=lambda version: (_count_violations(facts, version), *_measure_distance(version, target, facts)),
    )
    first = ranked[0]
    rest = [version for version in _list_named(wishes, versions) if version != first]
    rest += [version for version in ranked[1:] if version not in rest]
    rest.sort(key=lambda version: _count_violations(facts, version) > _count_violations(facts, first))
    others = tuple(_choose_alternative(facts, version, wishes) for version in rest[: LADDER - 1])
    return (_choose_first(facts, first, wishes), *others)


def find_stated_interpreters(
    tree: Tree, specs: tuple[Specification, ...], statements: Statements
) -> tuple[PythonStatement, ...]:
    """Return what names one version for the main project, strongest first."""
    return tuple(_rank_statements(_gather_facts(tree, specs, statements, "", newcomer=True)))


def _gather_facts(
    tree: Tree, specs: tuple[Specification, ...], statements: Statements, usual: str, *, newcomer: bool
) -> _Facts:
    project = main_project(tree, specs)
    own = [s for s in (*project.specifications, *project.alternatives) if s.kind != "readme" and s.group is None]
    primary = [spec for spec in own if spec in project.specifications]
    said = (*(s for spec in own for s in spec.python), *statements.python)
    read = (s for s in said if not (newcomer and s.strength in _DETECTED))
    near = sorted(read, key=lambda s: (s.strength.rank, measure_distance(s.evidence.source, project.folder)))
    required = _collect_requirements(primary, project, statements)
    return _Facts(
        project=project,
        statements=tuple(near),
        pins=() if newcomer else tuple(wheels.find_wheel_pins(required)),
        syntax=SyntaxBounds() if newcomer else find_syntax_bounds(tree, project.folder),
        usual=usual,
    )


def _collect_requirements(
    primary: list[Specification], project: Project, statements: Statements
) -> list[Requirement]:
    """Return the requirements of the main project: its first specification of each kind, then what its pages say.

    Where no specification asks for anything, the pages are what is installed, those further down included.
    """
    found = {r.name: r for spec in reversed(primary) for r in (*spec.constraints, *spec.runtime) if r.name}
    alone = not any(spec.runtime for spec in project.specifications)
    for requirement in statements.packages:
        if not requirement.name or (alone and requirement.group is not None):
            continue
        if alone or not measure_distance(requirement.evidence.source, project.folder):
            found.setdefault(requirement.name, requirement)
    return list(found.values())


def _make_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _rank_statements(facts: _Facts) -> list[PythonStatement]:
    """Return the statements that name one version, strongest and nearest first.

    Of several interpreters that left traces, or that are tested, the one nearest to the usual of the date comes
    first: copied code brings the traces of older ones along.
    """
    folder = facts.project.folder
    naming = [s for s in facts.statements if s.version and s.strength in _NAMING and not _is_outgrown(s, facts)]
    near = [
        s for s in naming if s.strength is not Strength.USED and not measure_distance(s.evidence.source, folder)
    ]
    traces = [s for s in naming if s.strength is Strength.USED and not _is_left_behind(s, facts)]
    traces.sort(key=lambda s: _measure_gap(s.version, facts.usual))
    tested = [s for s in facts.statements if s.version and s.strength is Strength.TESTED]
    tested = [s for s in tested if not measure_distance(s.evidence.source, folder)]
    tested.sort(key=lambda s: _measure_gap(s.version, facts.usual))
    inherited = [s for s in facts.statements if s.version and s.strength is Strength.INHERITED]
    beside = [s for s in naming if s.strength is not Strength.USED and s not in near]
    near.sort(key=lambda s: s.strength.rank)
    return [*near, *traces, *tested, *beside, *inherited]


def _is_outgrown(said: PythonStatement, facts: _Facts) -> bool:
    """Whether the project's own range excludes what a page or a trace names: an installer would refuse it."""
    if said.strength is Strength.PINNED:
        return False
    ranges = [s for s in _collect_bounds(facts) if s.origin is Origin.METADATA]
    return any(not allows(s.specifier, said.version or "") for s in ranges)


#: Minor versions by which a trace may lie behind what a maintained package says of itself.
_BEHIND = 2


def _is_left_behind(trace: PythonStatement, facts: _Facts) -> bool:
    """Whether the classifiers name interpreters that are much newer than a trace, and usual by now.

    A package that is kept up to date still holds the notebook of its first year.
    """
    weak = (s for s in facts.statements if s.strength is Strength.WEAK and s.origin is Origin.CLASSIFIER)
    newest = max((_parse_minor(s.version) for s in weak if s.version), default=0)
    return _parse_minor(trace.version or "3.0") < min(newest, _parse_minor(facts.usual)) - _BEHIND


def _measure_gap(version: str | None, usual: str) -> int:
    return abs(_parse_minor(version or "3.0") - _parse_minor(usual or "3.8"))


def _parse_minor(version: str) -> int:
    key = _make_key(version)
    return key[1] if len(key) > 1 and key[0] == 3 else 0


def _list_named(wishes: list[PythonStatement], versions: list[str]) -> list[str]:
    found = [_find_nearest(wish.version, versions) for wish in wishes if wish.version]
    return list(dict.fromkeys(found))


def _find_nearest(version: str, versions: list[str]) -> str:
    """Return the available version nearest to one, the newer of two equally near."""
    return min(versions, key=lambda v: (abs(_parse_minor(v) - _parse_minor(version)), -_parse_minor(v)))


def _count_violations(facts: _Facts, version: str) -> int:
    """Weigh what an interpreter breaks: what cannot be installed or parsed counts most."""
    count = 0
    unserved = [pin for pin, allowed in facts.pins if version not in allowed]
    count += 4 * sum(wheels.is_wheel_only(pin) or wheels.is_newer_than_wheels(pin, version) for pin in unserved)
    count += 4 * (not facts.syntax.can_parse(version))
    count += 3 * sum(not allows(s.specifier, version) for s in _collect_bounds(facts))
    return count


def _collect_bounds(facts: _Facts) -> list[PythonStatement]:
    folder = facts.project.folder
    bounds = (s for s in facts.statements if s.strength is Strength.BOUND)
    return [s for s in bounds if not measure_distance(s.evidence.source, folder)][:3]


def _measure_distance(version: str, target: str, facts: _Facts) -> tuple[int, int, int]:
    """Order interpreters that break equally much: near the wish, with wheels, with the modules used."""
    soft = sum(version not in allowed for pin, allowed in facts.pins if not wheels.is_wheel_only(pin))
    named = abs(_parse_minor(version) - _parse_minor(target))
    unwished = target == facts.usual
    removed = not facts.syntax.imports(version)
    return (soft + 2 * removed + named if unwished else named, soft + removed, -_parse_minor(version))


def _choose_first(facts: _Facts, version: str, wishes: list[PythonStatement]) -> Choice:
    evidence = [s.evidence for s in wishes if s.version == version][:3]
    bounds = _bound_evidence(facts, version)
    if evidence:
        used = next(s for s in wishes if s.version == version).strength is Strength.USED
        return Choice(version=version, why="used" if used else "stated", evidence=(*evidence, *bounds))
    contradicted = [_explain_contradiction(s, version) for s in wishes[:2]]
    if bounds or contradicted:
        return Choice(version=version, why="bounded", evidence=(*contradicted, *bounds))
    usual = Evidence(claim=f"Python {facts.usual} was the usual one", source="date")
    return Choice(version=version, why="usual", evidence=(usual,))


def _explain_contradiction(said: PythonStatement, version: str) -> Evidence:
    claim = f"Python {said.version} is stated; {version} is the nearest that is there and fits"
    return said.evidence.model_copy(update={"claim": claim})


def _bound_evidence(facts: _Facts, version: str) -> list[Evidence]:
    """Quote the pins, ranges and lines of code that leave only some interpreters, this one among them."""
    fitting = [pin for pin in facts.pins if version in pin[1]]
    hard = [wheels.make_wheel_evidence(pin, allowed) for pin, allowed in fitting if wheels.is_wheel_only(pin)]
    soft = [wheels.make_wheel_evidence(pin, allowed) for pin, allowed in fitting if not wheels.is_wheel_only(pin)]
    ranges = [s.evidence for s in _collect_bounds(facts)]
    return [*hard[:2], *ranges[:2], *facts.syntax.evidence[:3], *soft[:2]][:6]


def _choose_alternative(facts: _Facts, version: str, wishes: list[PythonStatement]) -> Choice:
    named = [s for s in wishes if s.version == version][:2]
    if named:
        why = "used" if named[0].strength is Strength.USED else "stated"
        return Choice(version=version, why=why, evidence=tuple(s.evidence for s in named))
    return Choice(version=version, why="alternative", evidence=tuple(_bound_evidence(facts, version)[:2]))
