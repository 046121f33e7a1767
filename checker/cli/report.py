"""`checker report`: the site, made anew from the store."""

from __future__ import annotations

import typer

from checker.cli.common import DEFAULT_RESULTS, Results, writable
from checker.cli.stores import STORE_NAME, open_store, publish
from checker.errors import UsageError
from checker.store import SINGLE


def report(results: Results = DEFAULT_RESULTS) -> None:
    """Write the site, the JSON and the Markdown of the latest run anew."""
    if not (results / STORE_NAME).is_file():
        raise UsageError(f"{results}: no results are stored there; `checker run` makes some")
    with open_store(writable(results)) as store:
        night = next((run for run in reversed(store.runs()) if run.note != SINGLE), None)
        if night is None:
            raise UsageError(f"{results}: no run is stored there; `checker run` makes one")
        _, folder = publish(store, night, results)
    typer.echo(f"report: {folder / 'index.html'}")
