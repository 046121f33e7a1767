"""Finds the store of results: one in each results folder, and a private one for `checker repo`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.cli.common import DEFAULT_RESULTS
from checker.cli.targets import read_repository
from checker.core.errors import UsageError
from checker.core.settings import Settings
from checker.core.text import join_lines
from checker.core.values.changes import ReportOptions
from checker.core.values.results import Check
from checker.core.values.trust import Trust
from checker.nights.compare import compare
from checker.reports.build import build_report
from checker.reports.document import Report
from checker.reports.write import write_report
from checker.store import SINGLE, Run, Store

STORE_NAME = "checker.sqlite"

#: What `checker trust` measured last, beside the store; the start page of a report quotes it.
TRUST_NAME = "trust.json"

#: Nights that trends and histories reach back: two months.
HISTORY_NIGHTS = 60


def open_store(results: Path) -> Store:
    """Open the store of a results folder, making it where it is not there.

    Raises:
        StorageFailure: the folder cannot be written.
        UsageError: the store is of a newer version, or no store.

    """
    return Store.open(results / STORE_NAME)


def find_single_store(settings: Settings) -> Path:
    """Return where `checker repo` keeps its latest results for `badge` and `recipe`."""
    return settings.home / "repo.sqlite"


def publish(store: Store, night: Run, results: Path, options: ReportOptions | None = None) -> tuple[Report, Path]:
    """Compare a run with the nights before it and write its report; return that with its folder."""
    night = next(known for known in store.runs() if known.id == night.id)
    papers, checks = store.load_papers(night), store.load_checks(night)
    options = options or ReportOptions()
    changes = compare(night.date, papers, checks, store.load_past(night, options.require), options)
    store.save_changes(night, changes)
    report = build_report(night, papers, checks, changes, load_trust(results))
    history = store.load_history(select_nights(store.runs(), night))
    return report, write_report(results, report, papers, checks, history)


def load_trust(results: Path) -> Trust | None:
    """Return what `checker trust` measured last over this results folder, without its rows.

    None where it measured nothing, or an older checker wrote what this one cannot read: no report waits for it.
    """
    try:
        measured = Trust.model_validate_json((results / TRUST_NAME).read_bytes())
    except (OSError, ValueError):
        return None
    return measured.model_copy(update={"rows": ()})


def select_nights(runs: Sequence[Run], night: Run) -> tuple[Run, ...]:
    """Return the last run of each day up to a night, oldest first: at most `HISTORY_NIGHTS` of them."""
    by_day = {
        run.date: run for run in runs if run.note != SINGLE and run.id <= night.id and run.date <= night.date
    }
    return tuple(by_day[day] for day in sorted(by_day))[-HISTORY_NIGHTS:]


def find_latest_check(name: str, results: Path) -> Check | None:
    """Return the newest check of a repository: of a run, or by `checker repo`.

    Raises:
        UsageError: the name is invalid, a folder that was named is not there, or a store cannot be read.

    """
    target = read_repository(name)
    if results != DEFAULT_RESULTS and not results.is_dir():
        raise UsageError(f"--results {results}: no such folder")
    stores = (results / STORE_NAME, find_single_store(Settings.from_environment()))
    found = [check for path in stores if (check := _find_latest_in(path, target.repository.key)) is not None]
    return max(found, key=lambda check: check.started_at, default=None)


def require_latest_check(name: str, results: Path) -> Check:
    """Return the newest check of a repository.

    Raises:
        UsageError: there is none; or see `find_latest_check`.

    """
    check = find_latest_check(name, results)
    if check is None:
        raise UsageError(f"{join_lines(name, 200)}: never checked; `checker repo` or `checker run` comes first")
    return check


def _find_latest_in(path: Path, key: str) -> Check | None:
    if not path.is_file():
        return None
    with Store.open(path) as store:
        return store.find_latest_check(key)
