"""The endpoint: what the SPARQL 1.1 protocol asks of it, and that nothing gets past its limits."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import check_samples as samples
import pytest
from linked_samples import NIGHTS
from pyoxigraph import RdfFormat, parse, parse_query_results

from checker.reports.linked_data.endpoint.endpoint import Endpoint, Refused, make_refusal, read_request
from checker.reports.linked_data.endpoint.protocol import FORM, QUERY, choose
from checker.reports.linked_data.endpoint.query import Limits
from checker.store import Store

ASK = "ASK { ?check a checker:Check }"
SELECT = "SELECT ?label ?none { ?scheme skos:prefLabel ?label } ORDER BY ?label"
CONSTRUCT = "CONSTRUCT { ?s rdfs:label ?l } WHERE { ?s rdfs:label ?l } LIMIT 3"


@pytest.fixture(scope="module")
def endpoint(made_once: Path) -> Iterator[Endpoint]:
    endpoint = Endpoint(made_once, Limits(seconds=1, rows=50), patience=20)
    yield endpoint
    endpoint.close()


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("text/html, application/sparql-results+xml;q=0.9, */*;q=0.1", "application/sparql-results+xml"),
        ("text/*", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_rows_come_in_the_format_that_is_accepted(accept: str | None, media: str, endpoint: Endpoint) -> None:
    reply = endpoint.answer(SELECT, accept)
    assert (reply.status, reply.content_type) == (200, media)
    assert b"Rungs of runnability" in reply.body


@pytest.mark.parametrize("query", [SELECT, ASK, "SELECT * { ?s ?p ?o } LIMIT 40"])
@pytest.mark.parametrize(
    "media", ["application/sparql-results+json", "application/sparql-results+xml", "text/tab-separated-values"]
)
def test_others_can_read_the_answers(query: str, media: str, endpoint: Endpoint) -> None:
    from pyoxigraph import QueryResultsFormat

    form = QueryResultsFormat.from_media_type(media)
    assert form is not None
    if query == ASK and media == "text/tab-separated-values":
        return  # the specification has no TSV for a truth
    found = parse_query_results(endpoint.answer(query, media).body, format=form)
    if query == ASK:
        assert bool(found)
    else:
        assert len(list(found)) > 5


@pytest.mark.parametrize(
    "media", ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"]
)
def test_graphs_come_in_the_format_that_is_accepted(media: str, endpoint: Endpoint) -> None:
    reply = endpoint.answer(CONSTRUCT, media)
    assert reply.content_type.startswith(media)
    assert len(list(parse(reply.body, format=RdfFormat.from_media_type(media)))) == 3


def test_a_blank_query_is_answered_with_a_description(endpoint: Endpoint) -> None:
    reply = endpoint.answer("  ")
    assert reply.content_type.startswith("text/turtle")
    assert any("SPARQL11Query" in str(quad) for quad in parse(reply.body, format=RdfFormat.TURTLE))


@pytest.mark.parametrize(
    ("query", "accept", "status", "says"),
    [
        ("SELECT * {", None, 400, "query: error at"),
        ("INSERT DATA { <a:a> <a:b> 1 }", None, 400, "only reading is offered"),
        ("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }", None, 400, "another host"),
        ("SELECT * { ?s ?p ?o }", None, 400, "more than 50 rows; add LIMIT"),
        (ASK, "image/png", 406, "offered: application/sparql-results+json"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g", None, 504, "stopped after 1 s"),
    ],
)
def test_what_is_not_answered(query: str, accept: str | None, status: int, says: str, endpoint: Endpoint) -> None:
    reply = endpoint.answer(query, accept)
    assert (reply.status, reply.content_type) == (status, "text/plain; charset=utf-8")
    assert says in reply.body.decode()
    assert reply.body.count(b"\n") == 1
    assert endpoint.answer(ASK).status == 200


LONG = "BIND(CONCAT(?a, ?a, ?a, ?a, ?a, ?a, ?a, ?a, ?a, ?a) AS ?b) BIND(CONCAT(?b, ?b, ?b, ?b) AS ?c)"


@pytest.mark.parametrize(
    "query",
    [
        f'SELECT ?c {{ BIND("{"x" * 40_000}" AS ?a) {LONG} }}',
        f'CONSTRUCT {{ <a:a> <a:b> ?c }} {{ BIND("{"x" * 40_000}" AS ?a) {LONG} }}',
        f"SELECT ?{'v' * 24_000} {{ ?{'v' * 24_000} ?p ?o }} LIMIT 50",
    ],
)
def test_an_answer_of_many_bytes_is_given_up(query: str, made_once: Path) -> None:
    endpoint = Endpoint(made_once, Limits(seconds=10, rows=50, size=1024**2), patience=20)
    try:
        reply = endpoint.answer(query)
        assert (reply.status, len(reply.body) < 200) == (413, True)
        assert b"larger than 1 MiB; ask for fewer rows" in reply.body
        assert endpoint.answer(SELECT).status == 200
    finally:
        endpoint.close()


def test_what_wants_more_memory_than_there_is_ends_alone(made_once: Path) -> None:
    doubled = " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(20))
    endpoint = Endpoint(made_once, Limits(seconds=20, rows=50, size=1024**2), patience=20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        reply = endpoint.answer(f'SELECT * {{ BIND("{"x" * 40_000}" AS ?a0) {doubled} }}')
        assert reply.status in (413, 503)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
        assert endpoint.answer(SELECT).status == 200
    finally:
        endpoint.close()


def test_many_at_once(endpoint: Endpoint) -> None:
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(endpoint.answer, [ASK, SELECT] * 8))
    assert [reply.status for reply in replies] == [200] * 16
    assert all(json.loads(reply.body) for reply in replies)


def test_new_checks_are_seen(store_path: Path) -> None:
    endpoint = Endpoint(store_path, refresh_seconds=0, patience=20)
    count = 'SELECT (COUNT(*) AS ?n) { ?p checker:latestCheck/rdfs:label ?l FILTER(CONTAINS(?l, "octo/new,")) }'
    try:
        assert b'"0"' in endpoint.answer(count).body
        with Store.open(store_path) as store:
            run = store.begin_run(NIGHTS[1], inputs=["x"], checker_version="0.1.0")
            store.save_check(run, samples.passing("octo/new"))
            store.finish_run(run)
        assert any(b'"1"' in endpoint.answer(count).body for _ in range(20))
    finally:
        endpoint.close()


def test_no_store_is_no_answer(tmp_path: Path) -> None:
    endpoint = Endpoint(tmp_path / "checker.sqlite")
    reply = endpoint.answer(ASK)
    assert reply.status == 400
    assert b"no results are stored there" in reply.body
    endpoint.close()


def test_requests_of_the_protocol() -> None:
    asked = f"query={quote(ASK)}"
    assert read_request("GET", asked) == ASK
    assert read_request("POST", "", f"{FORM}; charset=utf-8", asked.encode()) == ASK
    assert read_request("POST", "", QUERY, ASK.encode()) == ASK
    assert read_request("GET", "") == ""


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (405, ("PUT", "", "", b"")),
        (415, ("POST", "", "application/sparql-update", b"CLEAR ALL")),
        (415, ("POST", "", "text/plain", b"x")),
        (400, ("POST", "", FORM, b"update=CLEAR+ALL")),
        (400, ("GET", "update=CLEAR+ALL", "", b"")),
        (400, ("GET", "query=x&default-graph-uri=http%3A%2F%2Fe", "", b"")),
        (400, ("POST", "named-graph-uri=x", QUERY, b"ASK {}")),
        (400, ("GET", "query=x&query=y", "", b"")),
        (400, ("GET", "query=%ff", "", b"")),
        (400, ("GET", "&".join(["a=b"] * 50), "", b"")),
        (400, ("POST", "", QUERY, b"\xff")),
        (413, ("POST", "", QUERY, b"x" * 200_001)),
    ],
)
def test_requests_that_are_refused(status: int, request_: tuple[str, str, str, bytes]) -> None:
    with pytest.raises(Refused) as caught:
        read_request(*request_)
    assert make_refusal(caught.value).status == status


def test_choosing_among_formats() -> None:
    offered = ("a/x", "b/y")
    assert choose("", offered) == "a/x"
    assert choose("b/y;q=0.5, a/x;q=0.2", offered) == "b/y"
    assert choose("a/x;q=0, */*", offered) == "b/y"
    assert choose("b/*;q=nonsense", offered) is None


def test_hostile_text_stays_in_its_place(endpoint: Endpoint) -> None:
    query = 'SELECT ?l { ?s rdfs:label ?l FILTER(CONTAINS(?l, "<script>")) } LIMIT 5'
    body = endpoint.answer(query, "application/sparql-results+xml").body
    assert b"<script>" not in body
    ElementTree.fromstring(body)
