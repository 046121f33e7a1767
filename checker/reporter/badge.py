"""Badges: an SVG that speaks to screen readers, and the shields endpoint format."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from checker.models import Check
from checker.reporter.outcome import Outcome, Tone, outcome_of

LABEL = "reproducibility"

COLOURS = {
    Tone.GOOD: ("#00785a", "#ffffff"),
    Tone.WEAK: ("#a5dcc8", "#10241d"),
    Tone.DATED: ("#0072b2", "#ffffff"),
    Tone.REPAIRED: ("#e69f00", "#1d1400"),
    Tone.BAD: ("#b84300", "#ffffff"),
    Tone.GONE: ("#8a4470", "#ffffff"),
    Tone.UNTOLD: ("#6b7280", "#ffffff"),
    Tone.UNCHECKED: ("#9aa1ac", "#14161a"),
}
"""Background and text: the hues of Okabe and Ito, with a contrast of 4.5 to their text (WCAG 2.2, 1.4.3)."""

_WIDTHS = {**dict.fromkeys("fijlrt.,:;'|!()[] ", 4.1), **dict.fromkeys("mwMW%", 10.4), **dict.fromkeys("-", 5.0)}
_WIDTH = 6.9
"""Pixels a character takes at 11 px in the common sans-serif faces, on the wide side."""


@dataclass(frozen=True)
class Badge:
    """What a badge says; `title` is the sentence that a screen reader gets."""

    message: str
    title: str
    colour: str
    text_colour: str
    label: str = LABEL
    error: bool = False


def badge_for(check: Check | None) -> Badge:
    """Return the badge of a check; None means a repository that was never checked."""
    return badge_of(outcome_of(check))


def badge_of(outcome: Outcome) -> Badge:
    """Return the badge that says an outcome."""
    colour, text = COLOURS[outcome.tone]
    return Badge(
        message=outcome.label,
        title=f"{LABEL}: {outcome.label}. {outcome.sentence}",
        colour=colour,
        text_colour=text,
        error=outcome.tone in (Tone.BAD, Tone.GONE),
    )


def text_width(text: str) -> int:
    """Return about how many pixels a text takes."""
    return round(sum(_WIDTHS.get(character, _WIDTH) for character in text))


_ENVIRONMENT = Environment(
    loader=PackageLoader("checker.reporter", "templates"), autoescape=True, undefined=StrictUndefined
)


def to_svg(badge: Badge) -> str:
    """Return the badge as an SVG document that refers to nothing outside itself."""
    left, right = text_width(badge.label) + 14, text_width(badge.message) + 14
    return _ENVIRONMENT.get_template("badge.svg.j2").render(badge=badge, left=left, right=right) + "\n"


def to_shields(badge: Badge) -> str:
    """Return the badge as JSON for a shields.io endpoint badge (https://shields.io/badges/endpoint-badge)."""
    values = {
        "schemaVersion": 1,
        "label": badge.label,
        "message": badge.message,
        "color": badge.colour.lstrip("#"),
        "isError": badge.error,
    }
    return json.dumps(values) + "\n"


FORMATS = {"svg": to_svg, "json": to_shields}
"""How a badge is written, by the ending of the file."""


def write_badge(badge: Badge, path: Path) -> None:
    """Write a badge in the format that the file's ending names; SVG where it names none."""
    path.write_text(FORMATS.get(path.suffix.lstrip(".").lower(), to_svg)(badge), encoding="utf-8")
