"""`checker schema`: what everything that --json prints looks like."""

from __future__ import annotations

import json

import typer

from checker.cli import json_schema as described


def schema() -> None:
    """Print the JSON Schema of everything that --json prints."""
    typer.echo(json.dumps(described.build_schema(), indent=2))
