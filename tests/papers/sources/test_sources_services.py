from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from checker.core.errors import NetworkFailure, UsageError
from checker.papers.sources import read_inputs

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/abs/2301.00001v2</id><title>Waves
  Everywhere</title><published>2023-01-01T00:00:00Z</published>
<summary>We study waves &amp; more.</summary>
<comment xmlns="http://arxiv.org/schemas/atom">Code: https://github.com/sea/waves</comment>
<journal_ref xmlns="http://arxiv.org/schemas/atom">Journal of Waves
 7 (2023)</journal_ref>
<category term="cs.LG"/><category term="stat.ML"/><category term="cs.LG"/><category term="68T05"/>
</entry></feed>"""

DAY = [
    {
        "paper": {
            "id": "2301.00001",
            "title": "Waves Everywhere",
            "summary": "We study.",
            "publishedAt": "2023-01-01T0",
        }
    },
    {
        "paper": {
            "id": "2301.00002",
            "title": "Tides",
            "summary": "T.",
            "githubRepo": "https://github.com/sea/tides",
        }
    },
    {"paper": {"id": "2301.00003"}},
]


class Service:
    """A web server of the test's own: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, bytes]]] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                service.asked.append((parts.path, parse_qs(parts.query)))
                waiting = service.answers.get(parts.path, [(404, b"")])
                status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def urls(self) -> dict[str, str]:
        return {"arxiv": self.url, "huggingface": self.url}


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    thread = Thread(target=service.server.serve_forever, daemon=True)
    thread.start()
    yield service
    service.server.shutdown()
    service.server.server_close()
    thread.join()


def test_a_category_of_arxiv(service: Service) -> None:
    service.answers["/api/query"] = [(200, FEED.encode())]
    (paper,) = read_inputs(["arxiv:cs.LG"], base_urls=service.urls()).papers
    assert (paper.id, paper.title, str(paper.published)) == ("2301.00001", "Waves Everywhere", "2023-01-01")
    assert paper.abstract == "We study waves & more.\n\nCode: https://github.com/sea/waves"
    assert service.asked[0][1]["search_query"] == ["cat:cs.LG"]
    assert (paper.categories, paper.venue) == (("cs.LG", "stat.ML"), "Journal of Waves 7 (2023)")


def test_papers_of_arxiv_by_number(service: Service) -> None:
    service.answers["/api/query"] = [(200, FEED.encode())]
    read_inputs(["arxiv:2301.00001v1,math/0101001"], base_urls=service.urls())
    assert service.asked[0][1]["id_list"] == ["2301.00001,math/0101001"]


@pytest.mark.parametrize("body", [b"<html>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><feed/>", b""])
def test_an_answer_that_is_no_feed_is_our_failure(body: bytes, service: Service) -> None:
    service.answers["/api/query"] = [(200, body)]
    with pytest.raises(NetworkFailure, match="not a feed"):
        read_inputs(["arxiv:cs.LG"], base_urls=service.urls())


def test_a_number_that_arxiv_does_not_know(service: Service) -> None:
    service.answers["/api/query"] = [(200, b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>')]
    with pytest.raises(UsageError, match="knows no such"):
        read_inputs(["arxiv:2301.99999"], base_urls=service.urls())


def test_a_day_of_hugging_face(service: Service) -> None:
    service.answers["/api/daily_papers"] = [(200, json.dumps(DAY).encode())]
    inputs = read_inputs(["huggingface:2026-11-19"], base_urls=service.urls())
    assert [(paper.id, paper.title) for paper in inputs.papers] == [
        ("2301.00001", "Waves Everywhere"),
        ("2301.00002", "Tides"),
    ]
    assert inputs.papers[1].abstract == "T.\n\nhttps://github.com/sea/tides"
    assert [problem.message for problem in inputs.problems] == ["1 papers without a title left out"]
    assert service.asked[0][1]["date"] == ["2026-11-19"]


@pytest.mark.parametrize("body", [b"{}", b"nothing", b'{"error": "x"}'])
def test_an_answer_that_is_no_list_is_our_failure(body: bytes, service: Service) -> None:
    service.answers["/api/daily_papers"] = [(200, body)]
    with pytest.raises(NetworkFailure, match="not a list"):
        read_inputs(["huggingface:today"], base_urls=service.urls())


def test_a_day_without_papers(service: Service) -> None:
    service.answers["/api/daily_papers"] = [(200, b"[]")]
    with pytest.raises(UsageError, match="no papers"):
        read_inputs(["huggingface:2026-11-19"], base_urls=service.urls())


def test_a_busy_service_is_asked_again(service: Service) -> None:
    service.answers["/api/daily_papers"] = [(429, b""), (200, json.dumps(DAY).encode())]
    assert len(read_inputs(["huggingface:today"], base_urls=service.urls()).papers) == 2


def test_a_refusal_is_the_callers_mistake(service: Service) -> None:
    service.answers["/api/daily_papers"] = [(400, b"")]
    with pytest.raises(UsageError, match="answered 400"):
        read_inputs(["huggingface:2026-11-19"], base_urls=service.urls())
    assert len(service.asked) == 1


def test_a_service_that_is_not_there_leaves_the_other_inputs(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    service.answers["/api/query"] = [(503, b"")]
    page = tmp_path_factory.mktemp("pages") / "a.txt"
    page.write_text("Waves\n\nWe study waves. They are.\n")
    inputs = read_inputs(["arxiv:cs.LG", str(page)], base_urls=service.urls())
    assert [paper.title for paper in inputs.papers] == ["Waves"]
    assert [(p.source, p.message) for p in inputs.problems] == [("arxiv:cs.LG", "answered 503 (3 tries)")]


def test_no_answer_at_all() -> None:
    nobody = "http://127.0.0.1:9"
    with pytest.raises(NetworkFailure, match=r"arxiv:cs\.LG"):
        read_inputs(["arxiv:cs.LG"], base_urls={"arxiv": nobody})
