"""The pages of the site, each rendered from the report's values; everything is escaped where it is put."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from checker.models import Availability, Check, CodeStatus, LinkedPaper, Rung, StepStatus, Value, Way
from checker.reporter import places, words
from checker.reporter.logs import view_log
from checker.reporter.terminal import next_commands
from checker.reporter.values import Funnel, PaperEntry, Report, RepositoryEntry, WayFunnel
from checker.text import clean

TITLE = "Reproducibility report"

CLIMBED = tuple(Rung)[Rung.RESOLVED.height :]
"""The rungs that depend on the way; those below are facts about the files."""


class Stage(Value):
    """One line of the funnel: how many, of how many, in words."""

    label: str
    count: int
    of: int
    note: str = ""

    @property
    def percent(self) -> int:
        """Whole per cent of the base; 0 where there is none."""
        return percent(self.count, self.of)


class Option(Value):
    """A choice of a filter with the number of rows behind it."""

    value: str
    label: str
    count: int


def percent(count: int, of: int) -> int:
    """Return whole per cent, 0 of nothing being 0; only all of it is 100 and only none of it is 0."""
    if of == 0 or count == 0:
        return 0
    return 100 if count == of else min(99, max(1, round(100 * count / of)))


def _finalize(value: object) -> object:
    """Clean every string that a template puts out, and print enumerations by their value."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return clean(str(value))


def _day(value: datetime | date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value is not None else "–"


def _moment(value: datetime | None) -> str:
    return f"{value.day} {value:%B %Y, %H:%M} UTC" if value is not None else "–"


def environment() -> Environment:
    """Return the environment of all HTML templates: escaping everywhere, undefined names are errors."""
    made = Environment(
        loader=PackageLoader("checker.reporter", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        seconds=words.seconds_in_words, size=words.bytes_in_words, day=_day, moment=_moment,
        href=places.web_address, zip=zip,
    )  # fmt: skip
    made.globals.update(
        Rung=Rung, Way=Way, CLIMBED=CLIMBED, percent=percent, words=words, places=places, view_log=view_log,
        failing_step=failing_step, site_title=TITLE,
    )  # fmt: skip
    return made


class Pages:
    """Renders the pages of one report."""

    def __init__(self, report: Report, papers: Sequence[LinkedPaper], checks: Mapping[str, Check]) -> None:
        self.report = report
        self.targets = dict(zip(sorted(checks), report.repositories, strict=True))
        self._checks = checks
        self._titles = {linked.paper.id: linked.paper.title for linked in papers}
        self._abstracts = {linked.paper.id: linked.paper.abstract for linked in papers}
        self._environment = environment()

    def _render(self, template: str, depth: int, **values: Any) -> str:
        root = "../" * depth
        return self._environment.get_template(template).render(report=self.report, root=root, **values)

    def start(self) -> str:
        """Return the start page."""
        report = self.report
        return self._render(
            "index.html.j2",
            0,
            targets=self.targets,
            stages=stages(report.funnel),
            ways=ways(report.funnel),
            rungs=rungs_by_way(report.funnel),
            paper_states=[paper_state(entry) for entry in report.papers],
            paper_filters=paper_filters(report.papers),
            repository_filters=repository_filters(report.repositories),
        )

    def paper(self, entry: PaperEntry) -> str:
        """Return the page of a paper."""
        abstract = self._abstracts.get(entry.id, "")
        return self._render("paper.html.j2", 1, paper=entry, abstract=abstract)

    def repository(self, target: str) -> str:
        """Return the page of a repository."""
        entry, check = self.targets[target], self._checks[target]
        return self._render(
            "repository.html.j2",
            places.repository_path(target).count("/"),
            entry=entry,
            check=check,
            target=target,
            titles=self._titles,
            recipe=next((line for line in next_commands(check) if line.startswith("checker recipe")), None),
            attempts=list(zip(entry.attempts, check.attempts, strict=True)),
            tried=[way for way in Way if any(attempt.plan.way is way for attempt in check.attempts)],
            deciding=deciding_attempt(check),
            rung_evidence={r.rung: r.evidence for r in check.verdict.rungs},
        )


def deciding_attempt(check: Check) -> int | None:
    """Return the attempt that the verdict rests on: the first of its way that got as far; else the last one."""
    verdict = check.verdict
    for number, attempt in enumerate(check.attempts):
        if attempt.plan.way is verdict.way and attempt.reached is verdict.reached:
            return number
    return len(check.attempts) - 1 if check.attempts else None


def failing_step(statuses: Sequence[StepStatus]) -> int | None:
    """Return the step that a reader wants to see: the first that neither passed nor was skipped."""
    quiet = (StepStatus.PASSED, StepStatus.SKIPPED)
    return next((number for number, status in enumerate(statuses) if status not in quiet), None)


# ---------------------------------------------------------------- what the start page counts


def stages(funnel: Funnel) -> tuple[Stage, ...]:
    """Return the way from papers to code."""
    repositories = funnel.repositories
    return (
        Stage(label="papers", count=funnel.papers, of=funnel.papers),
        Stage(label="papers with a link to code", count=funnel.linked, of=funnel.papers),
        Stage(label="repositories", count=repositories, of=repositories, note=f"behind {funnel.links} links"),
        Stage(label="available", count=funnel.available, of=repositories),
        Stage(label="with code", count=funnel.code, of=repositories),
        Stage(label="with declared dependencies", count=funnel.declared, of=repositories),
    )


def ways(funnel: Funnel) -> tuple[tuple[Way, WayFunnel], ...]:
    """Return the three ways with what they reach."""
    return tuple((way, getattr(funnel, way.value)) for way in Way)


def rungs_by_way(funnel: Funnel) -> tuple[tuple[Rung, tuple[Stage, ...]], ...]:
    """Return, for each rung that depends on the way, how many repositories reach it by each."""

    def stage(rung: Rung, way: Way, reached: WayFunnel) -> Stage:
        return Stage(label=way.value, count=getattr(reached, rung.value), of=funnel.tried)

    return tuple((rung, tuple(stage(rung, *pair) for pair in ways(funnel))) for rung in CLIMBED)


def _options(values: Sequence[str | None], labels: Mapping[Any, str]) -> tuple[Option, ...]:
    counts = Counter(value for value in values if value)
    order = {value: place for place, value in enumerate(labels)}
    chosen = sorted(counts, key=lambda value: (order.get(value, len(order)), value))
    return tuple(Option(value=v, label=labels.get(v, v.replace("_", " ")), count=counts[v]) for v in chosen)


def paper_filters(entries: Sequence[PaperEntry]) -> dict[str, tuple[Option, ...]]:
    """Return the choices for the table of papers."""
    years = [str(entry.published.year) if entry.published else None for entry in entries]
    statuses = [entry.code_status for entry in entries]
    found = [paper_state(entry) for entry in entries]
    return {
        "code": _options(statuses, {s: words.CODE_STATUS_WORDS[s] for s in CodeStatus}),
        "state": _options(found, {}),
        "year": _options(years, {}),
    }


def paper_state(entry: PaperEntry) -> str | None:
    """Return the outcome of a paper's best link in words, None where nothing was checked."""
    outcomes = [link.outcome for link in entry.links if link.key is not None and link.outcome is not None]
    order = ("good", "weak", "dated", "repaired", "bad", "gone", "untold")
    best = min(outcomes, key=lambda outcome: order.index(outcome.tone), default=None)
    return best.label if best else None


def repository_filters(entries: Sequence[RepositoryEntry]) -> dict[str, tuple[Option, ...]]:
    """Return the choices for the table of repositories."""
    return {
        "outcome": _options([entry.outcome.label for entry in entries], {}),
        "availability": _options(
            [entry.availability for entry in entries], {a: words.AVAILABILITY_WORDS[a] for a in Availability}
        ),
        "rung": _options([entry.reached for entry in entries], {r: words.RUNG_WORDS[r] for r in Rung}),
        "way": _options([entry.way for entry in entries], {w: words.WAY_WORDS[w] for w in Way}),
        "cause": _options([entry.cause for entry in entries], {}),
        "language": _options([entry.ecosystem for entry in entries], {}),
    }
