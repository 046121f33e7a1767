"""The figures of the start page: what each shows, the same in one sentence, and its numbers as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from checker.core.text import join_lines
from checker.core.values.plans import Rung, Way
from checker.core.values.results import Tone
from checker.reports.counting import compute_percent
from checker.reports.document import Funnel, Report, RepositoryEntry
from checker.reports.site import charts
from checker.reports.site.drawing import Drawing
from checker.reports.words import BLAME_WORDS, RUNG_WORDS, WAY_WORDS, describe_left_out, number
from checker.store.history import NightCounts

#: The rungs that depend on the way; those below are facts about the files.
CLIMBED = tuple(Rung)[Rung.RESOLVED.height :]

#: Causes that are drawn; the table below the drawing has all of them.
MAX_CAUSES = 10

NEITHER = "does not start"

#: The stage at which per cent begin to refer to repositories.
JUDGED = "repositories that could be judged"


class Stage(NamedTuple):
    """One line of the funnel: how many, of how many."""

    label: str
    left: int
    of: int


class Cell(NamedTuple):
    """A cell of a figure's table; with an address it is a link."""

    text: str
    href: str = ""


class Figure(NamedTuple):
    """A drawing with what it shows in words and as a table. `linked` drawings hold links of their own."""

    name: str
    title: str
    note: str
    summary: str
    drawing: Drawing
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    linked: bool = False


def make_listing_address(listing: str, **chosen: str) -> str:
    """Return the address of a list with some filters set."""
    return f"{listing}.html#{urlencode(chosen)}"


def make_figures(report: Report, nights: Sequence[NightCounts]) -> dict[str, Figure]:
    """Return the figures that there is something to show in, by name."""
    made = (
        make_funnel_figure(report.funnel),
        make_ways_figure(report.funnel),
        make_trend_figure(nights),
        make_causes_figure(report),
        make_years_figure(report.repositories),
    )
    return {figure.name: figure for figure in made if figure is not None}


def list_stages(funnel: Funnel) -> tuple[Stage, ...]:
    """Return the way from papers to code that runs; per cent are of papers, then of what could be judged."""
    judged = funnel.judged
    return (
        Stage("papers", funnel.papers, funnel.papers),
        Stage("papers with a link to code", funnel.linked, funnel.papers),
        Stage(JUDGED, judged.repositories, judged.repositories),
        Stage("available", judged.available, judged.repositories),
        Stage("with code", judged.code, judged.repositories),
        Stage("with declared dependencies", judged.declared, judged.repositories),
        Stage("start, by any way", judged.starts, judged.repositories),
    )


def make_funnel_figure(funnel: Funnel) -> Figure | None:
    """Show what is left from papers to code that starts."""
    if not funnel.papers and not funnel.repositories:
        return None
    found = [stage for stage in list_stages(funnel) if stage.of]
    rows = [{"label": s.label, "count": s.left, "of": s.of, "said": _describe_stage(s)} for s in found]
    return Figure(
        name="funnel",
        title="From papers to code",
        note=f"Per cent of papers, then of repositories that could be judged. {describe_left_out(funnel)}".strip(),
        summary="; ".join(f"{stage.label}: {_describe_stage(stage)}" for stage in found) + ".",
        drawing=charts.draw_funnel(rows),
        columns=("stage", "count", "of", "per cent"),
        rows=tuple(
            _make_cells(s.label, number(s.left), number(s.of), f"{compute_percent(s.left, s.of)} %") for s in found
        ),
    )


def _describe_stage(stage: Stage) -> str:
    whole = stage.label in ("papers", JUDGED)
    return number(stage.left) if whole else f"{number(stage.left)} · {compute_percent(stage.left, stage.of)} %"


def _count_with_share(count: int, of: int) -> str:
    return f"{number(count)} ({compute_percent(count, of)} %)"


def _make_cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def make_ways_figure(funnel: Funnel) -> Figure | None:
    """Show how many repositories reach each rung as published, and what each later way adds."""
    if not funnel.tried:
        return None
    counts = {rung: [getattr(getattr(funnel, way.value), rung.value) for way in Way] for rung in CLIMBED}
    rows = [
        {"rung": RUNG_WORDS[rung], "way": WAY_WORDS[way], "place": place, "said": " → ".join(map(number, reached)),
         "gain": reached[place] - (reached[place - 1] if place else 0)}
        for rung, reached in counts.items()
        for place, way in enumerate(Way)
    ]  # fmt: skip
    said = [f"{RUNG_WORDS[rung]} {', '.join(map(number, reached))}" for rung, reached in counts.items()]
    tried = number(funnel.tried)
    return Figure(
        name="ways",
        title="How far the code gets",
        note=f"Of {tried} repositories with code that could be judged: as published → at its date → repaired. "
        f"{describe_left_out(funnel)}".strip(),
        summary=f"Of {tried} repositories, as published, at their date and repaired: {'; '.join(said)}.",
        drawing=charts.draw_ways(rows, funnel.tried),
        columns=("rung", *(WAY_WORDS[way] for way in Way)),
        rows=tuple(
            _make_cells(RUNG_WORDS[rung], *(_count_with_share(n, funnel.tried) for n in reached))
            for rung, reached in counts.items()
        ),
    )


def make_trend_figure(nights: Sequence[NightCounts]) -> Figure | None:
    """Show which share starts by each way, night after night; there is no trend in a single night."""
    told = [night for night in nights if night.tried]
    if len(told) < 2:
        return None
    rows = [
        {"date": f"{night.date.isoformat()}T00:00:00", "way": WAY_WORDS[way],
         "share": round(100 * night.starts.get(way, 0) / night.tried, 1)}
        for night in told
        for way in Way
    ]  # fmt: skip
    first, last = told[0], told[-1]
    moves = [
        f"{WAY_WORDS[way]} from {compute_percent(first.starts.get(way, 0), first.tried)} to "
        f"{compute_percent(last.starts.get(way, 0), last.tried)} %"
        for way in Way
    ]
    return Figure(
        name="trend",
        title="Night after night",
        note=f"Repositories that start, per cent of those with code that could be told, {len(told)} nights.",
        summary=f"From {first.date.isoformat()} to {last.date.isoformat()}: {', '.join(moves)}.",
        drawing=charts.draw_trend(rows),
        columns=("night", "judged", *(WAY_WORDS[way] for way in Way)),
        rows=tuple(
            _make_cells(
                night.date.isoformat(),
                number(night.tried),
                *(_count_with_share(night.starts.get(way, 0), night.tried) for way in Way),
            )
            for night in reversed(told)
        ),
    )


def make_causes_figure(report: Report) -> Figure | None:
    """Show why repositories stopped, each cause a link to those that did."""
    if not report.causes:
        return None
    rows = [
        {
            "label": join_lines(cause.summary, 70),
            "count": len(cause.repositories),
            "blame": BLAME_WORDS[cause.blame],
            "href": make_listing_address("repositories", cause=cause.name),
        }
        for cause in sorted(report.causes, key=lambda cause: -len(cause.repositories))
    ]  # fmt: skip
    return Figure(
        name="causes",
        title="Where it stopped",
        note="Repositories by cause; follow one to see them.",
        summary="; ".join(f"{row['label']}: {row['count']}" for row in rows) + ".",
        drawing=charts.draw_causes(rows[:MAX_CAUSES]),
        columns=("cause", "repositories", "whose"),
        rows=tuple(
            (
                Cell(join_lines(cause.summary), make_listing_address("repositories", cause=cause.name)),
                Cell(number(len(cause.repositories))),
                Cell(BLAME_WORDS[cause.blame]),
            )
            for cause in report.causes
        ),
        linked=True,
    )


def make_years_figure(entries: Sequence[RepositoryEntry]) -> Figure | None:
    """Show what becomes of code by the year of its last change; one year alone shows nothing."""
    counts: Counter[tuple[int, str]] = Counter()
    for entry in entries:
        judged = entry.outcome.tone is not Tone.UNTOLD
        if judged and entry.facts.code_date is not None and entry.rungs.get(Rung.CODE):
            counts[entry.facts.code_date.year, _starts_by(entry)] += 1
    years = sorted({year for year, _ in counts})
    if len(years) < 2:
        return None
    kinds = [*(WAY_WORDS[way] for way in Way), NEITHER]
    rows = [
        {"year": str(year), "way": kind, "place": place, "count": counts[year, kind]}
        for year in years
        for place, kind in enumerate(kinds)
    ]
    whole = {year: sum(counts[year, kind] for kind in kinds) for year in years}
    said = [f"{year}: {number(counts[year, kinds[0]])} of {number(whole[year])}" for year in years]
    return Figure(
        name="years",
        title="By the age of the code",
        note="Judged repositories by the year of their last change, and the first way by which they start.",
        summary=f"As published start, by year of the code: {'; '.join(said)}.",
        drawing=charts.draw_years(rows, NEITHER),
        columns=("year", *kinds),
        rows=tuple(_make_cells(str(year), *(number(counts[year, kind]) for kind in kinds)) for year in years),
    )


def _starts_by(entry: RepositoryEntry) -> str:
    way = next((way for way in Way if entry.rungs_by_way.get(way, {}).get(Rung.STARTS)), None)
    return WAY_WORDS[way] if way else NEITHER
