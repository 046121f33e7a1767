"""The coordinator's queue over Redis: outlives workers that die, messages that get lost, and Redis going away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import redis
from celery import Celery
from celery.exceptions import BackendGetMetaError, BackendStoreError
from celery.result import denied_join_result
from kombu.exceptions import OperationalError
from pydantic import ValidationError

from checker.core.errors import NetworkFailure, UsageError
from checker.core.values.results import Progress
from checker.nights.jobs import Job, JobKind, Outcome
from workers.app import make_app
from workers.ledger import BEAT, JobState, Ledger
from workers.queue import CeleryQueue

SCHEMES = frozenset({"redis", "rediss", "redis+socket", "unix"})

#: What is raised while Redis is not there.
AWAY = (redis.RedisError, OperationalError, BackendGetMetaError, BackendStoreError, OSError)

#: How long Redis may be away before a coordinator gives up; what is finished stays.
AWAY_SECONDS = 600.0

#: How often the ledger is asked for jobs that got lost or whose worker died.
LOOK_SECONDS = 2.0

#: A message may be lost although its job is in the ledger; a second one does no harm.
RESEND_SECONDS = 300.0

#: How long a worker must be seen to give no sign of life, before it counts as dead.
#:
#: While Redis is away, nobody can give one, and its time runs on: when it is back, who lives gets two beats for
#: that.
SILENT_SECONDS = 2 * BEAT.total_seconds()

#: How long a worker may take from the message to the claim; where no message is left after that, it was lost.
DELIVERY_SECONDS = 10.0


class BrokerQueue(CeleryQueue):
    """Jobs go to workers elsewhere; `name` is the same when a run goes on, so that its results are found."""

    poll_seconds = 0.1

    def __init__(self, app: Celery, client: redis.Redis, workers: int, name: str) -> None:
        super().__init__(app, workers, name)
        self._client = client
        self._ledger = Ledger(client)
        self._unsent: dict[str, Job] = {}
        self._sent_at: dict[str, float] = {}
        self._silent_since: dict[str, float] = {}
        self._looked_at = time.monotonic()
        self._away_since: float | None = None

    def submit(self, job: Job) -> None:
        """Hand out a job, now or when Redis is there again; see `checker.nights.jobs.Queue`."""
        self._unsent[self._send_task(job)] = job
        self._call_when_there(self._send_all)

    def _send(self, task: str, job: Job) -> None:
        """Send a message without listening for replies: results are polled."""
        with denied_join_result():
            super()._send(task, job)

    def collect(self, seconds: float) -> Iterable[Outcome]:
        """Return finished jobs, and as failed those whose worker died; see `checker.nights.jobs.Queue`."""
        deadline = time.monotonic() + seconds
        self._call_when_there(self._forget_home)
        home: list[Outcome] = []
        while True:
            self._call_when_there(lambda: self._gather(home))
            if home or time.monotonic() >= deadline:
                return home
            time.sleep(self.poll_seconds)

    def _send_all(self) -> None:
        """Send what is to be sent; a result that an earlier coordinator did not fetch is not made again."""
        for task, job in list(self._unsent.items()):
            status = self._app.backend.get_task_meta(task)["status"]
            if status != "SUCCESS":
                if status != "PENDING":
                    self._app.backend.forget(task)
                self._ledger.offer(task)
                self._send(task, job)
            self._waiting[task] = job
            self._sent_at[task] = time.monotonic()
            del self._unsent[task]

    def _gather(self, home: list[Outcome]) -> None:
        """Add the results that arrived; they are kept when Redis goes away in the middle."""
        self._send_all()
        for task in list(self._waiting):
            if (outcome := self._take_result(task)) is not None:
                home.append(outcome)  # noqa: PERF401 - one by one: the next look may fail
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        patience = {kind: self._find_patience(kind) for kind in JobKind}
        self._away_since = None  # here alone: other acts may have had nothing to ask of Redis
        for task, state in self._ledger.read_states(self._waiting).items():
            overdue = time.monotonic() - self._sent_at[task] > patience[self._waiting[task].kind]
            if state is JobState.LOST or (state is JobState.WAITING and overdue):
                self._unsent[task] = self._waiting[task]
            if state is not JobState.DIED:
                self._silent_since.pop(task, None)
            elif time.monotonic() - self._silent_since.setdefault(task, time.monotonic()) >= SILENT_SECONDS:
                home.append(self._take_result(task) or self._give_up(task))

    def _find_patience(self, kind: JobKind) -> float:
        """Return the seconds after which a job that nobody has begun is sent again.

        A worker that dies with a message in hand, before it claims the job, takes the message with it. Where the
        queue holds no message any more, a job that still waits has none.
        """
        return DELIVERY_SECONDS if self._client.llen(kind.value) == 0 else RESEND_SECONDS

    def _give_up(self, task: str) -> Outcome:
        """Give up waiting for a worker; the message that it held is dropped wherever it turns up again."""
        job = self._waiting.pop(task)
        self._home.append(task)
        return Outcome(job_id=job.id, failure="the worker that was at it died")

    def _forget(self, task: str) -> None:
        super()._forget(task)
        self._ledger.forget(task)
        self._sent_at.pop(task, None)
        self._silent_since.pop(task, None)

    def withdraw(self) -> None:
        """Take back what no worker has begun; what runs may end, and its result waits for the next coordinator."""
        with suppress(*AWAY):
            self._forget_home()
            for task, state in self._ledger.read_states(self._waiting).items():
                if state is JobState.WAITING and self._app.backend.get_task_meta(task)["status"] == "PENDING":
                    self._ledger.forget(task)

    def _call_when_there(self, act: Callable[[], None]) -> None:
        """Do something that needs Redis; raise only where it has been away for long."""
        try:
            act()
        except AWAY as error:
            self._away_since = self._away_since or time.monotonic()
            if time.monotonic() - self._away_since > AWAY_SECONDS:
                raise NetworkFailure(f"the broker does not answer: {error}") from error


def connect_redis(broker_url: str) -> redis.Redis:
    """Return a client of the broker's Redis, which need not be there yet.

    Raises:
        UsageError: the address is not Redis'.

    """
    if urlsplit(broker_url).scheme not in SCHEMES:
        raise UsageError("CHECKER_BROKER_URL: only Redis is supported as a broker, such as redis://host:6379/0")
    address = broker_url.replace("redis+socket://", "unix://", 1)
    try:
        return redis.Redis.from_url(address, socket_connect_timeout=10, socket_timeout=30)
    except ValueError as error:
        raise UsageError(f"CHECKER_BROKER_URL: {error}") from error


def connect(broker_url: str) -> redis.Redis:
    """Connect to the broker's Redis.

    Raises:
        UsageError: the address is not Redis'.
        NetworkFailure: it does not answer.

    """
    client = connect_redis(broker_url)
    try:
        client.ping()
    except ValueError as error:
        raise UsageError(f"CHECKER_BROKER_URL: {error}") from error
    except (redis.RedisError, OSError) as error:
        raise NetworkFailure(f"the broker does not answer: {error}") from error
    return client


def name_news_channel(task: str) -> str:
    """Return the channel on which workers tell what they do for the run that a task belongs to."""
    return f"checker:news:{task.partition('/')[0]}"


@contextmanager
def open_broker_queue(
    broker_url: str, workers: int, name: str, note: Callable[[str], None]
) -> Iterator[BrokerQueue]:
    """Reach workers over a broker; their news comes over a channel beside it.

    At most `workers` builds are sent at once; `note` is called with what keeps the run waiting.

    Raises:
        UsageError: the broker's address is invalid.
        NetworkFailure: the broker does not answer.

    """
    client = connect(broker_url)
    app = make_app(broker_url)
    app.conf.result_backend_always_retry = False  # how long to wait for Redis is for `AWAY_SECONDS` to say
    carrier = BrokerQueue(app, client, workers, name)

    def receive_news(message: dict[str, bytes]) -> None:
        with suppress(ValidationError):
            carrier.tell(name, Progress.model_validate_json(message["data"]))

    channel = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    try:
        if not app.control.ping(timeout=1.0):
            note("no worker has answered yet; start one with `checker worker`")
        channel.subscribe(**{name_news_channel(name): receive_news})
    except AWAY as error:
        raise NetworkFailure(f"the broker does not answer: {error}") from error
    listener = channel.run_in_thread(sleep_time=0.2, daemon=True, exception_handler=_carry_on)
    try:
        yield carrier
    finally:
        carrier.withdraw()
        listener.stop()
        listener.join(2)
        client.close()


def _carry_on(error: BaseException, channel: object, thread: object) -> None:
    """Lose news rather than results while the broker is away."""
    time.sleep(1)
