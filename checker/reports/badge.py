"""Badges: the word for an outcome, as an SVG that speaks to screen readers and as JSON for a shields endpoint."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from checker.core.data_files import read_toml
from checker.core.text import join_lines
from checker.core.values.results import Tone
from checker.judging.wording import Outcome

LABEL = "reproducibility"

#: Background and text of each tone. A test holds them to a contrast of 4.5 (WCAG 2.2, 1.4.3), and apart from one
#: another as people with deuteranopia, protanopia and tritanopia see them.
COLOURS = {
    Tone.GOOD: ("#00855f", "#ffffff"),
    Tone.WEAK: ("#9ffeba", "#0b1c12"),
    Tone.DATED: ("#56b4e9", "#0b1c26"),
    Tone.REPAIRED: ("#f0c419", "#1d1400"),
    Tone.BAD: ("#a02c00", "#ffffff"),
    Tone.GONE: ("#9353b7", "#ffffff"),
    Tone.UNTOLD: ("#565d68", "#ffffff"),
    Tone.UNCHECKED: ("#d5d8dd", "#14161a"),
}

LABEL_COLOURS = ("#24292f", "#ffffff")


@dataclass(frozen=True)
class Badge:
    """What a badge says; `title` is the sentence that a screen reader gets."""

    message: str
    title: str
    colour: str
    text_colour: str
    label: str = LABEL
    error: bool = False


def make_badge(outcome: Outcome) -> Badge:
    """Return the badge of an outcome: the word that every report has for it."""
    colour, text = COLOURS[outcome.tone]
    return Badge(
        message=outcome.label,
        title=f"{LABEL}: {outcome.label}. {outcome.sentence}",
        colour=colour,
        text_colour=text,
        error=outcome.tone in (Tone.BAD, Tone.GONE),
    )


# ---------------------------------------------------------------- writing

#: Character → its width in em.
_EM = {
    character: float(width)
    for width, characters in read_toml("checker.reports", "badge_widths.toml")["em"].items()
    for character in characters
}

#: Em for any other character: wider than all but a few of any script.
_WIDEST = 1.5

FONT_SIZE = 11
PADDING = 7


def measure_text(text: str) -> int:
    """Return the pixels that a text takes at most in the badge's font."""
    return math.ceil(FONT_SIZE * sum(_EM.get(character, _WIDEST) for character in text))


_ENVIRONMENT = Environment(
    loader=PackageLoader("checker.reports", "templates"), autoescape=True, undefined=StrictUndefined
)
_LONGEST = 400


def render_svg(badge: Badge) -> str:
    """Return the badge as an SVG document that refers to nothing outside itself and needs no id of its page."""
    label, message, title = (_fit(text) for text in (badge.label, badge.message, badge.title))
    return (
        _ENVIRONMENT.get_template("badge.svg.j2").render(
            badge=badge,
            label=label,
            message=message,
            title=title,
            label_colours=LABEL_COLOURS,
            left=measure_text(label) + 2 * PADDING,
            right=measure_text(message) + 2 * PADDING,
            padding=PADDING,
            size=FONT_SIZE,
        )
        + "\n"
    )


def _fit(text: str) -> str:
    """Make text fit for XML, which cannot hold every character even when escaped (XML 1.0, 2.2)."""
    return "".join(
        c for c in join_lines(text, _LONGEST) if not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
    )


def render_shields(badge: Badge) -> str:
    """Return the badge as JSON for a shields.io endpoint badge (https://shields.io/badges/endpoint-badge)."""
    values = {
        "schemaVersion": 1,
        "label": badge.label,
        "message": badge.message,
        "color": badge.colour.lstrip("#"),
        "isError": badge.error,
    }
    return json.dumps(values) + "\n"


#: How a badge is written, by the ending of the file.
FORMATS = {"svg": render_svg, "json": render_shields}


def write_badge(badge: Badge, path: Path) -> None:
    """Write a badge in the format that the file's ending names; SVG where it names none."""
    path.write_text(FORMATS.get(path.suffix.lstrip(".").lower(), render_svg)(badge), encoding="utf-8")
