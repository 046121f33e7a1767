"""Draws: a Vega-Lite specification in, SVG out that follows the colours of the page and needs no script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from checker.core.data_files import read_text
from checker.core.text import clean
from checker.core.values.base import Value

Spec = dict[str, Any]

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"

#: Attributes that draw; everything else (styles, pointers, foreign names) is left behind.
_KEPT = frozenset({
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "rx", "ry", "cx", "cy", "r", "viewBox",
    "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
    "stroke-linecap", "stroke-linejoin", "opacity", "text-anchor", "font-size", "font-weight",
})  # fmt: skip

_TAGS = frozenset({"svg", "g", "path", "rect", "line", "text", "tspan", "circle"})

_CONFIG: Spec = json.loads(read_text("checker.reports.site", "config.json"))


class Drawing(Value):
    """One chart in two widths; the page shows the one that fits."""

    wide: str
    narrow: str

    @property
    def views(self) -> tuple[tuple[str, Markup], ...]:
        """Name and markup of each width; the markup was made here out of kept tags and attributes alone."""
        views = (("wide", self.wide), ("narrow", self.narrow))
        return tuple((name, Markup(markup)) for name, markup in views if markup)  # noqa: S704


def draw(spec: Spec, width: int, links: Sequence[str] = ()) -> str:
    """Return a specification as SVG of that width; only addresses among `links` are followed from it.

    What cannot be drawn is an empty text.
    """
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 2,
        "config": _CONFIG,
        **spec,
    }
    return _clean_svg(_convert(json.dumps(whole)), frozenset(links))


@lru_cache(maxsize=64)
def _convert(spec: str) -> str:
    import vl_convert  # noqa: PLC0415 - starting its engine takes a second, which only a report pays

    try:
        svg: str = vl_convert.vegalite_to_svg(spec)
    except ValueError:  # a drawing is not worth a night's report: its numbers stand below it
        return ""
    return svg


def _clean_svg(svg: str, links: frozenset[str]) -> str:
    if not svg:
        return ""
    root = ElementTree.fromstring(svg)  # noqa: S314 - Vega wrote it a moment ago
    _keep(root, links)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    return ElementTree.tostring(root, encoding="unicode")


def _keep(element: ElementTree.Element, links: frozenset[str]) -> None:
    """Reduce an element to what draws; links are recognised by their end, because Vega puts a base before them."""
    address = element.get(f"{_XLINK}href", "")
    element.tag = element.tag.removeprefix(_SVG)
    element.attrib = {name: value for name, value in element.attrib.items() if name in _KEPT}
    if element.tag == "a":
        wanted = next((link for link in links if address.endswith(link)), None)
        element.tag = "a" if wanted else "g"
        if wanted:
            element.set("href", wanted)
    if element.text:
        element.text = clean(element.text)
    for child in list(element):
        tag = child.tag.removeprefix(_SVG)
        drawn = tag in _TAGS or tag == "a"
        empty = tag == "path" and child.get("d") in (None, "", "M0,0h0v0h0Z")
        if not drawn or empty or child.get("display") == "none":
            element.remove(child)
        else:
            _keep(child, links)
