"""`/sparql`: the store as a graph, asked by programs, and by people in a form with queries to begin with."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from checker.reports.linked_data.endpoint.bundled_queries import QUERIES, read_question
from checker.reports.linked_data.endpoint.endpoint import Endpoint, Refused, Reply, make_refusal, read_request
from checker.web.context import Client, Here
from checker.web.pages import render

ROWS = "application/sparql-results+json"

#: Rows of an answer that a page shows; programs get all of them.
SHOWN_ROWS = 500

router = APIRouter()


@router.get("/sparql", summary="Ask the store as a graph with SPARQL (SPARQL 1.1 protocol, read-only)")
@router.post("/sparql", include_in_schema=False)
async def sparql(request: Request, here: Here, client: Client) -> Response:
    """Answer a query; a browser that asks nothing, or asks with the form, gets a page."""
    if here.endpoint is None:
        return _send_reply(Reply(503, "text/plain; charset=utf-8", b"the graph is not offered here\n"))
    accept = request.headers.get("accept")
    body = await request.body() if request.method == "POST" else b""
    try:
        query = read_request(request.method, request.url.query, request.headers.get("content-type", ""), body)
    except Refused as refused:
        return _send_reply(make_refusal(refused))
    if query.strip():
        here.rates.spend("queries", client)
    if "text/html" in (accept or ""):
        return await run_in_threadpool(_render_page, here.endpoint, query, request.query_params.get("shipped", ""))
    return _send_reply(await run_in_threadpool(here.endpoint.answer, query, accept))


def _send_reply(reply: Reply) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    if reply.status == 503:
        headers["Retry-After"] = "5"
    return Response(reply.body, reply.status, headers | {"Content-Type": reply.content_type})


def _render_page(endpoint: Endpoint, query: str, shipped: str) -> HTMLResponse:
    text = query if query.strip() else QUERIES.get(shipped, "")
    shown: dict[str, Any] = {"columns": (), "rows": (), "more": 0, "text": "", "problem": ""}
    status = 200
    if query.strip():
        reply = endpoint.answer(query, f"{ROWS}, text/turtle;q=0.5")
        status = reply.status
        shown |= _show_reply(reply)
    questions = [(name, read_question(name)) for name in QUERIES]
    page = render("sparql.html.j2", spot="sparql", query=text, questions=questions, **shown)
    return HTMLResponse(page, status)


def _show_reply(reply: Reply) -> dict[str, Any]:
    """Return what a page shows of a reply: a table, a text, or why there is none."""
    said = reply.body.decode("utf-8", "replace")
    if reply.status != 200:
        return {"problem": said.strip()}
    if not reply.content_type.startswith(ROWS):
        return {"text": said[:100_000]}
    found = json.loads(said)
    if "boolean" in found:
        return {"text": "yes" if found["boolean"] else "no"}
    columns, rows = found["head"]["vars"], found["results"]["bindings"]
    cells = [[row.get(column, {}).get("value", "") for column in columns] for row in rows[:SHOWN_ROWS]]
    return {"columns": columns, "rows": cells, "more": max(0, len(rows) - SHOWN_ROWS), "none": not rows}
