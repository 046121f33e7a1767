"""Badges: one of six wordings, as an SVG that speaks to screen readers and as JSON for a shields endpoint."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from checker.core.data_files import read_toml
from checker.core.text import join_lines
from checker.core.values.plans import Phase, Rung, Way
from checker.core.values.results import Check, StepStatus, Tone
from checker.judging.wording import Outcome, find_outcome
from checker.reports.document import RepositoryEntry

LABEL = "reproducibility"


class Word(StrEnum):
    """Everything that a badge can say (docs/badge.md says when), the strongest claim first."""

    RUNS = "runs"
    AT_ITS_DATE = "builds at its date"
    NEEDS_REPAIRS = "needs repairs"
    FAILS = "fails"
    INCONCLUSIVE = "inconclusive"
    NOT_CHECKED = "not checked"


#: Background and text. A test holds them to a contrast of 4.5 (WCAG 2.2, 1.4.3), and apart from one another as
#: people with deuteranopia, protanopia and tritanopia see them.
COLOURS = {
    Word.RUNS: ("#00855f", "#ffffff"),
    Word.AT_ITS_DATE: ("#56b4e9", "#0b1c26"),
    Word.NEEDS_REPAIRS: ("#f0c419", "#1d1400"),
    Word.FAILS: ("#a02c00", "#ffffff"),
    Word.INCONCLUSIVE: ("#565d68", "#ffffff"),
    Word.NOT_CHECKED: ("#d5d8dd", "#14161a"),
}

LABEL_COLOURS = ("#24292f", "#ffffff")

#: Tones that leave no choice; the others were reached as published, and whether something ran decides.
_OF_TONE = {
    Tone.DATED: Word.AT_ITS_DATE,
    Tone.REPAIRED: Word.NEEDS_REPAIRS,
    Tone.BAD: Word.FAILS,
    Tone.GONE: Word.FAILS,
    Tone.UNTOLD: Word.INCONCLUSIVE,
    Tone.UNCHECKED: Word.NOT_CHECKED,
}

_SEEN_RUNNING = frozenset({Phase.START, Phase.TEST, Phase.RUN})


@dataclass(frozen=True)
class Badge:
    """What a badge says; `title` is the sentence that a screen reader gets."""

    message: str
    title: str
    colour: str
    text_colour: str
    label: str = LABEL
    error: bool = False


def make_badge(check: Check | None) -> Badge:
    """Return the badge of a check; None means a repository that was never checked."""
    if check is None:
        return _choose_badge(find_outcome(None), ran=False)
    published = [a for a in check.attempts if a.plan.way is Way.AS_PUBLISHED]
    ended = ((r.step.phase, r.status) for attempt in published for r in attempt.results)
    return _choose_badge(find_outcome(check), check.verdict.reached is Rung.RUNS or _has_run(ended))


def make_entry_badge(entry: RepositoryEntry) -> Badge:
    """Return the badge of a repository as `report.json` and `checker repo --json` have it."""
    published = [a for a in entry.attempts if a.way is Way.AS_PUBLISHED]
    ended = ((s.phase, s.status) for attempt in published for s in attempt.steps)
    return _choose_badge(entry.outcome, entry.reached is Rung.RUNS or _has_run(ended))


def _has_run(ended: Iterable[tuple[Phase, StepStatus]]) -> bool:
    """Whether something of the repository's own was seen to run to its end."""
    return any(phase in _SEEN_RUNNING and status is StepStatus.PASSED for phase, status in ended)


def _choose_badge(outcome: Outcome, ran: bool) -> Badge:
    word = _OF_TONE.get(outcome.tone, Word.RUNS if ran else Word.AT_ITS_DATE)
    colour, text = COLOURS[word]
    return Badge(
        message=word.value,
        title=f"{LABEL}: {word.value}. {outcome.sentence}",
        colour=colour,
        text_colour=text,
        error=word is Word.FAILS,
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
