"""The two tasks: decode, call one function of the checker, return its result as JSON.

Anything unexpected is left to Celery, which reports the task as failed; the coordinator makes a check of that.
"""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task
from celery.exceptions import Ignore

from checker.check import check_repository
from checker.core.errors import CheckerError
from checker.nights.jobs import Job, Outcome
from checker.services import adapt_to_target
from workers.runtime import RUNTIME


@shared_task(name="checker.probe", bind=True)  # type: ignore[untyped-decorator]
def probe(task: Task, job_json: str) -> dict[str, Any]:
    """Ask the host about one repository."""
    job = Job.model_validate_json(job_json)
    with RUNTIME.carry_out(task.request.id) as work:
        if work is None:
            raise Ignore
        try:
            answer = adapt_to_target(work.services(), job.target).host.probe(job.target.repository)
        except CheckerError as error:
            return _report_failure(job, error)
        return _pack_outcome(Outcome(job_id=job.id, probe=answer))


@shared_task(name="checker.build", bind=True)  # type: ignore[untyped-decorator]
def build(task: Task, job_json: str) -> dict[str, Any]:
    """Check one repository end to end."""
    job = Job.model_validate_json(job_json)
    with RUNTIME.carry_out(task.request.id) as work:
        if work is None:
            raise Ignore
        try:
            check = check_repository(job.target, work.services(), work.tell, probe=job.probe)
        except CheckerError as error:
            return _report_failure(job, error)
        return _pack_outcome(Outcome(job_id=job.id, check=check))


def _report_failure(job: Job, error: CheckerError) -> dict[str, Any]:
    return _pack_outcome(Outcome(job_id=job.id, failure=str(error), cause=error.cause))


def _pack_outcome(outcome: Outcome) -> dict[str, Any]:
    return outcome.model_dump(mode="json")
