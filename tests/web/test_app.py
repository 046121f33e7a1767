"""The application's answers: pages, JSON, badges, headers; and what is turned away."""

from __future__ import annotations

import json
from collections.abc import Iterator

import check_samples as samples
import jsonschema
import pytest
from houses import GENEROUS, ArxivServer, House, visitor
from starlette.testclient import TestClient
from theatre import put_on, step

from checker.reports.document import RepositoryDocument
from checker.web.app import MAX_BODY, create_app, make_context
from checker.web.guard import HEADERS
from checker.web.settings import ServeSettings

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module", autouse=True)
def kept(house: House) -> None:
    for check in samples.every_kind():
        house.keep(check)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    return house.client


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize(
    "path",
    ["/", "/latest", "/latest?q=octo", "/api", "/repositories/octo/incomplete", "/repositories/octo/hostile"],
)
def test_pages_answer_with_every_header(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, name
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert " style=" not in answer.text and "<style" not in answer.text and "onclick" not in answer.text


def test_a_repository_is_shown_as_the_report_shows_it(client: TestClient) -> None:
    page = client.get("/repositories/octo/incomplete").text
    assert "The ladder" in page and "utils.secret_sauce" in page and "Commit utils/secret_sauce.py" in page
    assert "http://localhost/badge/octo/incomplete.svg" in page
    assert 'action="/checks"' in page


def test_whatever_a_repository_says_is_escaped(client: TestClient) -> None:
    for path in ("/repositories/octo/hostile", "/latest", "/"):
        page = client.get(path).text
        assert "<script>alert" not in page and "onerror=alert(2)>" not in page
        assert "\x1b" not in page and "\u202e" not in page


def test_the_live_page_escapes_names_and_output(house: House) -> None:
    bad = "<img src=x onerror=alert(1)> \x1b[31m\u202e"
    put_on(house.mirror, "ada/loud", step(f"install {bad}", lines=[bad], gate="loud"))
    ticket = house.ask("ada/loud")["id"]
    house.when(ticket, lambda view: bool(view.lines))
    page = house.client.get(f"/checks/{ticket}").text
    assert "&lt;img src=x" in page and "<img src=x" not in page and "\x1b" not in page and "\u202e" not in page
    house.open("loud")
    house.until(ticket)
    assert "<img src=x" not in house.client.get(f"/checks/{ticket}").text


def test_the_form_leads_to_the_live_page_and_that_to_the_result(house: House) -> None:
    put_on(house.mirror, "ada/form", step("install"))
    answer = house.client.post("/checks", data={"what": "ada/form"})
    assert answer.status_code == 303
    place = answer.headers["location"]
    house.until(place.rpartition("/")[2])
    page = house.client.get(place).text
    assert "/repositories/ada/form" in page and "/badge/ada/form.svg" in page and "data-events" not in page


@pytest.mark.parametrize(
    "text", ["", "nonsense", "https://evil.example.org/a/b", "file:///etc/passwd", "<script>"]
)
def test_the_form_says_what_cannot_be_asked(client: TestClient, text: str) -> None:
    answer = client.post("/checks", data={"what": text}, headers=HTML)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text and "<script>" not in answer.text.replace("<script src", "")


def test_a_paper_offers_its_links(house: House, arxiv: ArxivServer) -> None:
    answer = house.client.post("/checks", data={"what": "arXiv:2301.00001v1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/papers/2301.00001")
    page = house.client.get("/papers/2301.00001").text
    assert "Engines &lt;b&gt;that think" in page
    assert (
        'value="https://github.com/ada/engine"' in page and 'value="https://gitlab.com/ada/group/engine"' in page
    )
    assert 'value="https://github.com.evil' not in page and "not among the code hosts" in page
    before = arxiv.asked
    assert house.client.get("/api/papers/2301.00001").json()["code_status"] == "linked"
    assert arxiv.asked == before, "asked once, then remembered"
    assert house.client.get("/papers/2301.99999").status_code == 404
    assert house.client.get("/api/papers/../../etc").status_code == 404


# ---------------------------------------------------------------- JSON


def test_a_check_by_json_is_described_by_the_openapi_document(house: House) -> None:
    put_on(house.mirror, "ada/json", step("install"))
    answer = house.client.post("/api/checks", json={"repository": "ada/json"})
    assert answer.status_code == 202
    document = house.client.get("/api/openapi.json").json()
    schema = {"$ref": "#/components/schemas/TicketView", "components": document["components"]}
    jsonschema.validate(answer.json(), schema)
    ticket = answer.headers["location"]
    house.until(answer.json()["id"])
    jsonschema.validate(house.client.get(ticket).json(), schema)
    repository = house.client.get("/api/repositories/ada/json")
    assert RepositoryDocument.model_validate_json(repository.content).repository == "ada/json"
    paths = {"/api/checks", "/api/checks/{ticket}/events", "/badge/{name}.svg", "/health", "/sparql"}
    assert paths <= set(document["paths"])


def test_events_end_with_the_result(house: House) -> None:
    put_on(house.mirror, "ada/events", step("install", lines=["one"]))
    ticket = house.ask("ada/events")["id"]
    with house.client.stream("GET", f"/api/checks/{ticket}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        data = [line.removeprefix("data: ") for line in stream.iter_lines() if line.startswith("data: ")]
    seen = [json.loads(text) for text in data]
    assert seen[-1]["state"] == "done" and seen[-1]["result"] == "/repositories/ada/events"
    assert [one["version"] for one in seen] == sorted({one["version"] for one in seen})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"repository": ""}, 422),
        ({"repository": "x" * 600}, 422),
        ({"repository": "a/b", "folder": "/etc"}, 422),
        ({"repository": "/etc"}, 400),
        ({"repository": "2301.00001"}, 400),
    ],
)
def test_json_that_cannot_be_is_said_plainly(client: TestClient, body: dict[str, str], status: int) -> None:
    answer = client.post("/api/checks", json=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"detail"} and "\n" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/checks/0123456789abcdef", "/checks/x", "/repositories/octo/never", "/repositories/octo",
     "/repositories/../../etc/passwd", "/repositories/a/b%00", "/assets/..%2f..%2fapp.py", "/api/checks/x/events",
     "/api/checks/0123456789abcdef/events", "/api/repositories/octo/never"],
)  # fmt: skip
def test_what_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(path, headers=HTML).status_code == 404


def test_health(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200 and answer.json()["status"] == "ok"


# ---------------------------------------------------------------- badges


def test_a_badge_may_be_kept_and_is_asked_again_by_its_tag(client: TestClient) -> None:
    answer = client.get("/badge/octo/passes.svg")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    tag = answer.headers["etag"]
    for held in (tag, f'W/{tag}, "other"', "*"):
        again = client.get("/badge/octo/passes.svg", headers={"if-none-match": held})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/badge/octo/passes.svg", headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get("/badge/Octo/Passes.svg").headers["etag"] == tag


def test_head_is_answered_as_get_is(client: TestClient) -> None:
    assert (
        client.head("/badge/octo/passes.svg").headers["etag"]
        == client.get("/badge/octo/passes.svg").headers["etag"]
    )
    assert client.head("/").status_code == 200
    assert client.head("/api/checks/0123456789abcdef/events").status_code == 405


def test_a_badge_for_shields(client: TestClient) -> None:
    said = client.get("/badge/octo/passes.json").json()
    assert said["schemaVersion"] == 1 and said["label"] == "reproducibility"
    untold = client.get("/badge/octo/silent.json").json()
    assert untold["message"] == "inconclusive" and untold["isError"] is False


@pytest.mark.parametrize(
    "path", ["/badge/octo/never", "/badge/..%2f..%2fetc/passwd", "/badge/evil.example.org/a/b"]
)
def test_a_badge_of_what_was_never_checked_is_grey_and_404(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}.svg", headers={"if-none-match": "*"})
    assert answer.status_code == 404 and "not checked" in answer.text
    assert (
        answer.headers["content-type"] == "image/svg+xml"
        and answer.headers["cache-control"] == "public, max-age=60"
    )
    assert client.get(f"{path}.json").json()["message"] == "not checked"


# ---------------------------------------------------------------- turned away


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example.org"},
        {"origin": "http://localhost.evil.example.org"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://localhost/evil"},
        {"origin": "localhost"},
        {"origin": ""},
    ],
)
def test_another_site_starts_no_check_through_a_visitor(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/checks", data={"what": "ada/x"}, headers=headers).status_code == 403
    assert client.post("/api/checks", json={"repository": "ada/x"}, headers=headers).status_code == 403


def test_our_own_pages_do(client: TestClient) -> None:
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://localhost"}):
        assert client.post("/checks", data={"what": "ada/x"}, headers=headers).status_code == 303


def test_a_form_of_another_kind_is_not_read(client: TestClient) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json"):
        assert client.post("/checks", content=b"what=a/b", headers={"content-type": kind}).status_code == 400
    assert (
        client.post(
            "/api/checks", content=b'{"repository": "a/b"}', headers={"content-type": "text/plain"}
        ).status_code
        == 422
    )


def test_a_long_body_is_not_read(client: TestClient) -> None:
    assert client.post("/checks", data={"what": "x" * (MAX_BODY + 1)}).status_code == 413
    assert (
        client.post(
            "/api/checks", content=(b"x" * 1024 for _ in range(32)), headers={"content-type": "application/json"}
        ).status_code
        == 413
    )


@pytest.mark.parametrize(
    "name",
    [
        "evil.example.org",
        "localhost.evil.example.org",
        "",
        "127.0.0.2",
        "[::2]:80",
        "a:b:c",
        "localhost/evil",
        "localhost?x",
        "localhost#x",
        "evil@localhost",
        "localhost:80@evil",
        "localhost:x",
        "localhost,evil",
        "[::1",
        "[localhost]",
    ],
)
def test_it_answers_to_its_own_names_only(client: TestClient, name: str) -> None:
    assert client.get("/", headers={"host": name}).status_code == 400


@pytest.mark.parametrize("name", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
def test_the_names_of_loopback(client: TestClient, name: str) -> None:
    assert client.get("/", headers={"host": name}).status_code == 200


def test_names_that_the_operator_gives(house: House) -> None:
    settings = GENEROUS.model_copy(update={"names": frozenset({"checker.example.org"})})
    app = create_app(make_context(house.jobs, house.archive, settings))
    assert visitor(app).get("/health").status_code == 400
    assert visitor(app).get("/health", headers={"host": "checker.example.org"}).status_code == 200


def test_forwarded_addresses_count_only_from_the_named_proxies(house: House) -> None:
    def second_check(settings: ServeSettings, address: str) -> int:
        app = create_app(make_context(house.jobs, house.archive, settings), loopback=True)
        for number in range(2):
            client = visitor(app, {"x-forwarded-for": f"198.51.100.{number}"}, address)
            status = client.post("/api/checks", json={"repository": f"ada/p{number}-{address}"}).status_code
        return status

    one = ServeSettings(rate="1/hour", open_per_client=100)
    behind = one.model_copy(update={"proxies": ("10.0.0.0/8",)})
    assert second_check(one, "10.0.0.1") == 429, "nobody is believed"
    assert second_check(behind, "192.0.2.9") == 429, "not from a proxy"
    assert second_check(behind, "10.0.0.2") == 202, "two clients behind the proxy"


def test_live_pages_are_counted(house: House) -> None:
    settings = GENEROUS.model_copy(update={"streams_per_client": 1})
    put_on(house.mirror, "ada/watched", step("install", gate="watched"))
    ticket = house.ask("ada/watched")["id"]
    context = make_context(house.jobs, house.archive, settings)
    app = create_app(context, loopback=True)
    with context.streams.count_viewer("192.0.2.7"):
        refused = visitor(app).get(f"/api/checks/{ticket}/events")
        assert refused.status_code == 429 and refused.headers["retry-after"]
    house.open("watched")
    house.until(ticket)
    assert visitor(app).get(f"/api/checks/{ticket}/events").status_code == 200


def test_a_mistake_of_ours_shows_no_traceback(house: House) -> None:
    seen: list[str] = []
    context = make_context(house.jobs, None, GENEROUS)  # type: ignore[arg-type]  # a part that is not there
    app = create_app(context, loopback=True, mistake=lambda line, trace: seen.append(trace))
    for headers in (HTML, {}):
        answer = visitor(app).get("/latest", headers=headers)
        assert answer.status_code == 500 and "Traceback" not in answer.text and "NoneType" not in answer.text
        assert answer.headers["content-security-policy"]
    assert "AttributeError" in seen[0]


def test_without_a_graph_there_is_no_sparql(client: TestClient) -> None:
    assert client.get("/sparql?query=ASK%20%7B%7D").status_code == 503
