"""The charts of the start page as Vega-Lite specifications, each drawn in two widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from checker.core.plans import Way
from checker.core.results import Blame
from checker.reports.site.drawing import Drawing, Spec, draw
from checker.reports.words import BLAME_WORDS, WAY_WORDS

Rows = Sequence[Mapping[str, Any]]

WIDE, HALF, NARROW = 1080, 530, 330
"""Widths in pixels: across the page, in one of two columns, on a telephone."""

TRACK = "var(--track)"
WAY_COLOURS = {
    Way.AS_PUBLISHED: "var(--as-published)",
    Way.PERIOD: "var(--period)",
    Way.REPAIRED: "var(--repairs)",
}
NEITHER_COLOUR = TRACK
BLAME_COLOURS = {
    BLAME_WORDS[Blame.REPOSITORY]: "var(--bad)",
    BLAME_WORDS[Blame.LIMIT]: "var(--period)",
    BLAME_WORDS[Blame.CHECKER]: "var(--untold)",
}


def draw_funnel(rows: Rows) -> Drawing:
    """Draw how many are left: rows of `label`, `count`, `of` and `said` (the figure in words)."""
    order = [row["label"] for row in rows]
    most = max((row["of"] for row in rows), default=1)
    y = {"field": "label", "type": "nominal", "sort": order, "axis": None, "scale": {"paddingInner": 0.1}}
    bar = {"type": "bar", "height": 9, "yOffset": 10}
    x = {"field": "count", "type": "quantitative", "axis": None, "scale": {"domain": [0, most], "nice": False}}
    spec: Spec = {
        "data": {"values": list(rows)},
        "height": {"step": 42},
        "encoding": {"y": y},
        "layer": [
            {"mark": {**bar, "color": TRACK}, "encoding": {"x": {**x, "field": "of"}}},
            {"mark": {**bar, "color": "var(--dated)"}, "encoding": {"x": x}},
            {"mark": _label(), "encoding": {"x": {"value": 0}, "text": {"field": "label"}}},
            {"mark": _label("right"), "encoding": {"x": {"value": "width"}, "text": {"field": "said"}}},
        ],
    }
    return Drawing(wide=draw(spec, HALF), narrow=draw(spec, NARROW))


def _label(align: str = "left", **more: Any) -> Spec:
    return {"type": "text", "align": align, "baseline": "alphabetic", "dy": -2, **more}


def draw_ways(rows: Rows, tried: int) -> Drawing:
    """Draw what each way adds, rung by rung: rows of `rung`, `way`, `place`, `gain` and `said`."""
    order = list(dict.fromkeys(row["rung"] for row in rows))
    y = {"field": "rung", "type": "nominal", "sort": order, "axis": None, "scale": {"paddingInner": 0.1}}
    bar = {"type": "bar", "height": 12, "yOffset": 11}
    extent = {"scale": {"domain": [0, max(tried, 1)], "nice": False}, "axis": None}
    spec: Spec = {
        "data": {"values": list(rows)},
        "height": {"step": 44},
        "encoding": {"y": y},
        "layer": [
            {
                "mark": {**bar, "color": TRACK},
                "transform": [{"filter": "datum.place == 0"}],
                "encoding": {"x": {"datum": max(tried, 1), "type": "quantitative", **extent}},
            },
            {
                "mark": {**bar, "stroke": "var(--card)", "strokeWidth": 1},
                "encoding": {
                    "x": {"field": "gain", "type": "quantitative", "stack": "zero", **extent},
                    "order": {"field": "place"},
                    "color": _make_ways_scale(),
                },
            },
            _draw_once({"mark": _label(), "encoding": {"x": {"value": 0}, "text": {"field": "rung"}}}),
            _draw_once(
                {"mark": _label("right"), "encoding": {"x": {"value": "width"}, "text": {"field": "said"}}}
            ),
        ],
    }
    return Drawing(wide=draw(spec, HALF), narrow=draw(spec, NARROW))


def _draw_once(layer: Spec) -> Spec:
    return {**layer, "transform": [{"filter": "datum.place == 0"}]}


def _make_ways_scale(neither: str | None = None) -> Spec:
    domain, colours = [WAY_WORDS[way] for way in Way], [WAY_COLOURS[way] for way in Way]
    if neither:
        domain, colours = [*domain, neither], [*colours, NEITHER_COLOUR]
    return {
        "field": "way",
        "type": "nominal",
        "scale": {"domain": domain, "range": colours},
        "legend": {"symbolType": "square"},
    }


def draw_trend(rows: Rows) -> Drawing:
    """Draw shares over nights: rows of `date`, `way`, `share` (per cent), the last of each with `said`."""

    def spec(width: int) -> Spec:
        last = max((row["date"] for row in rows), default="")
        x: Spec = {
            "field": "date",
            "type": "temporal",
            "axis": {"title": None, "grid": False, "tickCount": max(2, width // 130), "format": "%-d %b %Y"},
        }
        y: Spec = {
            "field": "share",
            "type": "quantitative",
            "scale": {"domain": [0, 100]},
            "axis": {
                "title": None,
                "tickCount": 5,
                "labelExpr": "datum.value + ' %'",
                "domain": False,
                "ticks": False,
            },
        }
        colour = _make_ways_scale()
        dash = {"field": "way", "type": "nominal", "scale": {"domain": colour["scale"]["domain"],
                "range": [[1, 0], [7, 3], [2, 3]]}, "legend": None}  # fmt: skip
        return {
            "data": {"values": list(rows)},
            "height": 230,
            "encoding": {
                "x": x,
                "y": y,
                "color": {**colour, "legend": {"symbolType": "stroke", "symbolStrokeWidth": 3}},
            },
            "layer": [
                {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"strokeDash": dash}},
                {
                    "mark": {"type": "point", "filled": True, "size": 46, "opacity": 1},
                    "transform": [{"filter": f"datum.date == '{last}' || {str(len(rows) <= 3 * 40).lower()}"}],
                },
            ],
        }

    return Drawing(wide=draw(spec(WIDE), WIDE), narrow=draw(spec(NARROW), NARROW))


def draw_years(rows: Rows, neither: str) -> Drawing:
    """Draw what becomes of code by its age: rows of `year`, `way` (or `neither`), `place` and `count`."""

    def spec(width: int) -> Spec:
        legend = {"symbolType": "square", "columns": 2 if width < HALF else 0}
        return {
            "data": {"values": list(rows)},
            "height": 230,
            "mark": {"type": "bar", "stroke": "var(--card)", "strokeWidth": 1},
            "encoding": {
                "x": {"field": "year", "type": "ordinal", "axis": {"title": None, "labelAngle": 0, "ticks": False,
                      "labelOverlap": "greedy"}, "scale": {"paddingInner": 0.25}},
                "y": {"field": "count", "type": "quantitative", "stack": "zero",
                      "axis": {"title": None, "tickCount": 4, "format": ",d", "tickMinStep": 1, "domain": False,
                               "ticks": False}},
                "order": {"field": "place"},
                "color": {**_make_ways_scale(neither), "legend": legend},
            },
        }  # fmt: skip

    return Drawing(wide=draw(spec(HALF), HALF), narrow=draw(spec(NARROW), NARROW))


def draw_causes(rows: Rows) -> Drawing:
    """Draw causes by number, each a link: rows of `label`, `count`, `blame`, `href`."""
    order = [row["label"] for row in rows]
    links = [row["href"] for row in rows]
    most = max((row["count"] for row in rows), default=1)

    def spec(width: int) -> Spec:
        y = {"field": "label", "type": "nominal", "sort": order, "axis": None, "scale": {"paddingInner": 0.1}}
        bar = {"type": "bar", "height": 9, "yOffset": 10}
        x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most], "nice": False}}
        present = [blame for blame in BLAME_COLOURS if any(row["blame"] == blame for row in rows)]
        colour = {
            "field": "blame",
            "type": "nominal",
            "legend": {"symbolType": "square"},
            "scale": {"domain": present, "range": [BLAME_COLOURS[blame] for blame in present]},
        }
        return {
            "data": {"values": list(rows)},
            "height": {"step": 42},
            "encoding": {"y": y},
            "layer": [
                {"mark": {**bar, "color": TRACK}, "encoding": {"x": {"datum": most, **x}}},
                {"mark": bar, "encoding": {"x": {"field": "count", **x}, "color": colour}},
                {
                    "mark": _label(fill="var(--link)", limit=width - 60),
                    "encoding": {"x": {"value": 0}, "text": {"field": "label"}, "href": {"field": "href"}},
                },
                {
                    "mark": _label("right"),
                    "encoding": {"x": {"value": "width"}, "text": {"field": "count", "format": ","}},
                },
            ],
        }

    return Drawing(wide=draw(spec(HALF), HALF, links), narrow=draw(spec(NARROW), NARROW, links))
