"""`checker recipe` and `checker crate`: the newest check of a repository, to build again or to archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from checker.cli.common import DEFAULT_RESULTS, Name, Results
from checker.cli.stores import require_latest_check
from checker.reports.linked_data.crate import write_crate
from checker.reports.recipe import write_recipe


def recipe(
    name: Name,
    directory: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write to.")],
    results: Results = DEFAULT_RESULTS,
) -> None:
    """Write a Dockerfile and a lock file of what was verified."""
    typer.echo(f"recipe: {write_recipe(require_latest_check(name, results), directory)}")


def crate(
    name: Name,
    directory: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write to.")],
    results: Results = DEFAULT_RESULTS,
) -> None:
    """Write the newest check of a repository as an RO-Crate.

    It holds the check, every log, and how they came about.
    """
    typer.echo(f"crate: {write_crate(require_latest_check(name, results), directory)}")
