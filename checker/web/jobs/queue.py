"""The checks that visitors ask for: a bounded line, handed to the workers' queue; keeps results as they arrive.

One thread of its own talks to the queue; visitors' threads ask and look under the same lock.
"""

from __future__ import annotations

import threading
import traceback
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from checker.core.errors import CheckerError
from checker.core.values.repositories import Probe, Target
from checker.core.values.results import Check, Progress
from checker.nights.jobs import Job, JobKind, Outcome, Queue
from checker.nights.targets import CHECKABLE, make_failed_check, make_unchecked, rename_check
from checker.web.jobs.archive import Archive
from checker.web.jobs.tickets import Ticket, TicketView
from checker.web.refusals import Full, TooMany, Unknown
from checker.web.settings import ServeSettings

PROBES_AT_ONCE = 8
COLLECT_SECONDS = 0.1
IDLE_SECONDS = 1.0

#: Finished checks whose pages still show their steps; their results are in the store.
REMEMBERED = 500

#: A check whose worker died is sent once more.
TRIES = 2

#: Seconds after which a visitor who found the line full may ask again: builds take minutes.
RETRY_AFTER = 60

STOPPED = "The service was stopped before the check came to its end. Ask again when it is back."


class JobQueue:
    """Takes what is asked for; `open` runs it."""

    def __init__(
        self,
        queue: Queue,
        archive: Archive,
        settings: ServeSettings,
        mistake: Callable[[str, str], None] = lambda line, trace: None,
    ) -> None:
        """Make a queue; `mistake` takes a line and the traceback of what went wrong in the checker itself."""
        self._queue, self._archive, self._settings, self._mistake = queue, archive, settings, mistake
        self._tickets: OrderedDict[str, Ticket] = OrderedDict()
        self._waiting: dict[JobKind, list[Ticket]] = {kind: [] for kind in JobKind}
        self._out: dict[str, tuple[Ticket, JobKind]] = {}
        self._changed = threading.Condition(threading.RLock())
        self._stop = threading.Event()
        self._trouble = ""

    # ------------------------------------------------------------ what visitors do

    def ask(self, target: Target, client: str, *, anew: bool = False, spend: Callable[[], None]) -> TicketView:
        """Take a check into the line, or join the one that is under way; `spend` is called for a new one.

        Raises:
            Full: the line is as long as it may be, or the service ends.
            TooMany: the client has as many checks under way as it may; or what `spend` raises.

        """
        with self._changed:
            under_way = next(
                (t for t in self._tickets.values() if not t.over and _is_same_request(t.target, target)), None
            )
            if under_way is not None:
                return self._view(under_way)
            open_now = [ticket for ticket in self._tickets.values() if not ticket.over]
            if self._stop.is_set() or self._trouble:
                raise Full("no checks are taken at the moment", RETRY_AFTER)
            if len(open_now) - len(self._list_building()) >= self._settings.waiting:
                raise Full(f"{self._settings.waiting} checks are waiting already", RETRY_AFTER)
            if sum(ticket.client == client for ticket in open_now) >= self._settings.open_per_client:
                raise TooMany(
                    f"{self._settings.open_per_client} checks of yours are under way already", RETRY_AFTER
                )
            spend()
            ticket = Ticket(target, client, anew=anew)
            self._tickets[ticket.id] = ticket
            self._waiting[JobKind.PROBE].append(ticket)
            self._forget()
            self._changed.notify_all()
            return self._view(ticket)

    def look(self, ticket_id: str) -> TicketView:
        """Return how a check stands.

        Raises:
            Unknown: there is none of that name, or no longer.

        """
        with self._changed:
            ticket = self._tickets.get(ticket_id)
            if ticket is None:
                raise Unknown("this check is not known here any more; results stand on the repositories' pages")
            return self._view(ticket)

    def find_result(self, ticket_id: str) -> Check | None:
        """Return the check that a ticket ended with, None where there is none."""
        with self._changed:
            ticket = self._tickets.get(ticket_id)
            return ticket.check if ticket else None

    def find_target(self, ticket_id: str) -> Target:
        """Return what a ticket asks for (Unknown: see `look`)."""
        with self._changed:
            self.look(ticket_id)
            return self._tickets[ticket_id].target

    def list_unfinished(self) -> tuple[TicketView, ...]:
        """Return the checks that wait or run, the oldest first."""
        with self._changed:
            return tuple(self._view(ticket) for ticket in self._tickets.values() if not ticket.over)

    def count_states(self) -> Counter[str]:
        """Count the checks by their state."""
        with self._changed:
            return Counter(ticket.state.value for ticket in self._tickets.values())

    @property
    def trouble(self) -> str:
        """Why nothing can be checked now; empty where all is well."""
        return self._trouble

    @property
    def stopping(self) -> bool:
        """Whether the service ends."""
        return self._stop.is_set()

    def _view(self, ticket: Ticket) -> TicketView:
        line = self._list_waiting()
        return ticket.view(line.index(ticket) if ticket in line else 0)

    def _list_waiting(self) -> list[Ticket]:
        return [*self._waiting[JobKind.BUILD], *self._waiting[JobKind.PROBE]]

    def _list_building(self) -> list[Ticket]:
        return [ticket for ticket, kind in self._out.values() if kind is JobKind.BUILD]

    def _forget(self) -> None:
        over = [name for name, ticket in self._tickets.items() if ticket.over]
        for name in over[: max(0, len(over) - REMEMBERED)]:
            del self._tickets[name]

    # ------------------------------------------------------------ the thread of the queue

    @contextmanager
    def open(self) -> Iterator[JobQueue]:
        """Work inside the block; leaving it keeps the results that arrived and stops the rest."""
        thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stop()
            thread.join(10)

    def stop(self) -> None:
        """Begin to end; may be called from a signal handler, so it takes no lock."""
        self._stop.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self._turn()
                self._trouble = ""
            except CheckerError as error:
                self._give_up(str(error), error.cause)
            except Exception as error:
                self._mistake(f"{type(error).__name__}: {error}", traceback.format_exc())
                self._give_up("a mistake of the checker itself", "checker")
        with self._changed:
            self._take_last_results()
            for ticket in self._tickets.values():
                if not ticket.over:
                    ticket.stop(STOPPED)

    def _turn(self) -> None:
        """Send what there is room for, and take the results that arrived."""
        with self._changed:
            self._hand_out()
            if not self._out:
                self._changed.wait(IDLE_SECONDS)
                return
        outcomes = list(self._queue.collect(COLLECT_SECONDS))
        with self._changed:
            for news in self._queue.take_news():
                self._pass_news_on(news)
            for outcome in outcomes:
                self._settle(outcome)

    def _hand_out(self) -> None:
        """Give the queue as many probes and builds as it has room for; one build of a repository at a time."""
        for kind, window in ((JobKind.PROBE, PROBES_AT_ONCE), (JobKind.BUILD, self._queue.workers)):
            out = [ticket for ticket, of in self._out.values() if of is kind]
            busy = {ticket.target.repository.key for ticket in out}
            for ticket in list(self._waiting[kind]):
                if len(out) >= window:
                    break
                if ticket.target.repository.key in busy:
                    continue
                self._submit(ticket, kind)
                out.append(ticket)
                busy.add(ticket.target.repository.key)

    def _submit(self, ticket: Ticket, kind: JobKind) -> None:
        job = Job(id=f"{ticket.id}:{kind}:{ticket.tries}", kind=kind, target=ticket.target, probe=ticket.probe)
        self._queue.submit(job)
        self._waiting[kind].remove(ticket)
        self._out[job.id] = (ticket, kind)
        if kind is JobKind.PROBE:
            ticket.begin("asking the code host")

    def _pass_news_on(self, news: Progress) -> None:
        for ticket in self._list_building():
            if str(ticket.target.repository) == news.repository:
                ticket.add_news(news)

    # ------------------------------------------------------------ what comes home

    def _settle(self, outcome: Outcome) -> None:
        """Take one result; of a check that the end of the service broke off nothing is said."""
        if self._stop.is_set() and (outcome.check is None or outcome.check.inconclusive):
            return
        ticket, kind = self._out.pop(outcome.job_id, (None, None))
        if ticket is None or kind is None:
            return
        if outcome.trace:
            self._mistake(f"{ticket.target.repository}: {outcome.failure}", outcome.trace)
        if outcome.probe is not None:
            self._settle_probe(ticket, outcome)
        elif outcome.check is not None:
            self._finish(ticket, outcome.check)
        elif ticket.tries + 1 < TRIES:
            ticket.tries += 1
            ticket.wait()
            self._waiting[kind].append(ticket)
        else:
            self._finish(ticket, make_failed_check(ticket.target, ticket.probe, outcome.failure, outcome.cause))

    def _settle_probe(self, ticket: Ticket, outcome: Outcome) -> None:
        probe = outcome.probe
        if probe is None or probe.availability not in CHECKABLE:
            self._finish(
                ticket,
                make_unchecked(ticket.target, probe) if probe else make_failed_check(ticket.target, None, ""),
            )
            return
        ticket.probe, ticket.tries = probe, 0
        max_age = timedelta(0) if ticket.anew else self._settings.fresh_for
        fresh = self._archive.find_fresh(ticket.target, ticket.target.commit or probe.head_commit, max_age)
        if fresh is None:
            ticket.wait()
            self._waiting[JobKind.BUILD].append(ticket)
        elif _identify_result(fresh.target, fresh.probe) == _identify_result(ticket.target, probe):
            ticket.finish(fresh, reused=True)
        else:
            self._finish(ticket, rename_check(fresh, ticket.target, probe), reused=True)

    def _finish(self, ticket: Ticket, check: Check, *, reused: bool = False) -> None:
        """Keep a check and say that it is done; where it cannot be kept, that is said and no more."""
        check = check.model_copy(update={"target": ticket.target})
        note = ""
        try:
            self._archive.keep(check)
        except CheckerError as error:
            note = f"The result could not be kept: {error}"
        ticket.finish(check, reused=reused, note=note)

    def _take_last_results(self) -> None:
        """Take the results that arrived at the last moment."""
        try:
            for outcome in self._queue.collect(0):
                self._settle(outcome)
        except CheckerError:
            return

    def _give_up(self, why: str, cause: str) -> None:
        """End what is out as not told, and take nothing more until the queue answers again."""
        with self._changed:
            self._trouble = why
            out, self._out = self._out, {}
            for ticket, _ in out.values():
                self._finish(ticket, make_failed_check(ticket.target, ticket.probe, why, cause))
        self._stop.wait(IDLE_SECONDS)


def _is_same_request(one: Target, other: Target) -> bool:
    """Whether two visitors ask for the same thing: hosts ignore case in names, not in branches."""
    return (one.key, one.ref) == (other.key, other.ref)


def _identify_result(target: Target, probe: Probe) -> tuple[object, ...]:
    return target, probe.availability, probe.moved_to
