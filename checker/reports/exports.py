"""What is written beside `report.json` for other programs: CSV, JUnit XML, Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker.core.values.changes import ReportOptions
from checker.core.values.plans import Goal
from checker.reports.csv_tables import write_papers_csv, write_repositories_csv
from checker.reports.document import Report
from checker.reports.junit import render_junit
from checker.reports.markdown import render_markdown, render_short_markdown


def _write_junit(report: Report) -> str:
    options = report.changes or ReportOptions()
    return render_junit(report, Goal(rung=options.require, way=options.way))


#: How each file is made from the report.
EXPORTS: Mapping[str, Callable[[Report], str]] = {
    "report.md": render_markdown,
    "short.md": render_short_markdown,
    "papers.csv": write_papers_csv,
    "repositories.csv": write_repositories_csv,
    "junit.xml": _write_junit,
}
