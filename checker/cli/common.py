"""What several commands share: options, and how errors are printed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from checker.core.endpoint import hide_secrets
from checker.core.errors import StorageFailure, UsageError
from checker.core.settings import Settings
from checker.core.text import join_lines
from checker.core.values.plans import Goal, Rung, Way

Results = Annotated[Path, typer.Option("--results", help="Folder of the reports and of the store.")]
Mirror = Annotated[
    Path | None,
    typer.Option(
        "--mirror",
        help="Local mirror (OWNER/NAME.git) used instead of GitHub; absent repositories count as missing.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on the standard output.")]
Require = Annotated[Rung, typer.Option("--require", help="The rung that is required, else exit code 1.")]
ByWay = Annotated[
    Way | None,
    typer.Option("--way", help="The way that must reach it (see docs/badge.md)."),
]
SettingsOption = Annotated[
    Path | None,
    typer.Option("--settings", help="The settings file (default: CHECKER_SETTINGS, else checker.toml)."),
]
Name = Annotated[str, typer.Argument(metavar="OWNER/NAME", help="owner/name or a URL.")]

DEFAULT_RESULTS = Path("results")

#: ENOSPC and EDQUOT.
_FULL = frozenset({28, 122})


def complain(text: str) -> None:
    """Say one line on the error output, cleaned of what text from outside may hold."""
    typer.echo(f"checker: {join_lines(hide_secrets(text), 2000)}", err=True)


def make_writable(results: Path) -> Path:
    """Make the results folder and return it.

    Raises:
        UsageError: it is no folder, or cannot be written.
        StorageFailure: the disk is full.

    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        trial = results / f".writable-{os.getpid()}"
        trial.write_bytes(b"x")
        trial.unlink()
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"--results {results}: is a file, not a folder") from None
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFailure(f"--results {results}: {error.strerror}") from None
        raise UsageError(f"--results {results}: cannot be written: {error.strerror}") from None
    return results


def choose_goal(require: Rung, way: Way | None, settings: Settings, *, own: bool) -> Goal:
    """Return what is required: by the way that is named, else that of the settings, else the usual one.

    Usual is as published for code of one's `own` (a local folder, a job of CI), and any way for that of others.
    """
    return Goal(rung=require, way=way or settings.way or (Way.AS_PUBLISHED if own else Way.REPAIRED))
