"""The command line: `python -m tools.bench.site make DIR`, `publish DIR`, `browse DIR`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.stores import STORE_NAME, publish
from checker.reports.site.figures import make_figures
from checker.store import Store
from tools.bench.site.browse import TIMES, browse
from tools.bench.site.pictures import take_pictures
from tools.bench.site.world import make_store

app = typer.Typer(name="site", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

Results = Annotated[Path, typer.Argument(help="Results folder.")]


@app.command()
def make(
    results: Results,
    papers: Annotated[int, typer.Option(min=1)] = 5000,
    nights: Annotated[int, typer.Option(min=1)] = 7,
) -> None:
    """Write a store of made-up papers and nights into a folder that has none yet."""
    if (results / STORE_NAME).exists():
        raise typer.BadParameter(f"{results}: there is a store already")
    results.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    make_store(results, papers, nights)
    typer.echo(f"store of {papers:,} papers and {nights} nights: {time.monotonic() - began:.1f} s")


@app.command(name="publish")
def publish_(results: Results) -> None:
    """Publish the last night, and say how long that took and how much it is."""
    began, worked = time.monotonic(), time.process_time()
    with Store.open(results / STORE_NAME) as store:
        night = store.load_latest_run()
        if night is None:
            raise typer.BadParameter(f"{results}: no night is stored there")
        report, folder = publish(store, night, results)
        whole, cpu = time.monotonic() - began, time.process_time() - worked
        began = time.monotonic()
        make_figures(report, store.load_history(store.runs()).nights)
    files = [path for path in folder.rglob("*") if path.is_file()]
    typer.echo(f"{folder}: {len(report.papers):,} papers, {len(report.repositories):,} repositories")
    typer.echo(
        f"published in {whole:.1f} s, at work for {cpu:.1f} s: {len(files):,} files, "
        f"{sum(f.stat().st_size for f in files) / 1e6:.1f} MB"
    )
    typer.echo(f"figures drawn again: {time.monotonic() - began:.2f} s")
    for name in (
        "index.html",
        "papers.html",
        "data/papers.js",
        "repositories.html",
        "data/repositories.js",
        "report.json",
    ):
        typer.echo(f"  {name}: {(folder / name).stat().st_size / 1e6:.2f} MB")


@app.command(name="browse")
def browse_(site: Annotated[Path, typer.Argument(help="Folder of a report.")]) -> None:
    """Open a site from the disk in Chromium, filter it, and say how long that takes."""
    typer.echo(f"| what, {TIMES} times each | median, ms | longest, ms |\n|---|---|---|")
    for waited in browse(site.resolve()):
        typer.echo(f"| {waited.what} | {waited.median} | {waited.longest} |")


@app.command(name="pictures")
def pictures_(
    site: Annotated[Path, typer.Argument(help="Folder of a report.")],
    folder: Annotated[Path, typer.Argument(help="Folder for the pictures.")],
) -> None:
    """Take pictures of a site's pages: wide and narrow, light and dark."""
    for path in take_pictures(site.resolve(), folder):
        typer.echo(str(path))


if __name__ == "__main__":
    app()
