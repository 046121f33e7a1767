"""The pages of the site, each rendered from the report's values; everything is escaped where it is put."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from checker.core.shares import format_share
from checker.core.text import clean
from checker.core.values.papers import LinkedPaper
from checker.core.values.plans import Rung, Way
from checker.core.values.results import Check, StepStatus
from checker.judging.wording import Outcome
from checker.reports import words
from checker.reports.counting import compute_percent
from checker.reports.document import Funnel, PaperEntry, Report, RepositoryEntry, WayFunnel
from checker.reports.logs import view_log
from checker.reports.site import places
from checker.reports.site.figures import make_figures, make_listing_address
from checker.reports.site.history import list_spans
from checker.reports.site.lists import Listing, make_paper_list, make_repository_list
from checker.reports.terminal import suggest_commands
from checker.store.history import History

TITLE = "Reproducibility report"


class Failing(NamedTuple):
    """Where a reader finds the line that says why: attempt and step, both counted from 1."""

    attempt: int
    step: int


def _finalize(value: object) -> object:
    """Clean every string that a template puts out, and print enumerations by their value."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = str(value)
    return text if text.isascii() and text.isprintable() else clean(text)


def _format_day(value: datetime | date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value is not None else "–"


def _format_moment(value: datetime | None) -> str:
    return f"{value.day} {value:%B %Y, %H:%M} UTC" if value is not None else "–"


def make_environment() -> Environment:
    """Return the environment of all HTML templates: escaping everywhere, undefined names are errors."""
    made = Environment(
        loader=PackageLoader("checker.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        seconds=words.format_seconds, size=words.format_bytes, day=_format_day, moment=_format_moment,
        href=places.check_web_address, number=words.number, share=format_share, zip=zip,
    )  # fmt: skip
    made.globals.update(
        Rung=Rung, Way=Way, percent=compute_percent, words=words, places=places, view_log=view_log,
        failing_step=find_failing_step, listing_address=make_listing_address, site_title=TITLE,
    )  # fmt: skip
    return made


class Pages:
    """Renders the pages of one report."""

    def __init__(
        self,
        report: Report,
        papers: Sequence[LinkedPaper],
        checks: Mapping[str, Check],
        history: History | None = None,
    ) -> None:
        self.report = report
        self.targets = dict(zip(sorted(checks), report.repositories, strict=True))
        self._checks = checks
        self._history = history or History()
        self._titles = {linked.paper.id: linked.paper.title for linked in papers}
        self._abstracts = {linked.paper.id: linked.paper.abstract for linked in papers}
        self._environment = make_environment()

    @cached_property
    def lists(self) -> tuple[Listing, ...]:
        """The lists of papers and of repositories."""
        return make_paper_list(self.report, self.targets), make_repository_list(self.report, self.targets)

    def _render(self, template: str, depth: int, **values: Any) -> str:
        root = "../" * depth
        return self._environment.get_template(template).render(report=self.report, root=root, **values)

    def start(self) -> str:
        """Return the start page."""
        report = self.report
        return self._render(
            "index.html.j2",
            0,
            figures=make_figures(report, self._history.nights),
            ways=list_ways(report.funnel),
            outcomes=count_outcomes(report.repositories),
            changes=report.changes,
            titles=self._titles,
            targets=self.targets,
        )

    def listing(self, listing: Listing) -> str:
        """Return the page of a list."""
        return self._render("list.html.j2", 0, listing=listing, lists=self.lists)

    def paper(self, entry: PaperEntry) -> str:
        """Return the page of a paper."""
        keys = dict.fromkeys(link.key for link in entry.links if link.key is not None)
        return self._render(
            "paper.html.j2",
            1,
            paper=entry,
            abstract=self._abstracts.get(entry.id, ""),
            pasts={key: list_spans(self._history.standings.get(key, ())) for key in keys},
            targets=self.targets,
        )

    def repository(self, target: str) -> str:
        """Return the page of a repository."""
        entry, check = self.targets[target], self._checks[target]
        deciding = find_deciding_attempt(check)
        return self._render(
            "repository.html.j2",
            places.repository_path(target).count("/"),
            entry=entry,
            check=check,
            target=target,
            titles=self._titles,
            recipe=next((line for line in suggest_commands(check) if line.startswith("checker recipe")), None),
            attempts=list(zip(entry.attempts, check.attempts, strict=True)),
            tried=[way for way in Way if any(attempt.plan.way is way for attempt in check.attempts)],
            deciding=deciding,
            failing=find_failing_place(check, deciding),
            rung_evidence={r.rung: r.evidence for r in check.verdict.rungs},
            past=list_spans(self._history.standings.get(target, ())),
        )


def find_deciding_attempt(check: Check) -> int | None:
    """Return the attempt that the verdict rests on: the first of its way that got as far; else the last one."""
    verdict = check.verdict
    for number, attempt in enumerate(check.attempts):
        if attempt.plan.way is verdict.way and attempt.reached is verdict.reached:
            return number
    return len(check.attempts) - 1 if check.attempts else None


def find_failing_step(statuses: Sequence[StepStatus]) -> int | None:
    """Return the step that a reader wants to see: the first that neither passed nor was skipped."""
    quiet = (StepStatus.PASSED, StepStatus.SKIPPED)
    return next((number for number, status in enumerate(statuses) if status not in quiet), None)


def find_failing_place(check: Check, deciding: int | None) -> Failing | None:
    """Return where the cause of a check shows: a step of the deciding attempt names it, or failed."""
    cause = check.cause or check.verdict.cause
    if cause is None or deciding is None:
        return None
    results = check.attempts[deciding].results
    named = next((n for n, result in enumerate(results) if result.cause and result.cause.name == cause.name), None)
    step = named if named is not None else find_failing_step([result.status for result in results])
    return Failing(deciding + 1, step + 1) if step is not None else None


def list_ways(funnel: Funnel) -> tuple[tuple[Way, WayFunnel], ...]:
    """Return the three ways with what they reach."""
    return tuple((way, getattr(funnel, way.value)) for way in Way)


def count_outcomes(entries: Sequence[RepositoryEntry]) -> tuple[tuple[Outcome, int], ...]:
    """Return the outcomes that occur with their numbers, the most frequent first."""
    by_label = {entry.outcome.label: entry.outcome for entry in entries}
    counts = Counter(entry.outcome.label for entry in entries)
    return tuple((by_label[label], count) for label, count in counts.most_common())
