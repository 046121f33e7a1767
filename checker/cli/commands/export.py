"""`checker export`: everything that is stored, as linked data or as a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO
from urllib.parse import urlsplit

import typer

from checker.cli.common import DEFAULT_RESULTS, Results
from checker.cli.stores import STORE_NAME
from checker.core.errors import StorageFailure, UsageError
from checker.core.text import join_lines
from checker.reports.linked_data.export import export_csv, export_graph


class ExportFormat(StrEnum):
    """What the store is written as."""

    TURTLE = "turtle"
    JSONLD = "jsonld"
    NTRIPLES = "ntriples"
    CSV = "csv"


def export(
    form: Annotated[
        ExportFormat,
        typer.Option(
            "--format", help="turtle, jsonld or ntriples: everything; csv: the newest check of each repository."
        ),
    ] = ExportFormat.TURTLE,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="File to write (default: standard output)."),
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="URL", help="Name checks, runs and tallies below this address.")
    ] = None,
    results: Results = DEFAULT_RESULTS,
) -> None:
    """Write what is stored as linked data or CSV."""
    store, address = results / STORE_NAME, _read_address(base)

    def write(file: BinaryIO) -> None:
        if form is ExportFormat.CSV:
            export_csv(store, file)
        else:
            export_graph(store, file, form.value, address)

    if output is None:
        write(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        _write_whole(output, write)
        typer.echo(f"export: {output}")


def _read_address(base: str | None) -> str | None:
    if base is None:
        return None
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or set(base) & set(' <>"{}|\\^`\n\r\t'):
        raise UsageError(
            f"--base {join_lines(base, 200)}: an address is needed, such as https://example.org/checks/"
        )
    return base if base.endswith(("/", "#")) else f"{base}/"


def _write_whole(output: Path, write: Callable[[BinaryIO], None]) -> None:
    if output.is_dir():
        raise UsageError(f"{output}: is a folder, not a file")
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            write(file)
        draft.replace(output)
    except OSError as error:
        raise StorageFailure(f"{output}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            draft.unlink()
