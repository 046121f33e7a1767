"""The application's JSON: checks asked for, their progress, results, papers, badges, health."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field

from checker import __version__
from checker.core.rules import compute_rules_digest
from checker.core.values.base import Value
from checker.core.values.papers import LinkedPaper
from checker.judging.wording import find_outcome
from checker.papers.sources.base import parse_arxiv_id
from checker.reports.badge import make_badge, render_shields, render_svg
from checker.reports.build import build_repository_document
from checker.reports.document import RepositoryDocument
from checker.store import RecentCheck
from checker.web.asking import MAX_TEXT, PaperAsked
from checker.web.cached import answer_cached
from checker.web.context import Client, Context, Here
from checker.web.jobs.tickets import TicketView
from checker.web.places import parse_name
from checker.web.refusals import NotAsked, Unknown

#: How often a live page is updated.
LOOK_SECONDS = 0.25

BADGE_SECONDS = 300
UNCHECKED_SECONDS = 60

router = APIRouter()


class Asked(Value):
    """A check to begin: `owner/name`, `owner/name@commit` or an address; `anew` even if an earlier one counts."""

    repository: Annotated[str, Field(min_length=1, max_length=MAX_TEXT, examples=["owner/name"])]
    anew: bool = False


class Problem(Value):
    """Why a request was turned away."""

    detail: str


class Health(Value):
    """How the service is: `status` is `ok`, or says what is wrong."""

    status: str
    version: str
    rules: str
    waiting: int
    running: int


TURNED_AWAY: dict[int | str, dict[str, object]] = {
    400: {"model": Problem, "description": "Not a repository of a host that is asked here"},
    429: {"model": Problem, "description": "Too often; Retry-After says when again"},
    503: {"model": Problem, "description": "The line is full; Retry-After says when again"},
}
UNKNOWN: dict[int | str, dict[str, object]] = {
    404: {"model": Problem, "description": "Never checked, or not known"}
}

Name = Annotated[str, Path(description="owner/name, of another host than GitHub host/owner/name", max_length=300)]
TicketId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.post(
    "/api/checks", status_code=202, responses=TURNED_AWAY, summary="Begin a check, or join the running one"
)
def begin_check(asked: Asked, here: Here, client: Client, response: Response) -> TicketView:
    """Answer with the check as it stands; `Location` is where to look again, `…/events` where to watch."""
    ticket = here.begin(asked.repository, client, anew=asked.anew)
    if isinstance(ticket, PaperAsked):
        raise NotAsked(f"that is a paper: /api/papers/{ticket.arxiv} lists its links")
    response.headers["Location"] = f"/api/checks/{ticket.id}"
    return ticket


@router.get("/api/checks", summary="The newest check of each repository")
def recent_checks(
    here: Here,
    q: Annotated[str, Query(max_length=100, description="a part of the name")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Sequence[RecentCheck]:
    """List them, newest first."""
    return here.archive.list_recent(limit, q)


@router.get("/api/checks/{ticket}", responses=UNKNOWN, summary="How a check that was asked for stands")
def one_check(ticket: TicketId, here: Here) -> TicketView:
    """Answer with its steps, the last lines of output and, when it is done, the outcome."""
    return here.jobs.look(ticket)


async def _watch_ticket(ticket: TicketId, here: Here, client: Client) -> AsyncIterator[TicketView]:
    with here.streams.count_viewer(client):
        yield here.jobs.look(ticket)


@router.get(
    "/api/checks/{ticket}/events",
    responses={**UNKNOWN, 429: TURNED_AWAY[429]},
    response_class=EventSourceResponse,
    summary="Watch a check",
)
async def watch_check(
    first: Annotated[TicketView, Depends(_watch_ticket)], here: Here
) -> AsyncIterator[ServerSentEvent]:
    """Send an event `check` with the whole state whenever something has changed, until the check is over."""
    view, told = first, (-1, -1)
    while True:
        if (view.version, view.ahead) != told:
            told = view.version, view.ahead
            yield ServerSentEvent(event="check", id=str(view.version), raw_data=view.model_dump_json())
        if view.over or here.jobs.stopping:
            return
        await asyncio.sleep(LOOK_SECONDS)
        view = here.jobs.look(first.id)


@router.get("/api/repositories/{name:path}", responses=UNKNOWN, summary="The newest result of a repository")
def one_repository(name: Name, here: Here) -> RepositoryDocument:
    """Answer with what `checker repo --json` prints."""
    return build_repository_document(here.find_check(name))


@router.get("/api/papers/{arxiv:path}", responses={**UNKNOWN, **TURNED_AWAY}, summary="The links of a paper")
def one_paper(arxiv: Annotated[str, Path(max_length=60)], here: Here, client: Client) -> LinkedPaper:
    """Look an arXiv identifier up, and read the abstract."""
    return find_paper(here, arxiv, client)


def find_paper(here: Context, text: str, client: str) -> LinkedPaper:
    """Return a paper by its identifier; Unknown where it is none."""
    number = parse_arxiv_id(text) if text.isascii() else None
    if number is None:
        raise Unknown("that is no arXiv identifier")
    return here.papers.read(number, lambda: here.rates.spend("lookups", client))


@router.get(
    "/badge/{name:path}.svg", responses=UNKNOWN, summary="The badge of a repository", response_class=Response
)
@router.get("/badges/{name:path}.svg", include_in_schema=False)
def badge_svg(name: Name, request: Request, here: Here) -> Response:
    """Answer with an SVG; grey, with status 404, where the repository was never checked."""
    return _answer_badge(name, request, here, "image/svg+xml")


@router.get(
    "/badge/{name:path}.json", responses=UNKNOWN, summary="The same for shields.io", response_class=Response
)
@router.get("/badges/{name:path}.json", include_in_schema=False)
def badge_json(name: Name, request: Request, here: Here) -> Response:
    """Answer with the format of shields.io's endpoint badges."""
    return _answer_badge(name, request, here, "application/json")


def _answer_badge(name: str, request: Request, here: Context, media_type: str) -> Response:
    try:
        check = here.archive.find_latest(parse_name(name))
    except Unknown:
        check = None
    text = (render_svg if media_type == "image/svg+xml" else render_shields)(make_badge(find_outcome(check)))
    return answer_cached(
        request,
        text.encode(),
        media_type,
        seconds=UNCHECKED_SECONDS if check is None else BADGE_SECONDS,
        status=404 if check is None else 200,
        Access_Control_Allow_Origin="*",
        Cross_Origin_Resource_Policy="cross-origin",
        Content_Security_Policy="default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    )


@router.get("/health", summary="Whether checks can be asked for", responses={503: {"model": Health}})
def health(here: Here, response: Response) -> Health:
    """Answer with 200 while all is well, else 503."""
    counts = here.jobs.count_states()
    wrong = here.jobs.trouble or ("stopping" if here.jobs.stopping else "")
    response.status_code = 503 if wrong else 200
    return Health(
        status=wrong or "ok",
        version=__version__,
        rules=compute_rules_digest(),
        waiting=counts["waiting"],
        running=counts["running"],
    )
