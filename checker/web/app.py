"""The application put together: routes, assets, refusals as pages or as JSON, and the guard around it all."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from checker import __version__
from checker.core.errors import CheckerError, UsageError
from checker.reports.linked_data.endpoint.endpoint import Endpoint
from checker.web import api, site, sparql
from checker.web.cached import answer_cached
from checker.web.context import Context
from checker.web.guard import Guard
from checker.web.jobs.archive import Archive
from checker.web.jobs.clients import Rates, Streams
from checker.web.jobs.queue import JobQueue
from checker.web.pages import render
from checker.web.papers import Papers
from checker.web.refusals import Refusal, Unknown
from checker.web.settings import ServeSettings

#: Bytes of a request's body at most: what is asked for is one line.
MAX_BODY = 16 * 1024

ASSETS = {
    "site.css": ("checker.reports", "text/css"),
    "site.js": ("checker.reports", "text/javascript"),
    "web.css": ("checker.web", "text/css"),
    "web.js": ("checker.web", "text/javascript"),
}
ASSET_SECONDS = 300

HEADINGS = {403: "Not from here", 404: "Not found", 405: "Not that way", 413: "Too long", 429: "Too often",
            500: "Our mistake", 503: "Not now"}  # fmt: skip

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def make_context(
    jobs: JobQueue,
    archive: Archive,
    settings: ServeSettings,
    papers: Papers | None = None,
    endpoint: Endpoint | None = None,
) -> Context:
    """Put together what the requests work with; without an endpoint there is no SPARQL."""
    streams = Streams(settings.streams, settings.streams_per_client)
    return Context(jobs, archive, papers or Papers(), settings, Rates(settings), streams, endpoint)


def create_app(
    context: Context, *, loopback: bool = False, mistake: Callable[[str, str], None] = lambda line, trace: None
) -> ASGIApp:
    """Return the application; `loopback` means that it is reached from this machine alone, by its usual names."""
    app = FastAPI(
        title="Reproducibility checker",
        summary="Checks repositories on demand.",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=MAX_BODY,
    )
    app.state.context = context
    app.include_router(api.router)
    app.include_router(site.router)
    app.include_router(sparql.router)
    app.add_api_route("/assets/{name}", answer_asset, include_in_schema=False)
    for kind in (Refusal, CheckerError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer_refusal)
    names = context.settings.names | (LOOPBACK if loopback else frozenset())
    guarded: ASGIApp = Guard(app, names or None, render_refusal, mistake)
    if context.settings.proxies:
        behind: Any = ProxyHeadersMiddleware
        guarded = behind(guarded, trusted_hosts=list(context.settings.proxies))
    return guarded


def answer_asset(name: str, request: Request) -> Response:
    """Answer with a style sheet or a script."""
    if name not in ASSETS:
        raise Unknown("there is no such file")
    package, media_type = ASSETS[name]
    content = files(package).joinpath("assets", name).read_bytes()
    return answer_cached(request, content, media_type, seconds=ASSET_SECONDS)


# ---------------------------------------------------------------- turned away


def render_refusal(scope: Scope, refusal: Refusal) -> Response:
    """Return a refusal as a page for people, as JSON for programs."""
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    said = str(refusal)
    path = str(scope["path"])
    html = "text/html" in Headers(scope=scope).get("accept", "") and not path.startswith("/api/")
    if not html:
        return JSONResponse({"detail": said}, refusal.status, headers)
    never = path.removeprefix("/repositories/") if path.startswith("/repositories/") else ""
    page = render(
        "message.html.j2",
        heading=HEADINGS.get(refusal.status, "Not asked"),
        text=f"{said[:1].upper()}{said[1:]}.",
        offer=never if len(never) < 200 else "",
    )
    return HTMLResponse(page, refusal.status, headers)


def make_refusal(error: Exception) -> Refusal:
    """Say an error as a refusal: wrong usage is the caller's, what else the checker says in one line is ours."""
    match error:
        case Refusal():
            return error
        case CheckerError():
            return _refuse_plainly(str(error), 400 if isinstance(error, UsageError) else 503)
        case HTTPException():
            return _refuse_plainly(str(error.detail).lower(), error.status_code)
        case RequestValidationError():
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"][1:]) or "the request"
            return _refuse_plainly(f"{place}: {first['msg']}", 404 if first["loc"][0] == "path" else 422)
    return _refuse_plainly("a mistake of the checker itself", 500)


def _refuse_plainly(text: str, status: int) -> Refusal:
    refusal = Refusal(text)
    refusal.status = status
    return refusal


async def _answer_refusal(request: Request, error: Exception) -> Response:
    return render_refusal(request.scope, make_refusal(error))
