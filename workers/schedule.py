"""The night by Celery beat: celery -A workers.schedule worker --beat --queues night --pool solo.

One process on the machine that keeps the results: it waits for the hour, and starts `checker run`, which hands the
repositories out to the workers. What is run, and when, comes from the environment (docs/deployment.md). A night
that is delivered twice does no harm: one process at a time writes a results folder.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from celery import Celery
from celery.schedules import crontab

from workers.app import make_app

QUEUE = "night"
DEFAULT_HOUR = "02:30"
DEFAULT_RESULTS = "results"

LATE = timedelta(hours=12)
"""A night that nobody took for so long is left out: the next one covers its repositories."""


def make_schedule(env: Mapping[str, str]) -> Celery:
    """Return the application that runs `CHECKER_NIGHT_INPUTS` at `CHECKER_NIGHT_AT` (UTC), day by day.

    Raises:
        ValueError: a variable is missing or cannot be used; the message names it.

    """
    broker = env.get("CHECKER_BROKER_URL", "").strip()
    if not broker:
        raise ValueError("CHECKER_BROKER_URL is not set: name the broker, such as redis://host:6379/0")
    inputs = shlex.split(env.get("CHECKER_NIGHT_INPUTS", ""))
    if not inputs:
        raise ValueError("CHECKER_NIGHT_INPUTS is not set: name files or sources, such as arxiv:cs.LG")
    at = env.get("CHECKER_NIGHT_AT", DEFAULT_HOUR)
    try:
        hour = datetime.strptime(at.strip(), "%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"CHECKER_NIGHT_AT={at!r}: give hours and minutes in UTC, such as 02:30") from None
    app = make_app(broker)
    app.conf.timezone = "UTC"
    app.conf.task_time_limit = None
    app.conf.beat_schedule = {
        "night": {
            "task": "checker.night",
            "schedule": crontab(hour=hour.hour, minute=hour.minute),
            "args": (inputs, env.get("CHECKER_NIGHT_RESULTS", DEFAULT_RESULTS)),
            "options": {"queue": QUEUE, "expires": LATE.total_seconds()},
        }
    }
    app.task(name="checker.night", ignore_result=True)(night)
    return app


def night(inputs: Sequence[str], results: str) -> int:
    """Run one night in a process of its own; return its exit code."""
    today = datetime.now(UTC).date()
    words = [with_dates(text, today) for text in inputs]
    return subprocess.run(
        [sys.executable, "-m", "checker", "run", "--results", results, "--", *words], check=False
    ).returncode


def with_dates(text: str, today: date) -> str:
    """Put dates in the place of `{today}` and `{yesterday}`, as in `huggingface:{yesterday}`."""
    dates = {"{today}": today, "{yesterday}": today - timedelta(days=1)}
    for mark, day in dates.items():
        text = text.replace(mark, day.isoformat())
    return text


def _app() -> Celery:
    try:
        return make_schedule(os.environ)
    except ValueError as error:
        raise SystemExit(f"checker: {error}") from None


def __getattr__(name: str) -> Celery:
    """Make the application when Celery asks for it, and not when a test imports this module."""
    if name in {"app", "celery"}:
        return _app()
    raise AttributeError(name)
