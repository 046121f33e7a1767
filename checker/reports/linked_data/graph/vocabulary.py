"""The checker's own terms and closed lists, told in the graph itself: no host is needed to read it (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pyoxigraph import Triple

from checker.core.papers import CodeStatus
from checker.core.plans import Phase, Rung, Way
from checker.core.repositories import Availability
from checker.core.results import Blame, StepStatus
from checker.judging.causes import CAUSES
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.triples import about, node

CLASSES = {
    "Attempt": ("prov:Activity", "One plan carried out, in one of the three ways."),
    "Check": ("repr:Experiment", "One repository checked end to end, once."),
    "Missing": (None, "Something that the repository wants and does not hold."),
    "Repair": (None, "A listed change of a plan."),
    "Run": ("prov:Activity", "One night: a list of papers, and the checks that count for them."),
}
"""Class → what it is a kind of, and what it means."""

PROPERTIES = {
    "about": "The check that a tally is about.",
    "attempt": "An attempt of a check.",
    "availability": "What became of the link.",
    "blame": "Whose a cause is: the repository's, a limit of the check, or the checker's own.",
    "cause": "Why it stopped.",
    "changed": "What a repair changed, in words.",
    "codeDate": "Date of the last commit that touched code or a specification.",
    "codeStatus": "What a paper says about its code.",
    "codeYear": "Year of `codeDate`.",
    "count": "How many there are.",
    "countedIn": "A run in which the check counts; several where it was used again.",
    "date": "The night that a run is of.",
    "differsFrom": "An earlier check of the same commit that came to another outcome.",
    "dimension": "What a set of tallies is counted by.",
    "ecosystem": "The packaging world by which the code was built.",
    "height": "Position of a rung, 0 for the lowest.",
    "helped": "Whether the attempt with this repair reached what the verdict names.",
    "hint": "What the author can do.",
    "holds": "A rung that holds.",
    "inconclusive": "Whether the check was inconclusive, by a failure of the checker's own.",
    "indexDate": "Date of the package index that was used; none means the day of the check.",
    "kind": "What is missing: a module, a file, a submodule.",
    "latestCheck": "The newest check of a repository.",
    "leads": "The set of tallies of which this one is among the hundred largest.",
    "leftOut": "How many rows of a set of tallies are not in the graph; those with the largest counts are.",
    "mentions": "A link of a paper that names no repository.",
    "missing": "Something that the repository wants and does not hold.",
    "movedTo": "The repository that answers in place of this one.",
    "name": "A name that is counted: of a package, a repair, something missing.",
    "night": "The night that a tally is of.",
    "phase": "What a step is for.",
    "promises": "A repository of which the paper says that code will be there.",
    "promisesWithoutLink": "Whether the paper promises code and names no repository.",
    "reached": "The highest rung that holds.",
    "repair": "A repair of a plan.",
    "rules": "Digest of the rules and data that judged.",
    "state": "Whether a run is running, finished or stopped.",
    "status": "How a step ended.",
    "undeclared": "A package that the code needs and no specification names.",
    "way": "How time was treated: as published, at the date of the code, or with repairs.",
    "year": "Year of publication, or of the code where a tally is of code.",
}  # fmt: skip
"""Property → what it means."""

LISTS: dict[str, tuple[str, type[StrEnum]]] = {
    "availability": ("What became of a link", Availability),
    "blame": ("Whose a cause is", Blame),
    "code-status": ("What a paper says about its code", CodeStatus),
    "phase": ("What a step is for", Phase),
    "rung": ("Rungs of runnability", Rung),
    "step-status": ("How a step ended", StepStatus),
    "way": ("How time was treated", Way),
}
"""Closed list → its title, and its values."""

ONTOLOGY = "https://w3id.org/reproduceme#"
"""The REPRODUCE-ME ontology ends its name with `#`; graphs that use it, FAIR Jupyter's first, write `/`."""


def make_vocabulary() -> Iterator[Triple]:
    """Return the terms, the closed lists and the causes, each with its meaning."""
    for name, (parent, comment) in CLASSES.items():
        yield from _make_term(name, "rdfs:Class", comment)
        yield from about(names.term(name), ("rdfs:subClassOf", node(parent) if parent else None))
    for name, comment in PROPERTIES.items():
        yield from _make_term(name, "rdf:Property", comment)
    yield from about(names.PREFIXES["repr"] + "Experiment", ("owl:equivalentClass", node(f"{ONTOLOGY}Experiment")))
    for scheme, (title, values) in LISTS.items():
        yield from _make_scheme(scheme, title)
        for value in values:
            yield from _make_concept(scheme, value.value)
    for rung in Rung:
        yield from about(names.concept("rung", rung.value), ("checker:height", rung.height))
    yield from _make_scheme("cause", "Why it stopped")
    for name, kind in CAUSES.items():
        yield from _make_concept("cause", name)
        yield from about(
            names.concept("cause", name),
            ("checker:blame", node(names.concept("blame", kind.blame.value))),
            ("skos:definition", kind.summary),
            ("checker:hint", kind.hint),
        )


def _make_term(name: str, kind: str, comment: str) -> Iterator[Triple]:
    yield from about(names.term(name), ("rdf:type", node(kind)), ("rdfs:label", name), ("rdfs:comment", comment))


def _make_scheme(scheme: str, title: str) -> Iterator[Triple]:
    yield from about(f"{names.BASE}{scheme}", ("rdf:type", node("skos:ConceptScheme")), ("skos:prefLabel", title))


def _make_concept(scheme: str, name: str) -> Iterator[Triple]:
    """Return one value of a list; `skos:notation` is the name that JSON and the tables use."""
    yield from about(
        names.concept(scheme, name),
        ("rdf:type", node("skos:Concept")),
        ("skos:inScheme", node(f"{names.BASE}{scheme}")),
        ("skos:notation", name),
        ("rdfs:label", name.replace("_", " ")),
    )
