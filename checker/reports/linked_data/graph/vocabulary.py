"""The checker's own terms and closed lists, told in the graph itself: no host is needed to read it (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pydantic import TypeAdapter
from pyoxigraph import Triple

from checker.core.data_files import read_toml
from checker.core.values.papers import CodeStatus
from checker.core.values.plans import Phase, Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Blame, StepStatus
from checker.judging.causes import CAUSES
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.triples import about, node

_TERMS = read_toml("checker.reports.linked_data.graph", "vocabulary.toml")

#: Class → its `comment`, and its `parent` where it is a kind of something.
CLASSES = TypeAdapter(dict[str, dict[str, str]]).validate_python(_TERMS["classes"])

#: Property → what it means.
PROPERTIES = TypeAdapter(dict[str, str]).validate_python(_TERMS["properties"])

#: Closed list → its title, and its values.
LISTS: dict[str, tuple[str, type[StrEnum]]] = {
    "availability": ("What became of a link", Availability),
    "blame": ("Whose a cause is", Blame),
    "code-status": ("What a paper says about its code", CodeStatus),
    "phase": ("What a step is for", Phase),
    "rung": ("Rungs of runnability", Rung),
    "step-status": ("How a step ended", StepStatus),
    "way": ("How time was treated", Way),
}

#: The REPRODUCE-ME ontology ends its name with `#`; graphs that use it, FAIR Jupyter's first, write `/`.
ONTOLOGY = "https://w3id.org/reproduceme#"


def make_vocabulary() -> Iterator[Triple]:
    """Return the terms, the closed lists and the causes, each with its meaning."""
    for name, kind in CLASSES.items():
        yield from _make_term(name, "rdfs:Class", kind["comment"])
        if "parent" in kind:
            yield from about(names.term(name), ("rdfs:subClassOf", node(kind["parent"])))
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
    for name, cause in CAUSES.items():
        yield from _make_concept("cause", name)
        yield from about(
            names.concept("cause", name),
            ("checker:blame", node(names.concept("blame", cause.blame.value))),
            ("skos:definition", cause.summary),
            ("checker:hint", cause.hint),
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
