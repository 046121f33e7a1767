"""`checker repo`: one repository, live in the terminal, with an exit code for scripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from checker import __version__
from checker.check import Services, check_repository
from checker.cli.common import AsJson, ByWay, Mirror, Require, choose_goal, complain, make_writable
from checker.cli.stopping import Interrupted, call_on_stop
from checker.cli.stores import find_single_store, open_store
from checker.cli.targets import find_namesake, read_target
from checker.core.errors import CheckerError, UsageError
from checker.core.settings import Settings
from checker.core.values.base import now
from checker.core.values.plans import Goal, Rung
from checker.core.values.repositories import Target
from checker.core.values.results import Check
from checker.judging.wording import choose_exit_code, find_outcome, find_reach
from checker.reports.badge import FORMATS, make_badge, write_badge
from checker.reports.build import build_repository_document
from checker.reports.terminal import print_check
from checker.reports.watching import StepsDisplay
from checker.services import adapt_to_target, prepare_services
from checker.store import SINGLE, Store


def repo(
    name: Annotated[str, typer.Argument(metavar="TARGET", help="owner/name[@commit], a URL, or a local folder.")],
    mirror: Mirror = None,
    require: Require = Rung.IMPORTABLE,
    way: ByWay = None,
    as_json: AsJson = False,
    badge: Annotated[
        Path | None, typer.Option("--badge", help="Write the badge to this file, .svg or .json.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Keep the result in the store of this folder.")
    ] = None,
) -> None:
    """Check one repository, live in the terminal.

    The required rung must be reached as published for a folder, by any way for a linked repository, unless --way
    names the last way that counts.

    Exit codes: 0 it was reached, 1 it was not, 2 wrong usage, 3 could not be judged.
    """
    settings = Settings.from_environment()
    target = read_target(name)
    if target.folder is not None and (other := find_namesake(name)):
        complain(f"{name} is a folder here, and that is checked; {other} names the repository")
    goal = choose_goal(require, way, settings, own=target.folder is not None)
    if badge is not None:
        _check_badge(badge)
    if results is not None:
        make_writable(results)
    with prepare_services(settings, mirror) as services:
        check = _check(adapt_to_target(services, target), target)
    _keep(check, settings, results)
    if badge is not None:
        _write_badge(check, goal, badge)
    if as_json:
        sys.stdout.write(build_repository_document(check, goal).model_dump_json(indent=1) + "\n")
    else:
        print_check(check, goal=goal)
    raise typer.Exit(judge(check, goal))


def _check(services: Services, target: Target) -> Check:
    def stop(number: int) -> None:
        services.stop()
        raise Interrupted("stopped", number)

    with StepsDisplay(Console(stderr=True)) as display, call_on_stop(stop):
        return check_repository(target, services, display)


def judge(check: Check, goal: Goal) -> int:
    """Return 0 where the goal is met, 3 where that could not be judged, else 1."""
    return choose_exit_code(find_reach(check, goal.way), find_outcome(check, goal), goal)


def _check_badge(path: Path) -> None:
    if path.suffix.lstrip(".").lower() not in FORMATS:
        raise UsageError(f"--badge {path}: its name must end with .svg or .json")
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"--badge {path}: cannot be written there")


def _write_badge(check: Check, goal: Goal, path: Path) -> None:
    try:
        write_badge(make_badge(find_outcome(check, goal)), path)
    except OSError as error:
        raise UsageError(f"--badge {path}: cannot be written: {error.strerror}") from None


def _keep(check: Check, settings: Settings, results: Path | None) -> None:
    """Keep the result for `checker badge` and `checker recipe`; where that fails, it is said and no more."""
    if check.target.folder is not None and results is None:
        return
    try:
        with open_store(results) if results else Store.open(find_single_store(settings)) as store:
            name = check.target.folder or str(check.target.repository)
            run = store.begin_run(now().date(), inputs=(name,), checker_version=__version__)
            store.save_check(run, check)
            store.finish_run(run, note=SINGLE)
    except CheckerError as error:
        complain(f"the result is not kept: {error}")
