"""What several commands share: options, and how errors are printed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from checker.core.errors import StorageFailure, UsageError
from checker.core.text import join_lines

Results = Annotated[Path, typer.Option("--results", help="Folder of the reports and of the store.")]
Mirror = Annotated[
    Path | None,
    typer.Option(
        "--mirror",
        help="Local mirror (OWNER/NAME.git) used instead of GitHub; absent repositories count as missing.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on the standard output.")]
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
    typer.echo(f"checker: {join_lines(text, 2000)}", err=True)


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
