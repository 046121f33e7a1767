"""`checker trust`: checks repositories that people have run, and counts how often the verdict is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from checker import __version__
from checker.cli.commands.run import check_all
from checker.cli.common import DEFAULT_RESULTS, AsJson, Mirror, Results, complain
from checker.cli.stores import TRUST_NAME, open_store, publish
from checker.core.rules import compute_rules_digest
from checker.core.settings import Settings
from checker.core.shares import format_share
from checker.core.values.base import now
from checker.core.values.trust import Agreement, Trust
from checker.judging.agreement import measure_trust
from checker.nights.night import NightOptions
from checker.papers.sources.outcomes import read_outcomes
from checker.store import SINGLE


def trust(
    listing: Annotated[
        Path, typer.Argument(metavar="LIST.csv", help="CSV: repo, commit or ref, badges or outcome.")
    ],
    results: Results = DEFAULT_RESULTS,
    mirror: Mirror = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Repositories built at once.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check code that people have run; count the wrong verdicts."""
    settings = Settings.from_environment()
    found = read_outcomes(listing)
    for problem in found.problems:
        complain(str(problem))
    targets = [outcome.target for outcome in found.outcomes]
    check_all([str(listing)], (), targets, results, settings, NightOptions(), jobs=jobs, mirror=mirror)
    with open_store(results) as store:
        night = next(run for run in reversed(store.runs()) if run.note != SINGLE)
        measured = measure_trust(
            found.outcomes,
            store.load_checks(night),
            source=listing.name,
            day=now().date(),
            version=__version__,
            rules=compute_rules_digest(),
        )
        _keep(measured, results)
        _, folder = publish(store, night, results)
    if as_json:
        sys.stdout.write(f"{measured.model_dump_json(indent=1)}\n")
    else:
        typer.echo(_render(measured))
        typer.echo(f"\nreport: {folder / 'index.html'}")
    if not measured.without_error.of:
        complain("no repository could be judged; the report names the causes")
        raise typer.Exit(3)


_WORDS = {
    Agreement.WORKING_CALLED_BROKEN: "works, called broken",
    Agreement.BROKEN_CALLED_WORKING: "broken, called working",
    Agreement.NOT_JUDGED: "not judged",
}


def _render(measured: Trust) -> str:
    """Return the shares, and a line for each repository that was called wrong or not judged."""
    shares = {
        "starts, runs or stops at a limit": measured.without_error,
        "working code called broken": measured.working_called_broken,
        "broken code called working": measured.broken_called_working,
        "right for the right reason, of those read": measured.read,
    }
    lines = [f"{measured.list}, {measured.date}, checker {measured.checker_version}, rules {measured.rules}", ""]
    lines += [f"{words:<42}  {format_share(share)}" for words, share in shares.items()]
    told = [row for row in measured.rows if row.agreement in _WORDS]
    if told:
        lines.append("")
    for row in sorted(told, key=lambda each: list(_WORDS).index(each.agreement)):
        reached = row.reached.value if row.reached else "nothing"
        because = f", {row.cause}" if row.cause else ""
        lines.append(f"{row.repository}: {_WORDS[row.agreement]} (reached {reached}{because})")
    return "\n".join(lines)


def _keep(measured: Trust, results: Path) -> None:
    (results / TRUST_NAME).write_text(f"{measured.model_dump_json(indent=1)}\n", encoding="utf-8")
