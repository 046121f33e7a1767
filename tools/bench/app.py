"""The command line: one command for each measurement; every error is one line and an exit code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from checker.core.errors import CheckerError, UsageError
from checker.core.settings import Settings
from checker.core.text import join_lines
from checker.services import prepare_services
from tools.bench.funnel import measure
from tools.bench.funnel_page import funnel_page
from tools.bench.isolation import costs
from tools.bench.isolation_page import isolation_page
from tools.bench.lists import Entry, read_list
from tools.bench.machine import heading
from tools.bench.newcomer import compare_all
from tools.bench.newcomer_page import newcomer_page
from tools.bench.page import write_section, write_whole
from tools.bench.published import measure_all
from tools.bench.published_page import published_page
from tools.bench.reading import TREES, containment_words, reading_words, visit_in_turn
from tools.bench.running import read_results, run_checker
from tools.bench.structure import structure_words
from tools.bench.twice import compare_runs, twice_page

INTERRUPTED = 130

Mirror = Annotated[Path, typer.Option("--mirror", help="Folder whose OWNER/NAME.git stand in for GitHub.")]
Lists = Annotated[
    list[Path],
    typer.Option(
        "--repositories", help="owner/name[@commit] a line, or CSV with repo,commit; may be given again."
    ),
]
Results = Annotated[Path, typer.Option("--results", help="Folder for results; a second call goes on from there.")]
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, help="Repositories at once (default: by cores).")]
Write = Annotated[Path | None, typer.Option("--write", help="Page whose section of this name is renewed.")]

Existing = Annotated[bool, typer.Option("--existing", help="Take what --results holds; check nothing.")]

DEFAULT_RESULTS = Path("results/bench")

app = typer.Typer(name="bench", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.callback()
def bench() -> None:
    """Measure the checker on a list of repositories."""


@app.command()
def funnel(
    mirror: Mirror,
    repositories: Lists,
    results: Results = DEFAULT_RESULTS,
    jobs: Jobs = None,
    write: Write = None,
    existing: Existing = False,
) -> None:
    """Check every repository and write how many reach which rung, by which way, and why the others do not."""
    if not existing:
        run_checker([str(path) for path in repositories], mirror=mirror, results=results, jobs=jobs)
    told = read_results(results)
    measured = measure(told.papers, told.checks, began=told.run.started_at, ended=told.run.finished_at)
    command = called("funnel", *(f"--repositories {path.name}" for path in repositories))
    unfinished = "" if told.run.finished_at else "The run had not ended: these are the checks that were finished."
    title = heading(command, Settings.from_environment(), unfinished)
    text, brief = funnel_page(measured, title), funnel_page(measured, title, lists=False)
    deliver("funnel", text, measured.model_dump_json(indent=1), results, write, brief)


@app.command()
def twice(
    mirror: Mirror,
    repositories: Lists,
    results: Results = DEFAULT_RESULTS,
    jobs: Jobs = None,
    write: Write = None,
    existing: Existing = False,
) -> None:
    """Check every repository twice, the second time in reversed order, and name what came out differently.

    Each run starts from scratch, with a home (downloads, locks, look-ups) of its own.
    """
    entries = read_lists(repositories)
    runs = []
    for name, order in (("first", entries), ("second", entries[::-1])):
        folder = results / "twice" / name
        listing = folder / "repositories.csv"
        if not existing:
            write_whole(
                listing,
                "".join(["repo,commit\n", *(f"{e.target.repository},{e.target.commit or ''}\n" for e in order)]),
            )
            home = {"CHECKER_HOME": str((folder / "home").absolute())}
            run_checker([str(listing)], mirror=mirror, results=folder, jobs=jobs, env=home)
        runs.append(read_results(folder).checks)
    found = compare_runs(*runs)
    command = called("twice", *(f"--repositories {path.name}" for path in repositories))
    text = twice_page(found, heading(command, Settings.from_environment()))
    deliver("twice", text, found.model_dump_json(indent=1), results, write)


@app.command()
def reading(folder: Annotated[Path, typer.Argument(help="A checkout.", exists=True, file_okay=False)]) -> None:
    """Count what planning a checkout reads and parses; time it here, in a child, and eight in turn."""
    typer.echo(reading_words(folder))
    typer.echo(containment_words(folder))
    typer.echo(f"{TREES} such trees in turn, twice: {visit_in_turn(folder):.1f} s of CPU")


@app.command()
def structure() -> None:
    """Print the rooms of the checker with their files and lines, and the longest chain of imports."""
    typer.echo(structure_words())


@app.command()
def newcomer(mirror: Mirror, repositories: Lists, results: Results = DEFAULT_RESULTS, write: Write = None) -> None:
    """Try every repository as a newcomer would and as the checker does, cold and warm, in one run.

    The newcomer's builds run strangers' code as `docker build` does: with the network, and without the sandbox.
    """
    settings = Settings.from_environment()
    found = compare_all(read_lists(repositories), mirror, results, settings, complain)
    command = called("newcomer", *(f"--repositories {path.name}" for path in repositories))
    title = heading(command, settings)
    text, brief = newcomer_page(found, title), newcomer_page(found, title, lists=False)
    deliver("newcomer", text, found.model_dump_json(indent=1), results, write, brief)


@app.command()
def published(
    mirror: Mirror,
    repositories: Lists,
    results: Results = DEFAULT_RESULTS,
    jobs: Jobs = None,
    write: Write = None,
    existing: Existing = False,
) -> None:
    """Check a list (CSV with benchmark,repo,commit) and take each benchmark's own measure of it.

    The measure runs in the sandbox, in the environment of the attempt that holds most.
    """
    settings, entries = Settings.from_environment(), read_lists(repositories)
    if not existing:
        run_checker([str(path) for path in repositories], mirror=mirror, results=results, jobs=jobs)
    told = read_results(results)
    with prepare_services(settings, mirror) as services:
        rows = measure_all(entries, told.checks, services, results / "published", complain)
    command = called("published", *(f"--repositories {path.name}" for path in repositories))
    title = heading(command, settings)
    text, brief = published_page(rows, title), published_page(rows, title, lists=False)
    data = json.dumps({"rows": [row.model_dump(mode="json") for row in rows]}, indent=1)
    deliver("published", text, data, results, write, brief)


@app.command()
def isolation(
    mirror: Mirror,
    names: Annotated[
        list[str], typer.Argument(metavar="OWNER/NAME...", help="Repositories, one of them with torch.")
    ],
    results: Results = DEFAULT_RESULTS,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Replays with and without, in turn.")] = 3,
    write: Write = None,
) -> None:
    """Time the same steps in the sandbox and in plain containers, over a warm cache of their own.

    The plain side runs strangers' code with an engine's defaults: as root, with the network, without limits.
    """
    if os.geteuid() != 0:
        raise UsageError("isolation: only root can remove what plain containers write")
    folder = results / "isolation"
    order = folder / "repositories.txt"
    write_whole(order, "".join(f"{name}\n" for name in names))
    entries, _ = read_list(order)
    home = {"CHECKER_HOME": str((folder / "home").absolute())}
    run_checker([str(order)], mirror=mirror, results=folder, jobs=1, env=home)
    checks = read_results(folder).checks
    settings = Settings.from_environment({**os.environ, **home})
    with prepare_services(settings, mirror) as services:
        chosen = [checks[entry.key] for entry in entries]
        found = costs(chosen, services, settings, repeats, complain)
    shutil.rmtree(folder, ignore_errors=True)  # the checks as well: without their cache nothing they say is warm
    command = called("isolation", f"--repeats {repeats}", *(entry.slug for entry in entries))
    data = json.dumps([cost.model_dump(mode="json") for cost in found], indent=1)
    deliver("isolation", isolation_page(found, heading(command, settings)), data, results, write)


def read_lists(paths: list[Path]) -> tuple[Entry, ...]:
    """Read lists of repositories, each repository once; what a line lacks is said on the error output.

    Raises:
        UsageError: one of them cannot be read, or names no repository.

    """
    found: dict[str, Entry] = {}
    for path in paths:
        entries, problems = read_list(path)
        for problem in problems:
            complain(problem)
        for entry in entries:
            found.setdefault(entry.key, entry)
    return tuple(found.values())


def complain(text: str) -> None:
    """Say one line on the error output."""
    typer.echo(f"bench: {join_lines(text, 2000)}", err=True)


def called(name: str, *arguments: str) -> str:
    """Return a command as a reader would give it: paths of this machine are left out."""
    return " ".join(("python -m tools.bench", name, "--mirror MIRROR", *arguments)).replace("`", "'")


def deliver(name: str, text: str, data: str, results: Path, write: Path | None, brief: str = "") -> None:
    """Write a measurement's Markdown and JSON into the results, renew its section of a page, and print it.

    The page gets `brief`, which lists no single repository, where there is one.
    """
    folder = results / "bench"
    write_whole(folder / f"{name}.json", data + "\n")
    write_whole(folder / f"{name}.md", text)
    if write is not None:
        write_section(write, name, brief or text)
    typer.echo(text)


def carry_out(arguments: list[str]) -> int:
    """Run one command and return its exit code; no traceback reaches a user."""
    try:
        return int(app(arguments, prog_name="bench", standalone_mode=False) or 0)
    except CheckerError as error:
        code, line = error.exit_code, str(error)
    except typer.TyperException as error:
        code, line = 2, f"{error.format_message().rstrip('.')}; see bench --help"
    except (KeyboardInterrupt, typer.Abort):
        code, line = INTERRUPTED, "stopped; the same command goes on from there"
    complain(line)
    return code


def main() -> None:
    """Run the command line and end the process with its exit code; SIGTERM ends it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(carry_out(sys.argv[1:]))
