"""The application's pages: asking, watching, results, lists."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from checker.core.errors import UsageError
from checker.core.values.base import Value
from checker.core.values.papers import CodeLink, LinkKind
from checker.judging.wording import Outcome, Reach, choose_outcome, find_outcome
from checker.reports.counting import read_verdict_rungs
from checker.reports.site.places import paper_address
from checker.reports.words import LINK_KIND_WORDS
from checker.store import RecentCheck
from checker.web.api import TicketId, find_paper
from checker.web.asking import PaperAsked, list_hosts, read_repository
from checker.web.context import Client, Context, Here, find_site
from checker.web.jobs.tickets import IN_LINE, TicketState, TicketView
from checker.web.pages import render, render_repository_page
from checker.web.places import make_repository_address
from checker.web.refusals import NotAsked, Refusal

ON_START, ON_LATEST = 10, 200
FORM = "application/x-www-form-urlencoded"

router = APIRouter(include_in_schema=False)


_OF_REACH = ("reached", "way", "blame", "cause", "inconclusive")


class Listed(RecentCheck):
    """A check of a list with what is said of it."""

    outcome: Outcome


class Offer(Value):
    """A link of a paper: `what` is to be asked for it, else `why` says why it is not; its latest result."""

    link: CodeLink
    what: str = ""
    why: str = ""
    outcome: Outcome | None = None
    result: str = ""


def list_newest(here: Context, most: int, like: str = "") -> list[Listed]:
    """Return the newest checks with their outcomes."""
    return [
        Listed(
            **dict(check),
            outcome=choose_outcome(
                check.availability,
                Reach(**{name: getattr(check, name) for name in _OF_REACH}),
            ),
        )
        for check in here.archive.list_recent(most, like)
    ]


def start_page(here: Context, text: str = "", problem: str = "") -> str:
    """Return the start page; where something cannot be asked for, with what was asked and why not."""
    return render(
        "start.html.j2",
        spot="ask",
        text=text,
        problem=problem,
        hosts=list_hosts(here.settings.hosts),
        under_way=here.jobs.list_unfinished()[:ON_START],
        recent=list_newest(here, ON_START),
    )


@router.get("/")
def start(here: Here) -> HTMLResponse:
    """Show the form, what is under way and what was checked last."""
    return HTMLResponse(start_page(here))


@router.post("/checks")
async def ask(request: Request, here: Here, client: Client) -> Response:
    """Take the form; lead to the live page, or to a paper's links."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise NotAsked("a form is expected")
    try:
        fields = dict(parse_qsl((await request.body()).decode("ascii"), max_num_fields=8))
    except ValueError:
        raise NotAsked("the form cannot be read") from None
    return await _answer(here, fields, client)


async def _answer(here: Context, fields: dict[str, str], client: str) -> Response:
    text = fields.get("what", "")
    try:
        asked = await run_in_threadpool(here.begin, text, client, anew=bool(fields.get("anew")))
    except (UsageError, Refusal) as error:
        status = error.status if isinstance(error, Refusal) else 400
        again = getattr(error, "retry_after", None)
        problem = f"{str(error)[:1].upper()}{str(error)[1:]}." + (
            f" Try again in {again} seconds." if again else ""
        )
        page = await run_in_threadpool(start_page, here, text, problem)
        return HTMLResponse(page, status, {"Retry-After": str(again)} if again else None)
    place = f"/papers/{quote(asked.arxiv)}" if isinstance(asked, PaperAsked) else f"/checks/{asked.id}"
    return RedirectResponse(place, 303)


@router.get("/checks/{ticket}")
def live(ticket: TicketId, here: Here) -> HTMLResponse:
    """Show a check while it runs, and its result in short when it is done."""
    view = here.jobs.look(ticket)
    check, target = here.jobs.find_result(ticket), here.jobs.find_target(ticket)
    return HTMLResponse(
        render(
            "live.html.j2",
            t=view,
            say=describe_activity(view),
            check=check,
            rungs=read_verdict_rungs(check) if check and check.verdict.rungs else {},
            repository=target.repository,
        )
    )


def describe_activity(view: TicketView) -> str:
    """Describe what a check is doing."""
    if view.state is TicketState.WAITING or (view.steps and view.steps[-1].activity == IN_LINE):
        before = "1 check comes" if view.ahead == 1 else f"{view.ahead} checks come"
        return f"{before} before it" if view.ahead else "next in line"
    return view.steps[-1].activity if view.steps else ""


@router.get("/repositories/{name:path}")
def repository(name: str, request: Request, here: Here) -> Response:
    """Show the newest result of a repository as the report does."""
    check = here.find_check(name)
    place = make_repository_address(check.target.repository)
    if request.url.path.lower() != place.lower():
        return RedirectResponse(place, 307)
    return HTMLResponse(render_repository_page(check, find_site(request)))


@router.get("/latest")
def latest(here: Here, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """List the newest check of each repository."""
    return HTMLResponse(
        render(
            "latest.html.j2", spot="latest", q=q, checks=list_newest(here, ON_LATEST, q.strip()), most=ON_LATEST
        )
    )


@router.get("/papers/{arxiv:path}")
def paper(arxiv: str, here: Here, client: Client) -> HTMLResponse:
    """Offer the links of a paper."""
    found = find_paper(here, arxiv, client)
    return HTMLResponse(
        render(
            "paper.html.j2",
            paper=found,
            paper_address=paper_address(found.paper.id) or f"https://arxiv.org/abs/{quote(found.paper.id)}",
            offers=[_offer(here, link) for link in found.links],
        )
    )


def _offer(here: Context, link: CodeLink) -> Offer:
    named = link.repository
    if named is None and link.kind is not LinkKind.OTHER:
        return Offer(link=link, why=f"{LINK_KIND_WORDS[link.kind]}: not checked")
    try:
        target = read_repository(f"https://{named.host}/{named.slug}" if named else link.url, here.settings.hosts)
    except UsageError as error:
        return Offer(link=link, why=str(error))
    what = f"https://{target.repository.host}/{target.repository.slug}{_write_place(link)}"
    check = here.archive.find_latest(target.repository)
    if check is None:
        return Offer(link=link, what=what)
    place = make_repository_address(target.repository)
    return Offer(link=link, what=what, outcome=find_outcome(check), result=place)


def _write_place(link: CodeLink) -> str:
    """Return what a link names inside its repository, as an address goes on: `/tree/dev/src`; '' for nothing."""
    target = link.target
    at = (target.commit or target.ref or ("HEAD" if target.path else "")) if target is not None else ""
    place = "/".join(part for part in (at, target.path if target else "") if part)
    return f"/tree/{quote(place)}" if place else ""


@router.get("/api")
def api_page(request: Request) -> HTMLResponse:
    """Explain the JSON."""
    paths = request.app.openapi()["paths"]
    operations = [
        (method.upper(), path, said.get("summary", ""))
        for path, methods in paths.items()
        for method, said in methods.items()
    ]
    return HTMLResponse(render("api.html.j2", spot="api", operations=operations, site=find_site(request)))


@router.get("/index.html")
def index() -> RedirectResponse:
    """Lead from the report's name of its start page to ours."""
    return RedirectResponse("/", 308)


@router.get("/repositories.html")
def repositories() -> RedirectResponse:
    """Lead from the report's list to ours."""
    return RedirectResponse("/latest", 308)
