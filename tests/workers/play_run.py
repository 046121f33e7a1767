"""`checker run` as a process, with the services of the playground where the sandbox would be.

usage: python play_run.py MIRROR GATE ARGUMENTS-OF-CHECKER...
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import playground

import checker.cli.commands.run
from checker.check import Services
from checker.cli.app import main
from checker.core.settings import Settings
from checker.services import WORKSPACE, sweep

MIRROR, GATE = Path(sys.argv[1]), Path(sys.argv[2])


@contextmanager
def prepare_services(settings: Settings, mirror: Path | None = None) -> Iterator[Services]:
    """Make the services ready as `checker.services` does: what dead processes left is removed first."""
    workspace = WORKSPACE.open_for_process(settings.home / "checkouts")
    services = replace(playground.services(MIRROR, GATE), workspace=workspace)
    sweep(services)
    try:
        yield services
    finally:
        services.stop()
        WORKSPACE.release()


if __name__ == "__main__":
    checker.cli.commands.run.prepare_services = prepare_services
    sys.argv[1:] = sys.argv[3:]
    main()
