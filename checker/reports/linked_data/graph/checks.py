"""From a check to triples: what was used, what was tried, where it stopped (pure; see docs/linked-data.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from pyoxigraph import NamedNode, Triple

from checker.core.values.edits import AddRequirement
from checker.core.values.plans import Repair
from checker.core.values.repositories import RepositoryId
from checker.core.values.results import Attempt, Cause, Check, StepResult, StepStatus
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.triples import about, node, number, year

#: Repairs that add a package which the code imports or asks for, and which no specification names.
UNDECLARED = frozenset(
    {"undeclared dependency", "undeclared_import", "optional_dependency", "wanted_library", "asked_extra",
     "asked_install", "tensorboard"}
)  # fmt: skip

#: A requirement line begins with the name of the distribution.
_NAME = re.compile(r"(?:added )?([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_SEPARATORS = re.compile(r"[-_.]+")


def check_iri(check: Check) -> str:
    """Return the IRI of a check."""
    commit = check.checkout.commit if check.checkout else check.probe.head_commit
    return names.check(check.target.key, check.started_at, commit, check.checker_version)


def make_repository_iri(repository: RepositoryId) -> str:
    """Return the IRI of a repository."""
    return names.repository(repository.host, repository.owner, repository.name)


def check_triples(check: Check) -> Iterator[Triple]:
    """Return everything that the graph says of a check, its attempts and their steps, and of what it used."""
    iri = check_iri(check)
    yield from _make_summary(iri, check)
    yield from _make_subject(iri, check)
    for number_, attempt in enumerate(check.attempts, start=1):
        yield from _make_attempt(iri, number_, attempt, check)
    for number_, missing in enumerate(check.missing, start=1):
        part = names.inner(iri, "missing", number_)
        yield from about(iri, ("checker:missing", node(part)))
        yield from about(
            part,
            ("rdf:type", node("checker:Missing")),
            ("checker:kind", missing.kind),
            ("rdfs:label", missing.name),
        )


def _make_summary(iri: str, check: Check) -> Iterator[Triple]:
    verdict, cause = check.verdict, check.cause or check.verdict.cause
    software = names.named("software", check.checker_version or "unknown")
    yield from about(
        iri,
        ("rdf:type", (node("checker:Check"), node("prov:Activity"), node("repr:Experiment"))),
        ("rdfs:label", f"{check.target.repository}, {check.started_at:%Y-%m-%d}"),
        ("prov:startedAtTime", check.started_at),
        ("prov:endedAtTime", check.started_at + timedelta(seconds=round(check.seconds))),
        ("repr:duration", number(check.seconds)),
        ("prov:wasAssociatedWith", node(software)),
        ("checker:availability", _find_concept("availability", check.availability)),
        ("checker:ecosystem", check.ecosystem),
        ("checker:reached", _find_concept("rung", verdict.reached)),
        ("checker:way", _find_concept("way", verdict.way)),
        ("checker:holds", tuple(_find_concept("rung", r.rung) for r in verdict.rungs if r.holds)),
        ("checker:inconclusive", check.inconclusive),
        ("checker:rules", check.rules or None),
        ("repr:language", check.languages[0][0] if check.languages else None),
        ("schema:programmingLanguage", tuple(dict.fromkeys(name for name, _ in check.languages))),
        ("repr:language_version", find_python_version(check)),
        ("checker:undeclared", find_undeclared_packages(check)),
    )
    yield from _make_stop(iri, cause)
    yield from about(
        software,
        ("rdf:type", (node("prov:SoftwareAgent"), node("schema:SoftwareApplication"))),
        ("rdfs:label", f"Reproducibility checker {check.checker_version}".strip()),
        ("pav:version", check.checker_version or None),
    )


def _make_subject(iri: str, check: Check) -> Iterator[Triple]:
    """Return what the check is about: the repository, and the revision that was used."""
    repository, probe, checkout = check.target.repository, check.probe, check.checkout
    place = make_repository_iri(repository)
    yield from make_repository_triples(repository)
    yield from about(
        iri,
        ("pav:retrievedFrom", node(place)),
        ("repr:commit", checkout.commit if checkout else probe.head_commit),
        ("checker:codeDate", checkout.code_date.date() if checkout else None),
        ("checker:codeYear", year(checkout.code_date) if checkout else None),
        ("schema:license", probe.licence),
        ("repr:archived", probe.archived),
        ("checker:movedTo", node(make_repository_iri(probe.moved_to)) if probe.moved_to else None),
    )
    revision = names.swhid(checkout.swhid_revision) if checkout else None
    if checkout is None or revision is None:
        return
    yield from about(iri, ("prov:used", node(revision)))
    directory = names.swhid(checkout.swhid_directory)
    yield from about(
        revision,
        ("rdf:type", (node("prov:Entity"), node("schema:SoftwareSourceCode"))),
        ("pav:retrievedFrom", node(place)),
        ("dcterms:identifier", revision),
        ("dcterms:created", checkout.committed_at),
        ("schema:hasPart", node(directory) if directory else None),
    )


def make_repository_triples(repository: RepositoryId) -> Iterator[Triple]:
    """Return what is said of every repository."""
    place = make_repository_iri(repository)
    address = place if place.startswith("https:") else None
    yield from about(
        place,
        ("rdf:type", (node("doap:GitRepository"), node("schema:SoftwareSourceCode"))),
        ("rdfs:label", str(repository)),
        ("doap:location", node(address) if address else None),
        ("repr:url", address),
    )


def _make_attempt(iri: str, position: int, attempt: Attempt, check: Check) -> Iterator[Triple]:
    part, plan = names.inner(iri, "attempt", position), attempt.plan
    own_plan = names.inner(part, "plan")
    yield from about(iri, ("checker:attempt", node(part)))
    yield from about(
        part,
        ("rdf:type", (node("checker:Attempt"), node("prov:Activity"))),
        ("checker:way", _find_concept("way", plan.way)),
        ("checker:reached", _find_concept("rung", attempt.reached)),
        ("repr:language_version", plan.interpreter),
        ("repr:duration", number(attempt.seconds)),
        ("checker:indexDate", plan.cutoff.date() if plan.cutoff else None),
        ("prov:hadPlan", node(own_plan)),
    )
    yield from _make_stop(part, attempt.cause)
    yield from about(
        own_plan,
        ("rdf:type", (node("p-plan:Plan"), node("prov:Plan"))),
        ("checker:ecosystem", plan.ecosystem),
        ("checker:repair", tuple(node(names.inner(part, "repair", n + 1)) for n in range(len(plan.repairs)))),
    )
    for place, repair in enumerate(plan.repairs, start=1):
        yield from _repair(names.inner(part, "repair", place), repair, has_helped(attempt, check))
    for place, result in enumerate(attempt.results, start=1):
        if result.status is not StepStatus.SKIPPED:
            yield from _make_step(names.inner(part, "step", place), own_plan, result)


def _make_step(part: str, own_plan: str, result: StepResult) -> Iterator[Triple]:
    yield from about(
        part,
        ("rdf:type", node("p-plan:Step")),
        ("p-plan:isStepOfPlan", node(own_plan)),
        ("checker:phase", _find_concept("phase", result.step.phase)),
        ("checker:status", _find_concept("step-status", result.status)),
        ("repr:duration", number(result.seconds)),
        ("rdfs:label", None if result.passed else result.step.name),
    )
    yield from _make_stop(part, result.cause)


def _repair(part: str, repair: Repair, useful: bool) -> Iterator[Triple]:
    yield from about(
        part,
        ("rdf:type", node("checker:Repair")),
        ("rdfs:label", repair.name),
        ("checker:changed", repair.changed),
        ("checker:helped", useful),
    )


def _make_stop(iri: str, cause: Cause | None) -> Iterator[Triple]:
    """Return where something stopped; `repr:exception` holds the name as text, where others look for it."""
    if cause is not None:
        yield from about(
            iri, ("checker:cause", _find_concept("cause", cause.name)), ("repr:exception", cause.name)
        )


@lru_cache(maxsize=1024)
def _find_concept(scheme: str, value: str | None) -> NamedNode | None:
    return None if value is None else node(names.concept(scheme, value))


def has_helped(attempt: Attempt, check: Check) -> bool:
    """Tell whether an attempt reached what the verdict names, by repairs: then its repairs were worth it."""
    return check.verdict.way is attempt.plan.way and attempt.reached is check.verdict.reached is not None


def find_python_version(check: Check) -> str | None:
    """Return the interpreter of the attempt that the verdict rests on, else that of the last one."""
    wanted = [attempt for attempt in check.attempts if attempt.plan.way is check.verdict.way]
    found = (wanted or list(check.attempts))[-1:]
    return found[0].plan.interpreter if found else None


def find_undeclared_packages(check: Check) -> tuple[str, ...]:
    """Return the packages that repairs had to add because no specification names them, in normal form."""
    found = {
        _SEPARATORS.sub("-", match[1]).lower()
        for attempt in check.attempts
        for repair in attempt.plan.repairs
        if repair.name in UNDECLARED
        for line in _find_added(repair)
        if (match := _NAME.match(line))
    }
    return tuple(sorted(found))


def _find_added(repair: Repair) -> Iterator[str]:
    """Yield the lines that a repair added; results stored before there were edits have only the sentence."""
    if not repair.edits and repair.changed.startswith("added "):
        yield repair.changed
    yield from (edit.requirement for edit in repair.edits if isinstance(edit, AddRequirement))
