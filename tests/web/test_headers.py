"""Any request at all: an answer or a refusal, and never a mistake of the application."""

from __future__ import annotations

import asyncio
from typing import Any

from houses import GENEROUS, House
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.web.app import create_app, make_context

NAMES = [
    b"host", b"origin", b"sec-fetch-site", b"accept", b"content-type", b"content-length", b"if-none-match",
    b"cookie", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"range", b"referer",
    b"authorization", b"expect", b"upgrade", b"last-event-id", b"transfer-encoding", b"x",
]  # fmt: skip

WORDS = [
    b"http://[", b"localhost", b"localhost/evil", b"[::1", b"http://localhost", b"text/html", b"*/*;q=x", b"-1",
    b"", b"a" * 4000, b"application/json", b"application/x-www-form-urlencoded", b"bytes=-1", b"W/*", b"\xff\xfe",
    b"1e9", b"application/json; charset=nonsense", b"multipart/form-data", b"10.0.0.1, [::", b"text/html;q=nan",
    b"99999999", b"application/x-www-form-urlencoded; charset=utf-16", b"%00", b"\x00", b"0x10",
]  # fmt: skip

VALUES = st.one_of(st.sampled_from(WORDS), st.binary(max_size=60))
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8)
PATHS = st.one_of(
    st.sampled_from([
        "/", "/latest", "/checks", "/api/checks", "/sparql", "/api/openapi.json", "/assets/site.css", "/health",
        "/badge/ada/x.svg", "/repositories/ada/x", "/api/repositories/ada/x", "/api/checks/x/events",
    ]),
    st.text(max_size=40).map(lambda text: f"/{text}"),
)  # fmt: skip
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW"])


REQUESTS = st.tuples(METHODS, PATHS, st.binary(max_size=60), HEADERS, st.binary(max_size=80))


@settings(max_examples=300)
@given(st.booleans(), REQUESTS)
def test_no_request_is_a_mistake_of_ours(house: House, named: bool, asked: tuple[Any, ...]) -> None:
    method, path, query, headers, body = asked
    mistakes: list[str] = []
    behind = GENEROUS.model_copy(update={"proxies": ("192.0.2.0/24",)})
    context = make_context(house.jobs, house.archive, behind)
    app = create_app(context, loopback=True, mistake=lambda line, trace: mistakes.append(trace))
    given_headers = [(b"host", b"localhost"), *headers] if named else headers
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": query, "root_path": "",
        "headers": given_headers, "client": ("192.0.2.7", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    sent: list[dict[str, Any]] = []
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    assert not mistakes
    assert sent[0]["type"] == "http.response.start"
    assert sent[0]["status"] < 500 or (path == "/sparql" and sent[0]["status"] == 503)
