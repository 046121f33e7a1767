"""What every request works with: the job queue, the archive, the papers, the rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from checker.core.values.results import Check
from checker.reports.linked_data.endpoint.endpoint import Endpoint
from checker.web.asking import PaperAsked, read_asked
from checker.web.jobs.archive import Archive
from checker.web.jobs.clients import Rates, Streams, identify_client
from checker.web.jobs.queue import JobQueue
from checker.web.jobs.tickets import TicketView
from checker.web.papers import Papers
from checker.web.places import parse_name
from checker.web.refusals import Unknown
from checker.web.settings import ServeSettings


@dataclass(frozen=True)
class Context:
    """The parts of the service."""

    jobs: JobQueue
    archive: Archive
    papers: Papers
    settings: ServeSettings
    rates: Rates
    streams: Streams
    endpoint: Endpoint | None = None

    def begin(self, text: str, client: str, *, anew: bool = False) -> TicketView | PaperAsked:
        """Begin, or join, the check that a visitor asks for; a paper is given back to be looked up.

        Raises:
            UsageError: it names neither a repository of an allowed host nor a paper.
            Full, TooMany: there is no room, or the client asks too often.

        """
        asked = read_asked(text, self.settings.hosts)
        if isinstance(asked, PaperAsked):
            return asked
        return self.jobs.ask(asked, client, anew=anew, spend=lambda: self.rates.spend("checks", client))

    def find_check(self, name: str) -> Check:
        """Return the newest check of a repository by its name in an address.

        Raises:
            Unknown: it was never checked.

        """
        repository = parse_name(name)
        check = self.archive.find_latest(repository)
        if check is None:
            raise Unknown(f"{repository} was not checked yet")
        return check


def find_context(request: Request) -> Context:
    """Return the parts of the service that answers a request."""
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(find_context)]
Client = Annotated[str, Depends(identify_client)]


def find_site(request: Request) -> str:
    """Return where this service is reached from outside: scheme, host and port as the visitor called it."""
    return str(request.base_url).rstrip("/")
