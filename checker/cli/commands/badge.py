"""`checker badge`: what the latest check of a repository says, in two or three words."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from checker.cli.common import DEFAULT_RESULTS, Name, Results, complain
from checker.cli.stores import find_latest_check
from checker.core.settings import Settings
from checker.core.values.plans import Goal
from checker.judging.wording import find_outcome
from checker.reports.badge import FORMATS, make_badge


class BadgeFormat(StrEnum):
    """What a badge is written as."""

    SVG = "svg"
    JSON = "json"


def badge(
    name: Name,
    form: Annotated[BadgeFormat, typer.Option("--format", help="svg, or json for shields.io.")] = BadgeFormat.SVG,
    results: Results = DEFAULT_RESULTS,
) -> None:
    """Print the badge of a repository, from its latest check.

    It is grey, with exit code 0 and one line on the error output, where the repository was never checked.
    """
    check, way = find_latest_check(name, results), Settings.from_environment().way
    outcome = find_outcome(check, Goal(way=way) if way else None)
    sys.stdout.write(FORMATS[form.value](make_badge(outcome)))
    if check is None:
        complain(f"{name} was never checked: the badge says so (checker repo {name} checks it)")
