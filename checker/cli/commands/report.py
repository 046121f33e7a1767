"""`checker report`: the site, made anew from the store."""

from __future__ import annotations

import os

import typer

from checker.cli.common import DEFAULT_RESULTS, Results, SettingsOption, make_writable
from checker.cli.stores import STORE_NAME, open_store, publish
from checker.core.errors import UsageError
from checker.nights.night_settings import read_report_options
from checker.store import SINGLE


def report(results: Results = DEFAULT_RESULTS, settings: SettingsOption = None) -> None:
    """Write the report of the latest run again.

    Options can come from the settings file.
    """
    reading = read_report_options(settings, os.environ)
    if not (results / STORE_NAME).is_file():
        raise UsageError(f"{results}: no results are stored there; `checker run` makes some")
    with open_store(make_writable(results)) as store:
        night = next((run for run in reversed(store.runs()) if run.note != SINGLE), None)
        if night is None:
            raise UsageError(f"{results}: no run is stored there; `checker run` makes one")
        _, folder = publish(store, night, results, reading)
    typer.echo(f"report: {folder / 'index.html'}")
