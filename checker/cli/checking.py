"""Checks a folder in a CI job: like `checker repo`, but every failure is reported as a result."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from checker import __version__
from checker.check import Services, check_repository
from checker.cli.stopping import Interrupted, call_on_stop
from checker.cli.targets import read_target
from checker.core.errors import CheckerError, Inconclusive
from checker.core.rules import compute_rules_digest
from checker.core.settings import Settings
from checker.core.values.plans import Goal
from checker.core.values.repositories import Availability, Probe, Target
from checker.core.values.results import Check, Verdict
from checker.judging.causes import make_cause
from checker.reports.build import build_repository_document
from checker.reports.document import RepositoryDocument
from checker.reports.progress import ProgressDisplay
from checker.reports.terminal import print_check
from checker.services import adapt_to_target, prepare_services


def check_folder(path: Path, mirror: Path | None, goal: Goal) -> RepositoryDocument:
    """Check a folder and print the outcome; a failure of the checker makes the check inconclusive.

    Everything that is printed goes to the standard output: a CI service stops reading commands on one stream.
    """
    settings, target = Settings.from_environment(), read_target(f"{path}/")
    try:
        with prepare_services(settings, mirror) as services:
            found = _check(services, target)
    except Inconclusive as error:
        found = _make_inconclusive(target, error)
    print_check(found, goal=goal)
    return build_repository_document(found, goal)


def _check(services: Services, target: Target) -> Check:
    def stop(number: int) -> None:
        services.stop()
        raise Interrupted("stopped", number)

    with ProgressDisplay(1, Console(file=sys.stdout)) as display, call_on_stop(stop):
        return check_repository(target, adapt_to_target(services, target), display)


def _make_inconclusive(target: Target, error: CheckerError) -> Check:
    why = make_cause(error.cause)
    why = why.model_copy(update={"summary": f"{why.summary.rstrip('.')}: {error}"})
    return Check(
        target=target,
        probe=Probe(repository=target.repository, availability=Availability.UNREACHABLE, answered_by="checker"),
        availability=Availability.UNREACHABLE,
        cause=why,
        verdict=Verdict(cause=why, inconclusive=True),
        checker_version=__version__,
        rules=compute_rules_digest(),
    )
