"""The Celery application: one configuration for the embedded worker and for workers over Redis.

The settings follow from what a check is: long, and counted once.
- `acks_late`: a job is given back to the broker when its worker dies with the whole machine.
- no `reject_on_worker_lost`: a worker process that a job kills is a failed job at once, which the coordinator
  tries again a bounded number of times; given back, it would kill one process after the other.
- `prefetch_multiplier` 1: a worker holds no job that another could start.
- `visibility_timeout` longer than the longest check: Redis would deliver a running job a second time.
  Workers that died are noticed long before that, by `workers.ledger`.
"""

from __future__ import annotations

from datetime import timedelta

from celery import Celery

from checker.nights.jobs import JobKind

EMBEDDED_BROKER = "memory://"
EMBEDDED_BACKEND = "cache+memory://"

#: Longer than all attempts of one check together may take (`Limits.attempt_seconds` each).
LONGEST_CHECK = timedelta(hours=12)

#: Results wait this long for a coordinator that died.
RESULTS_KEPT = timedelta(days=3)

#: A worker whose result could not be stored tries again at least so often: Redis has it soon after it is back.
STORE_AGAIN_MILLISECONDS = 2000

#: A process of a pool that is not ready by then is killed. It sweeps first, and its machine may be busy: after
#: Celery's own four seconds one process after the other would be killed and none ever begin a job.
PROCESS_UP_SECONDS = 600.0


def make_app(broker_url: str | None = None, suffix: str = "") -> Celery:
    """Make the application for a broker; None means embedded, everything in this process.

    `suffix` keeps the queues of several embedded workers of one process apart.
    """
    app = Celery("checker", include=["workers.tasks"])
    app.conf.update(
        broker_url=broker_url or EMBEDDED_BROKER,
        result_backend=broker_url or EMBEDDED_BACKEND,
        broker_transport_options=_choose_transport(broker_url),
        result_backend_transport_options={"visibility_timeout": int(LONGEST_CHECK.total_seconds())},
        broker_connection_retry=True,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        task_acks_late=True,
        task_reject_on_worker_lost=False,
        task_time_limit=None if broker_url is None else int(LONGEST_CHECK.total_seconds()),
        task_default_queue=JobKind.BUILD.value + suffix,
        task_routes={f"checker.{kind}": {"queue": kind.value + suffix} for kind in JobKind},
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=PROCESS_UP_SECONDS,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        result_expires=RESULTS_KEPT,
        result_backend_always_retry=True,
        result_backend_max_sleep_between_retries_ms=STORE_AGAIN_MILLISECONDS,
        redis_socket_timeout=30,
        redis_socket_connect_timeout=10,
        redis_retry_on_timeout=True,
    )
    return app


def _choose_transport(broker_url: str | None) -> dict[str, object]:
    """Poll memory a hundred times a second; a broker of its own waits by itself."""
    if broker_url is None:
        return {"polling_interval": 0.01}
    return {"visibility_timeout": int(LONGEST_CHECK.total_seconds()), "socket_keepalive": True}
