"""`checker nightly`: a night as a routine: one settings file, one process at a time, the site kept or renewed.

Exit codes beside those of all commands: 4, another night or run is writing to the results folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import typer

from checker.cli.commands.run import check_all, tell
from checker.cli.common import AsJson, SettingsOption, complain, make_writable
from checker.cli.inputs import read
from checker.cli.stores import STORE_NAME, open_store
from checker.core.errors import NetworkFailure, UsageError
from checker.core.values.base import now
from checker.core.values.papers import LinkedPaper
from checker.nights.night import NightOptions
from checker.nights.night_settings import NightPlan, add_kept_papers, fill_in_dates, plan_night
from checker.nights.targets import unite
from checker.papers.links import read_paper
from checker.papers.sources import Inputs
from checker.store.locking import Occupied, ProcessLock

LOCK_NAME = ".night.lock"


class NightIsOn(Occupied):
    """Another night, or a run, has the results folder: this one leaves, and nothing is harmed."""

    exit_code = 4


def nightly(settings: SettingsOption = None, as_json: AsJson = False) -> None:
    """Check the sources of a settings file, as every night.

    Reads them, checks, stores, and publishes the site.
    """
    plan = plan_night(settings, os.environ)
    with hold_night(make_writable(plan.results)):
        names = tuple(fill_in_dates(source, now().date()) for source in plan.sources)
        inputs = read_sources(names)
        papers = add_kept_papers([read_paper(paper) for paper in inputs.papers], load_kept_papers(plan))
        targets = unite(papers, inputs.targets)
        if not papers and not targets:
            complain(f"no papers in {', '.join(names)}: nothing was checked, the last report stays")
            raise typer.Exit(3)
        report, folder = check_all(
            names,
            papers,
            targets,
            plan.results,
            plan.settings,
            NightOptions(fresh_for=timedelta(days=plan.night.fresh_days), tries=plan.night.tries),
            jobs=plan.night.jobs,
            reading=plan.reading,
        )
    tell(report, folder, as_json=as_json)


def read_sources(names: Sequence[str]) -> Inputs:
    """Read the sources; where none can be used, say that everything stays as it is (errors: see `read`)."""
    try:
        return read(names)
    except (UsageError, NetworkFailure) as error:
        raise type(error)(f"{error}; nothing was checked, the last report stays") from error


@contextmanager
def hold_night(results: Path) -> Iterator[None]:
    """Be the only night on a results folder, from reading the sources until the site is published.

    Raises:
        NightIsOn: another night is on, or a run is writing there.

    """
    lock = ProcessLock(results / LOCK_NAME, "another night is on")
    try:
        lock.claim()
        yield
    except Occupied as error:
        raise NightIsOn(str(error)) from None
    finally:
        lock.release()


def load_kept_papers(plan: NightPlan) -> tuple[LinkedPaper, ...]:
    """Return the papers of earlier nights that the settings want to be checked again."""
    if not plan.night.keep_days or not (plan.results / STORE_NAME).is_file():
        return ()
    with open_store(plan.results) as store:
        return store.load_recent_papers(now().date() - timedelta(days=plan.night.keep_days))
