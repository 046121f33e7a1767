"""The charts of the start page: Vega-Lite specifications of `data/`, filled in and drawn in two widths."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from checker.core.data_files import read_text
from checker.core.values.plans import Way
from checker.core.values.results import Blame
from checker.reports.site.drawing import Drawing, Spec, draw
from checker.reports.words import BLAME_WORDS, WAY_WORDS

Rows = Sequence[Mapping[str, Any]]

#: Widths in pixels: across the page, in one of two columns, on a telephone.
WIDE, HALF, NARROW = 1080, 530, 330

WAY_COLOURS = {
    Way.AS_PUBLISHED: "var(--as-published)",
    Way.PERIOD: "var(--period)",
    Way.REPAIRED: "var(--repairs)",
}
NEITHER_COLOUR = "var(--track)"
BLAME_COLOURS = {
    BLAME_WORDS[Blame.REPOSITORY]: "var(--bad)",
    BLAME_WORDS[Blame.LIMIT]: "var(--period)",
    BLAME_WORDS[Blame.CHECKER]: "var(--untold)",
}

_WAYS = {"ways": [WAY_WORDS[way] for way in Way], "colours": [WAY_COLOURS[way] for way in Way]}


def _fill_spec(name: str, rows: Rows, **values: object) -> Spec:
    """Return the specification `data/NAME.json` with rows and values in place of `$rows` and their names."""
    filled: Spec = _fill(
        json.loads(read_text("checker.reports.site", f"{name}.json")), {"rows": list(rows), **values}
    )
    return filled


def _fill(part: Any, values: Mapping[str, object]) -> Any:
    if isinstance(part, dict):
        return {key: _fill(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [_fill(inner, values) for inner in part]
    return values[part[1:]] if isinstance(part, str) and part.startswith("$") else part


def _draw_both(spec: Callable[[int], Spec], wide: int, links: Sequence[str] = ()) -> Drawing:
    return Drawing(wide=draw(spec(wide), wide, links), narrow=draw(spec(NARROW), NARROW, links))


def draw_funnel(rows: Rows) -> Drawing:
    """Draw how many are left: rows of `label`, `count`, `of` and `said` (the figure in words)."""
    order = [row["label"] for row in rows]
    most = max((row["of"] for row in rows), default=1)
    return _draw_both(lambda _: _fill_spec("funnel", rows, order=order, most=most), HALF)


def draw_ways(rows: Rows, tried: int) -> Drawing:
    """Draw what each way adds, rung by rung: rows of `rung`, `way`, `place`, `gain` and `said`."""
    order = list(dict.fromkeys(row["rung"] for row in rows))
    return _draw_both(lambda _: _fill_spec("ways", rows, order=order, tried=max(tried, 1), **_WAYS), HALF)


def draw_trend(rows: Rows) -> Drawing:
    """Draw shares over nights: rows of `date`, `way`, `share` (per cent), the last of each with `said`."""
    last = max((row["date"] for row in rows), default="")
    # A point marks the last night, and every night as long as they are few.
    shown = f"datum.date == '{last}' || {str(len(rows) <= 3 * 40).lower()}"
    return _draw_both(
        lambda width: _fill_spec("trend", rows, shown=shown, ticks=max(2, width // 130), **_WAYS), WIDE
    )


def draw_years(rows: Rows, neither: str) -> Drawing:
    """Draw what becomes of code by its age: rows of `year`, `way` (or `neither`), `place` and `count`."""
    ways, colours = [*_WAYS["ways"], neither], [*_WAYS["colours"], NEITHER_COLOUR]
    return _draw_both(
        lambda width: _fill_spec("years", rows, ways=ways, colours=colours, columns=2 if width < HALF else 0), HALF
    )


def draw_causes(rows: Rows) -> Drawing:
    """Draw causes by number, each a link: rows of `label`, `count`, `blame`, `href`."""
    present = [blame for blame in BLAME_COLOURS if any(row["blame"] == blame for row in rows)]
    values = {
        "order": [row["label"] for row in rows],
        "most": max((row["count"] for row in rows), default=1),
        "blames": present,
        "colours": [BLAME_COLOURS[blame] for blame in present],
    }
    return _draw_both(
        lambda width: _fill_spec("causes", rows, limit=width - 60, **values), HALF, [row["href"] for row in rows]
    )
