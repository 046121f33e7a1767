"""The comparison with a newcomer as Markdown; pure."""

from __future__ import annotations

from collections.abc import Iterable

from checker.core.values.plans import Rung
from checker.reports.words import RUNG_WORDS
from tools.bench.newcomer import Compared, Comparison
from tools.bench.page import Cell, Verbatim, seconds, table, together

_MEASURES = (
    ("built", "installs"),
    ("names", "third-party names found"),
    ("importable", "imports, all of it"),
    ("answers", "answers, of those with an entry point"),
    ("starts", "starts, of those with an entry point"),
)

_EXPLAINED = (
    "The newcomer: `docker build` with Python 3.11 and plain `pip install` of what stands at the root "
    "(`requirements.txt`, else `setup.py` or `pyproject.toml`, else the pip part of `environment.yml`), 30 "
    "minutes at most, then the checker's own questions in the image; `warm` has the engine's layers. The "
    "checker: the whole command with all three ways and every rung, tests included; `cold` with an empty home "
    "(no downloads; interpreters and base images are there), `warm` with the downloads, `unchanged` where it "
    "may see that it knows the answer."
)


def newcomer_page(found: Comparison, heading: str, *, lists: bool = True) -> str:
    """Return the whole section, with or without its list of repositories."""
    compared = sum(row.trial is not None for row in found.rows)
    return together(
        (
            heading,
            f"Compared: {compared} of {len(found.rows)}. {_EXPLAINED}",
            _success(found),
            *_times(found),
            _list(found.rows) if lists else "",
        )
    )


def _success(found: Comparison) -> str:
    rows = [
        (Verbatim(words), getattr(found.newcomer, field), getattr(found.ours, field)) for field, words in _MEASURES
    ]
    return table(("", "newcomer", "checker"), rows)


def _times(found: Comparison) -> Iterable[str]:
    sides = (("newcomer", found.newcomer), ("checker", found.ours))
    rows: list[tuple[Cell, ...]] = [
        (f"{who}, {when}", *seconds(getattr(side, when)))
        for who, side in sides
        for when in ("cold", "warm", "unchanged")
        if getattr(side, when) is not None
    ]
    yield table(("seconds a repository", "median", "lower quartile", "upper quartile", "all together"), rows)
    if found.both_built:
        ratios = [
            ("cold", found.cold_ratio),
            ("warm", found.warm_ratio),
            ("unchanged, by the newcomer's warm", found.unchanged_ratio),
        ]
        said = "; ".join(f"{when} {value:.2f}" for when, value in ratios if value is not None)
        both = f"median over the {found.both_built} that both install"
        yield f"Seconds of the checker by those of the newcomer, {both}: {said}."


def _list(rows: Iterable[Compared]) -> str:
    head = (
        "repository",
        "newcomer",
        "its names",
        "why not",
        "its s, cold",
        "warm",
        "checker",
        "its names",
        "its s, cold",
        "warm",
        "unchanged",
    )
    return table(head, [_line(row) for row in rows])


def _line(row: Compared) -> tuple[Cell, ...]:
    if row.ours is None:
        return (row.repository, None, None, row.error, *(None,) * 7)
    ours, trial = row.ours, row.trial
    reached = ours.row.reached
    theirs: tuple[Cell, ...] = (None,) * 5
    if trial is not None:
        names = Verbatim(f"{len(trial.names.found)} of {len(trial.names.wanted)}")
        cold, warm = (trial.cold + trial.trying, trial.warm + trial.trying) if trial.source else (None, None)
        theirs = (
            highest(trial.built, trial.importable, trial.answers, trial.starts),
            names,
            trial.why,
            cold,
            warm,
        )
    mine = Verbatim(f"{len(ours.row.names.found)} of {len(ours.row.names.wanted)}")
    word = RUNG_WORDS[reached] if reached else ours.row.availability.value
    return (row.repository, *theirs, word, mine, ours.cold, ours.warm, ours.unchanged)


def highest(built: bool, importable: bool | None, answers: bool | None, starts: bool | None) -> str | None:
    """Return the highest rung that holds, in words."""
    held = ((Rung.STARTS, starts), (Rung.ANSWERS, answers), (Rung.IMPORTABLE, importable), (Rung.BUILT, built))
    return next((RUNG_WORDS[rung] for rung, holds in held if holds), None)
