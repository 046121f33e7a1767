"""What values become: names that are stable, terms that are explained, and no way out for hostile text."""

from __future__ import annotations

import re
from pathlib import Path

import check_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linked_samples import papers, undeclared
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from checker.core.values.papers import CodeStatus, Paper
from checker.core.values.results import Check
from checker.judging.causes import CAUSES
from checker.reports.linked_data.endpoint.bundled_queries import QUERIES
from checker.reports.linked_data.graph import names
from checker.reports.linked_data.graph.checks import check_iri, check_triples, find_undeclared_packages
from checker.reports.linked_data.graph.papers import make_paper_triples
from checker.reports.linked_data.graph.tallies import DIMENSIONS
from checker.reports.linked_data.graph.vocabulary import CLASSES, PROPERTIES, make_vocabulary

ROOT = Path(__file__).parents[3]


def everything() -> list[Triple]:
    found = [triple for check in (*samples.every_kind(), undeclared()) for triple in check_triples(check)]
    return [*found, *(triple for paper in papers() for triple in make_paper_triples(paper)), *make_vocabulary()]


def test_names_are_what_the_documentation_says() -> None:
    assert names.repository("github.com", "Octo", "Lab") == "https://github.com/octo/lab"
    assert names.repository("local", "home", "my code").startswith(
        "urn:reproducibility-checker:folder:local/home/"
    )
    assert names.paper("2301.00001") == "https://arxiv.org/abs/2301.00001"
    assert names.paper("doi:10.1000/ABC.1") == "https://doi.org/10.1000/abc.1"
    assert names.paper("a b") == "urn:reproducibility-checker:paper:a%20b"
    assert check_iri(samples.passing()) == (
        "urn:reproducibility-checker:check:github.com/octo/passes/20260301T023000Z-dd29bd60"
    )


@given(st.text(), st.text())
def test_two_texts_never_get_the_same_name(one: str, two: str) -> None:
    assert (names.part(one) == names.part(two)) == (
        one.encode("utf-8", "replace") == two.encode("utf-8", "replace")
    )
    NamedNode(names.concept("cause", one))
    NamedNode(names.paper(one))
    NamedNode(names.repository(one, two, one))
    NamedNode(names.named("venue", two))


def test_other_peoples_code_is_mentioned_and_no_code_of_the_paper() -> None:
    said = samples.paper(70, "octo/empty", status=CodeStatus.PROMISED)
    links = tuple(link.model_copy(update={"borrowed": True}) for link in said.links)
    triples = list(make_paper_triples(said.model_copy(update={"links": links})))
    used = {triple.predicate.value.removeprefix(names.TERMS) for triple in triples}
    assert {"mentions", "promisesWithoutLink"} <= used and "promises" not in used
    assert not any("retrievedFrom" in name for name in used)


def test_every_term_of_ours_is_explained_in_the_graph() -> None:
    used = {
        node.value.removeprefix(names.TERMS)
        for triple in everything()
        for node in triple
        if isinstance(node, NamedNode) and node.value.startswith(names.TERMS)
    }
    texts = [*QUERIES.values(), *(predicate for predicate, _ in DIMENSIONS.values())]
    used |= {name for text in texts for name in re.findall(r"checker:(\w+)", text)} - {"crate", "export"}
    used |= set(
        re.findall(
            r'"checker:(\w+)"',
            "".join(p.read_text() for p in (ROOT / "checker/reports/linked_data").rglob("*.py")),
        )
    )
    assert used - set(CLASSES) - set(PROPERTIES) == set()
    assert set(PROPERTIES) - used == set(), "a term that nothing uses"


def test_every_cause_has_a_meaning() -> None:
    graph = set(make_vocabulary())
    meaning = NamedNode(names.PREFIXES["skos"] + "definition")
    for name, kind in CAUSES.items():
        assert Triple(NamedNode(names.concept("cause", name)), meaning, Literal(kind.summary)) in graph


def test_concepts_that_are_used_are_told() -> None:
    told = {triple.subject for triple in make_vocabulary()}
    lists = ("availability", "blame", "cause", "code-status", "phase", "rung", "step-status", "way")
    starts = tuple(f"{names.BASE}{scheme}:" for scheme in lists)
    used = {
        triple.object for triple in everything() if isinstance(triple.object, NamedNode)
        and triple.object.value.startswith(starts)
    }  # fmt: skip
    assert used
    assert used <= told


@pytest.mark.parametrize("form", [RdfFormat.TURTLE, RdfFormat.JSON_LD, RdfFormat.RDF_XML])
def test_what_is_written_reads_back(form: RdfFormat) -> None:
    graph = everything()
    data = serialize(graph, format=form, prefixes=dict(names.PREFIXES))
    assert data is not None
    assert {quad.triple for quad in parse(data, format=form)} == set(graph)
    assert b"\x1b" not in data
    assert b"\\u001B" not in data


def test_no_text_from_outside_is_an_address() -> None:
    for triple in everything():
        if isinstance(triple.object, NamedNode):
            assert not triple.object.value.lower().startswith(("javascript:", "data:", "file:")), triple


def test_packages_that_nobody_declared() -> None:
    assert find_undeclared_packages(undeclared()) == ("pillow", "pyyaml")


def test_a_check_without_anything_is_still_told() -> None:
    bare = Check.model_validate(
        {
            "target": {"repository": {"owner": "o", "name": "n"}},
            "probe": {"repository": {"owner": "o", "name": "n"}, "availability": "missing", "answered_by": "git"},
            "availability": "missing",
        }
    )
    assert len(list(check_triples(bare))) > 10


def test_a_paper_knows_its_doi() -> None:
    linked = samples.paper(1).model_copy(update={"paper": Paper(id="10.1000/X", title="T")})
    assert any(str(triple).endswith('"10.1000/x"') for triple in make_paper_triples(linked))
