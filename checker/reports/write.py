"""Writing a report into the results folder: all of it or nothing, then `latest` points to it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp

from checker.core.errors import StorageFailure, UsageError
from checker.core.values.papers import LinkedPaper
from checker.core.values.results import Check
from checker.judging.wording import find_outcome
from checker.reports.badge import make_badge, render_shields, render_svg
from checker.reports.document import Report
from checker.reports.exports import EXPORTS
from checker.reports.site import places
from checker.reports.site.html import Pages
from checker.store.history import History

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

ASSETS = ("site.css", "site.js", "list.js")

REDIRECT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Latest report</title>
<meta http-equiv="refresh" content="0; url=../{name}/index.html">
<p><a href="../{name}/index.html">Report of {name}</a></p>
</html>
"""


def write_report(
    results: Path,
    report: Report,
    papers: Sequence[LinkedPaper],
    checks: Mapping[str, Check],
    history: History | None = None,
) -> Path:
    """Write `results/<date>` and let `results/latest` point to it; return the folder.

    `history` is what the nights up to this one said; without it there is no trend and no history.

    A report of that date is replaced only when the new one stands whole.

    Raises:
        StorageFailure: the folder cannot be written, or the disk is full; what stood there still stands.
        UsageError: something else than a report stands where it is to go.

    """
    target = results / report.date.isoformat()
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target}: stands in the way of the report; move it or choose another folder")
    with _explain_errors(results):
        results.mkdir(parents=True, exist_ok=True)
        with _open_draft(results, target.name) as draft:
            write_site(draft, report, papers, checks, history)
            _put_in_place(draft, target)
        link_latest(results / "latest", find_newest_report(results))
    return target


def find_newest_report(results: Path) -> str:
    """Return the name of the report with the latest date: making an old one again does not make it the latest."""
    return max(p.name for p in results.iterdir() if p.is_dir() and _DATE.fullmatch(p.name))


def write_site(
    folder: Path,
    report: Report,
    papers: Sequence[LinkedPaper],
    checks: Mapping[str, Check],
    history: History | None = None,
) -> None:
    """Write all files of a report into an empty folder."""
    pages = Pages(report, papers, checks, history)
    _write(folder / "report.json", render_json(report))
    for name, export in EXPORTS.items():
        _write(folder / name, export(report))
    _write(folder / "index.html", pages.start())
    for name in ASSETS:
        _write(folder / "assets" / name, files("checker.reports").joinpath("assets", name).read_text("utf-8"))
    for listing in pages.lists:
        _write(folder / f"{listing.name}.html", pages.listing(listing))
        _write(folder / "data" / f"{listing.name}.js", listing.script())
    for paper in report.papers:
        _write(folder / places.paper_path(paper.id), pages.paper(paper))
    goal = report.changes.goal if report.changes else None
    for target, check in checks.items():
        badge = make_badge(find_outcome(check, goal))
        _write(folder / places.repository_path(target), pages.repository(target))
        _write(folder / places.badge_path(target, "svg"), render_svg(badge))
        _write(folder / places.badge_path(target, "json"), render_shields(badge))


def render_json(report: Report) -> str:
    """Return the text of `report.json` (`checker schema` describes it)."""
    return report.model_dump_json(indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@contextmanager
def _explain_errors(results: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailure(f"{error.filename or results}: {error.strerror or error}") from error


@contextmanager
def _open_draft(results: Path, name: str) -> Iterator[Path]:
    """Give a folder to write into beside the target; nothing of it is left when writing breaks off."""
    for left in results.glob(f".{name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(dir=results, prefix=f".{name}."))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(draft: Path, target: Path) -> None:
    """Exchange the report; when the second of the two renames fails, the old one goes back."""
    old = draft.with_name(f"{draft.name}.old")
    if target.exists():
        target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def link_latest(latest: Path, name: str) -> None:
    """Make `latest` a relative link to a report; where links are not to be had, a page that leads there."""
    link = latest.with_name(f".{latest.name}.{os.getpid()}")
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(name, target_is_directory=True)
        link.replace(latest)
    except OSError:
        with suppress(OSError):
            link.unlink(missing_ok=True)
        if latest.is_symlink():
            latest.unlink()
        _write(latest / "index.html", REDIRECT.format(name=name))
