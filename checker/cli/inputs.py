"""Reads the inputs of `checker links` and `checker run`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from checker.cli.common import complain
from checker.papers.sources import Inputs, read_inputs

InputNames = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Pages of papers (.txt, .md), .csv, .json, .jsonl, .bib, lists (owner/name[@commit] a line, "
        "or CSV with the columns repo,commit), `huggingface:2026-11-19`, `arxiv:cs.LG`, or - for standard input.",
        show_default=False,
    ),
]


def read(names: Sequence[str]) -> Inputs:
    """Read the inputs and say on the error output what could not be read; the rest counts.

    Raises:
        UsageError: nothing at all could be read.
        NetworkFailure: a service that was named does not answer.

    """
    inputs = read_inputs(names, stdin=sys.stdin.buffer if "-" in names else None)
    for problem in inputs.problems:
        complain(str(problem))
    return inputs
