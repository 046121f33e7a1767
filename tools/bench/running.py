"""Calls the checker by its public command, as anybody would, and opens what it stored."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from checker.core.errors import CheckerError, UsageError
from checker.core.own_program import make_own_command
from checker.core.values.base import Value
from checker.core.values.papers import LinkedPaper
from checker.core.values.results import Check
from checker.store import Run, Store

STORE = "checker.sqlite"
INCONCLUSIVE = 3
GRACE_SECONDS = 5


class Stopped(CheckerError):
    """The checker was stopped by a signal; the exit code is that of the checker."""


class Told(Value):
    """What a finished run of the checker holds."""

    run: Run
    papers: tuple[LinkedPaper, ...]
    checks: dict[str, Check]


def run_checker(
    inputs: Sequence[str],
    *,
    mirror: Path | None,
    results: Path,
    jobs: int | None = None,
    fresh: bool = False,
    quiet: bool = False,
    env: Mapping[str, str] | None = None,
) -> tuple[str, float]:
    """Carry out `checker run`; return the JSON that it printed and its wall seconds.

    A run that was stopped goes on where the same command is given again on the same day.

    Raises:
        UsageError: the checker refused its inputs (it has said why).
        Stopped: it was stopped, or failed altogether.

    """
    argv = make_own_command("checker", "run", *inputs, "--results", str(results), "--json", "--tries", "1")
    argv += ["--mirror", str(mirror)] if mirror is not None else []
    argv += ["--jobs", str(jobs)] if jobs is not None else []
    argv += ["--fresh"] if fresh else []
    began = time.monotonic()
    process = subprocess.Popen(
        argv,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if quiet else None,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        out, said = process.communicate()
    except BaseException:
        _stop(process)
        raise
    seconds = time.monotonic() - began
    if process.returncode in (0, INCONCLUSIVE):
        return out, round(seconds, 2)
    last = (said or "").strip().splitlines()[-1:] or ["it has said why"]
    if process.returncode == UsageError.exit_code:
        raise UsageError(f"checker run {' '.join(inputs)}: refused: {last[0]}")
    raise Stopped(f"checker run ended with exit code {process.returncode}: {last[0]}")


def _stop(process: subprocess.Popen[str]) -> None:
    """End the checker in good order; one that the terminal has told already is not told again at once."""
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait()


def read_results(results: Path) -> Told:
    """Return the latest run of a results folder.

    Raises:
        UsageError: there is none.
        StorageFailure: its store cannot be read.

    """
    path = results / STORE
    if not path.is_file():
        raise UsageError(f"{results}: holds no results of the checker ({STORE})")
    with Store.open(path) as store:
        run = store.load_latest_run()
        if run is None:
            raise UsageError(f"{path}: holds no run")
        return Told(run=run, papers=store.load_papers(run), checks=store.load_checks(run))
