"""Starts the nightly check by Celery beat: celery -A workers.schedule worker --beat --queues night --pool solo.

One process on the machine that keeps the results: it waits for the hour, and starts `checker nightly`, which hands
the repositories out to the workers. The settings file says what runs, and when (docs/nightly.md). A night
that is delivered twice does no harm: one process at a time has a results folder.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

from checker.core.errors import CheckerError, UsageError
from checker.core.own_program import make_own_command
from checker.nights.night_settings import plan_night
from workers.app import make_app

QUEUE = "night"

#: A night that nobody took for so long is left out: the next one covers its repositories.
LATE = timedelta(hours=12)


def make_schedule(env: Mapping[str, str]) -> Celery:
    """Return the application that starts the night of the settings file at its hour (UTC), day by day.

    Raises:
        UsageError: something is missing or cannot be used; the message names it.

    """
    plan = plan_night(None, env)
    if plan.settings.broker_url is None:
        raise UsageError(
            "no broker: set CHECKER_BROKER_URL, or broker_url under [checker] in the settings file, "
            "such as redis://host:6379/0"
        )
    hour, minute = plan.night.at.split(":")
    app = make_app(plan.settings.broker_url)
    app.conf.timezone = "UTC"
    app.conf.task_time_limit = None
    app.conf.beat_schedule = {
        "night": {
            "task": "checker.night",
            "schedule": crontab(hour=int(hour), minute=int(minute)),
            "args": (str(plan.file.absolute()) if plan.file else None,),
            "options": {"queue": QUEUE, "expires": LATE.total_seconds()},
        }
    }
    app.task(name="checker.night", ignore_result=True)(run_night)
    return app


def run_night(settings_file: str | None) -> int:
    """Run one night in a process of its own; return its exit code."""
    named = () if settings_file is None else ("--settings", settings_file)
    return subprocess.run(make_own_command("checker", "nightly", *named), check=False).returncode


def _make_schedule_app() -> Celery:
    try:
        return make_schedule(os.environ)
    except CheckerError as error:
        raise SystemExit(f"checker: {error}") from None


def __getattr__(name: str) -> Celery:
    """Make the application when Celery asks for it, and not when a test imports this module."""
    if name in {"app", "celery"}:
        return _make_schedule_app()
    raise AttributeError(name)
