"""Each shipped query answers the question that it is named for, over a store of two nights."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import check_samples as samples
import pytest

from checker.core.errors import EngineFailure, UsageError
from checker.reports.linked_data.endpoint.answers import Kind, write_plain
from checker.reports.linked_data.endpoint.bundled_queries import QUERIES, read_question
from checker.reports.linked_data.endpoint.query import Asker, Limits, TookTooLong
from checker.reports.linked_data.endpoint.query_guard import refuse_what_is_not_reading
from checker.reports.linked_data.graph.graph import Graph

EXPECTED: dict[str, list[dict[str, str]]] = {
    "age-of-code": [{"year": "2021", "rung": "starts", "repositories": "2"}],
    "causes-by-field-and-year": [
        {"field": "cs.LG", "year": "2026", "cause": "no_matching_python", "repositories": "1"},
        {"field": "cs.CV", "year": "2026", "cause": "no_matching_python", "repositories": "1"},
        {"field": "cs.LG", "year": "2026", "cause": "missing_in_repository", "repositories": "1"},
    ],
    "checks": [
        {"repository": "octo/passes", "reached": "declared", "cause": "no_matching_python", "language": "Python"},
        {"repository": "octo/old-name", "availability": "moved", "reached": "runs", "licence": "MIT"},
        {"repository": "octo/silent", "availability": "unreachable", "inconclusive": "true"},
    ],
    "fields": [{"field": "cs.LG", "repositories": "2", "run": "0"}],
    "languages-over-time": [{"year": "2021", "language": "Python", "repositories": "7"}],
    "licences-by-availability": [{"licence": "MIT", "availability": "missing", "repositories": "1"}],
    "limits": [{"limit": "needs_data", "repositories": "3"}],
    "missing-in-repository": [{"kind": "module", "name": "utils.secret_sauce", "repositories": "1"}],
    "moved-repositories": [{"repository": "octo/old-name", "now": "https://github.com/octo/new-name"}],
    "nights": [
        {"night": "2026-03-01", "rung": "runs", "checks": "2"},
        {"night": "2026-03-02", "rung": "declared", "checks": "1"},
        {"night": "2026-03-02", "rung": "", "checks": "1"},
    ],
    "papers-by-status": [{"year": "2026", "status": "promised", "papers": "2"}],
    "pythons-over-time": [{"year": "2021", "python": "3.8", "repositories": "4"}],
    "repairs-that-helped": [
        {"repair": "old_setuptools", "helped": "2", "tried": "2"},
        {"repair": "undeclared_import", "helped": "1", "tried": "1"},
    ],
    "repositories-by-venue": [{"venue": "Journal of Tests", "repositories": "3", "available": "2"}],
    "same-commit-other-outcome": [
        {
            "repository": "octo/passes",
            "before": "2026-03-01T02:30:00Z",
            "reached_before": "runs",
            "after": "2026-03-02T02:30:00Z",
            "reached_after": "declared",
        }
    ],
    "slowest-checks": [{"repository": "octo/fails", "seconds": "64", "reached": "declared"}],
    "top-causes": [{"cause": "no_matching_python", "whose": "repository", "repositories": "2"}],
    "undeclared-dependencies": [
        {"package": "pillow", "repositories": "1"},
        {"package": "pyyaml", "repositories": "1"},
    ],
    "unkept-promises": [
        {"title": "On the Stability of Method 70", "repository": "octo/empty", "found": "empty"},
        {"title": "On the Stability of Method 81", "repository": "", "found": "no link"},
    ],
    "what-time-did": [{"way": "repaired", "rung": "answers", "repositories": "1"}],
}
"""Query → rows that its answer must hold, with the columns that matter."""


@pytest.fixture(scope="module")
def asker(made_once: Path) -> Iterator[Asker]:
    with Graph(made_once).reading() as folder, Asker(folder) as asker:
        yield asker


def rows(asker: Asker, query: str) -> list[dict[str, str]]:
    answer = asker.ask(query, Limits())
    return [dict(zip(answer.columns, map(write_plain, row), strict=True)) for row in answer.rows]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_shipped_query_answers_its_question(name: str, asker: Asker) -> None:
    found = rows(asker, QUERIES[name])
    for wanted in EXPECTED[name]:
        assert any(wanted.items() <= row.items() for row in found), (wanted, found)


def test_every_shipped_query_is_tested_and_asks_something() -> None:
    assert set(QUERIES) == set(EXPECTED) | {"provenance"}
    assert len(QUERIES) >= 12
    for name in QUERIES:
        assert read_question(name), f"{name} does not begin with a comment"


def test_the_order_is_that_of_the_question(asker: Asker) -> None:
    counts = [int(row["repositories"]) for row in rows(asker, QUERIES["top-causes"])]
    assert counts == sorted(counts, reverse=True)
    promises = [row["published"] for row in rows(asker, QUERIES["unkept-promises"])]
    assert promises == sorted(promises)


def test_code_that_is_there_breaks_no_promise(asker: Asker) -> None:
    assert {row["found"] for row in rows(asker, QUERIES["unkept-promises"])} == {"empty", "no link"}


def test_the_provenance_of_a_check_is_a_graph(asker: Asker) -> None:
    answer = asker.ask(QUERIES["provenance"], Limits())
    said = "\n".join(map(str, answer.triples))
    assert answer.kind is Kind.TRIPLES
    assert f"<http://www.w3.org/ns/prov#used> <swh:1:rev:{samples.COMMIT}>" in said
    assert "<http://purl.org/net/p-plan#isStepOfPlan>" in said


def test_tallies_are_what_a_count_over_the_checks_gives(asker: Asker) -> None:
    counted = """SELECT ?cause (COUNT(?check) AS ?repositories) WHERE {
        ?place checker:latestCheck ?check . ?check checker:cause/skos:notation ?cause } GROUP BY ?cause"""
    by_hand = {row["cause"]: row["repositories"] for row in rows(asker, counted)}
    assert {row["cause"]: row["repositories"] for row in rows(asker, QUERIES["top-causes"])} == by_hand


def test_queries_of_others_find_their_way(asker: Asker) -> None:
    """The shape of the FAIR Jupyter graph: exceptions of what was retrieved from repositories of articles."""
    shape = """
        PREFIX pav: <http://purl.org/pav/>
        SELECT ?exception (COUNT(?exception) AS ?count) WHERE {
          ?execution <https://w3id.org/reproduceme/exception> ?exception ; pav:retrievedFrom ?repository .
          ?repository a <http://usefulinc.com/ns/doap#GitRepository> ; pav:retrievedFrom ?article .
          ?article a <http://purl.org/spar/fabio/Article> ;
                   <https://w3id.org/reproduceme/publishedIn>/rdfs:label "Journal of Tests" .
        } GROUP BY ?exception ORDER BY ?exception"""
    assert [row["exception"] for row in rows(asker, shape)] == ["missing_in_repository", "no_matching_python"]


ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?d ?g ?j"


def test_a_query_that_takes_too_long_is_stopped(asker: Asker) -> None:
    with pytest.raises(TookTooLong, match=r"stopped after 0\.3 s"):
        asker.ask(ENDLESS, Limits(seconds=0.3))
    assert asker.ask("ASK { ?check a checker:Check }", Limits()).truth, "the next one is answered"


def test_rows_are_limited(asker: Asker) -> None:
    answer = asker.ask("SELECT * { ?s ?p ?o }", Limits(rows=3))
    assert (len(answer.rows), answer.cut) == (3, True)
    assert not asker.ask("SELECT * { ?s ?p ?o } LIMIT 3", Limits(rows=3)).cut
    graph = asker.ask("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", Limits(rows=3))
    assert (len(graph.triples), graph.cut) == (3, True)


REFUSED = {
    "INSERT DATA { <a:a> <a:b> 1 }": "INSERT",
    "DELETE WHERE { ?s ?p ?o }": "DELETE",
    "LOAD <http://example.org/x>": "LOAD",
    "PREFIX a: <b:c> CLEAR ALL": "CLEAR",
    "DROP ALL": "DROP",
    "SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }": "SERVICE",
    "SELECT * { service<http://example.org/sparql>{ ?s ?p ?o } }": "SERVICE",
    "PREFIX : <http://e/> SELECT * { SERVICE:x { ?s ?p ?o } }": "SERVICE",
    "SELECT * { \\u0053ERVICE <http://e/> { ?s ?p ?o } }": "SERVICE",
    "SELECT * { \\U00000053ervice SILENT ?x { ?s ?p ?o } }": "SERVICE",
    "SELECT * { ?s ?p '''it''s''' . SERVICE <http://e/> { } }": "SERVICE",
    'SELECT * { ?s ?p "\\"" . SERVICE <http://e/> { } }': "SERVICE",
    "SELECT * # a comment\n{ SERVICE <http://e/#x> { } }": "SERVICE",
    "SELECT * { FILTER(?a <?b) SERVICE <http://e/> { } }": "SERVICE",
    "": "neither",
    "# only a comment: SELECT": "neither",
    "SELECT " + "x" * 60_000: "longer",
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_does_more_than_read_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match=REFUSED[query]):
        refuse_what_is_not_reading(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service ?load 'SERVICE <x>' } # SERVICE",
        'SELECT * { ?s <http://e/SERVICE> """DELETE "" SERVICE""" }',
        "PREFIX add: <http://e/> SELECT * { ?s add:x $insert }",
        "ASK { ?s ?p 'service'@en }",
    ],
)
def test_what_only_reads_is_not(query: str) -> None:
    refuse_what_is_not_reading(query)


def may_leave_the_network() -> bool:
    ways = (["unshare", "--net", "true"], ["unshare", "--user", "--net", "true"])
    return any(subprocess.run(way, capture_output=True, check=False).returncode == 0 for way in ways)


@pytest.mark.skipif(not may_leave_the_network(), reason="this system lets no process leave its network")
def test_the_process_has_no_network(made_once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the guard ever miss a call, nothing is reached."""
    asked: list[bool] = []
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: asked.append(bool(server.accept())), daemon=True).start()
    monkeypatch.setattr("checker.reports.linked_data.endpoint.query.refuse_what_is_not_reading", lambda _: None)
    query = f"SELECT * {{ SERVICE <http://127.0.0.1:{server.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
    with (
        Graph(made_once).reading() as folder,
        Asker(folder) as asker,
        pytest.raises(EngineFailure, match="query:"),
    ):
        asker.ask(query, Limits(seconds=60))
    server.close()
    assert not asked


def test_an_engines_complaint_is_one_line(asker: Asker) -> None:
    with pytest.raises(UsageError, match=r"^query: error at [^\n]+$"):
        asker.ask("SELECT ?x { ?x ", Limits())
