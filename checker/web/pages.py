"""The pages of the web application; a repository's page is the report's own, in this application's frame."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, PackageLoader

from checker import __version__
from checker.core.rules import compute_rules_digest
from checker.core.values.base import now
from checker.core.values.results import Check, StepStatus
from checker.reports.build import build_report
from checker.reports.site.html import Pages, make_environment
from checker.store import Run
from checker.web import places

TITLE = "Reproducibility checker"

#: Our frame (`base.html.j2`) stands before the report's; what only the report has is the report's.
LOADER = ChoiceLoader([PackageLoader("checker.web", "templates"), PackageLoader("checker.reports", "templates")])

MARKS = {status.value: {"passed": "✓", "skipped": "–", "limit": "◐", "engine_error": "?"}.get(status.value, "✕")
         for status in StepStatus}  # fmt: skip


@cache
def _make_environment() -> Any:
    made = make_environment()
    made.loader = LOADER
    made.globals.update(
        site_title=TITLE, checker_version=__version__, rules=compute_rules_digest(), at=places, marks=MARKS
    )
    return made


def render(template: str, **values: Any) -> str:
    """Return one of our own pages."""
    return str(_make_environment().get_template(template).render(root="/", **values))


def render_repository_page(check: Check, site: str) -> str:
    """Return the page of a repository as the report shows it; `site` is where this service is reached.

    Relative addresses in it are right for `/repositories/OWNER/NAME`.
    """
    key = check.target.key
    run = Run(
        id=1, date=check.started_at.date(), started_at=check.started_at, finished_at=now(),
        checker_version=check.checker_version,
    )  # fmt: skip
    pages = Pages(build_report(run, (), {key: check}), (), {key: check})
    pages._environment = made = _make_environment().overlay()
    made.globals = {
        **made.globals,
        "asked": check.target.repository,
        "badge": f"{site}{places.make_badge_address(check.target.repository)}",
        "page": f"{site}{places.make_repository_address(check.target.repository)}",
    }
    return pages.repository(key)
