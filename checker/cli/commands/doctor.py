"""`checker doctor`: what this machine has and lacks."""

from __future__ import annotations

import typer

from checker.cli.health import diagnose
from checker.core.endpoint import hide_secrets
from checker.core.settings import Settings


def doctor() -> None:
    """Check what this machine needs for checks.

    The exit code is 3 where they cannot run.
    """
    findings = diagnose(Settings.from_environment())
    for finding in findings:
        typer.echo(hide_secrets(str(finding)))
    raise typer.Exit(3 if any(finding.ok is False for finding in findings) else 0)
