"""The badge: what it says for each kind of check, that it can be read, that nothing gets out of it."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import check_samples as samples
import pytest

from checker.models import Availability, Check, Rung, Way
from checker.reporter.badge import COLOURS, Badge, badge_for, to_shields, to_svg, write_badge
from checker.reporter.outcome import Tone

SAID = [
    (None, "not checked"),
    (samples.passing(), "runs"),
    (samples.period_only(), "starts at its date"),
    (samples.repaired(), "needs repairs"),
    (samples.failing(), "fails"),
    (samples.incomplete(), "builds"),
    (samples.check("a/b", samples.good_attempt(reached=Rung.ANSWERS)), "answers"),
    (samples.check("a/b", samples.good_attempt(reached=Rung.STARTS, cause=samples.NEEDS_DATA)), "starts"),
    (samples.check("a/b", samples.good_attempt(Way.PERIOD, Rung.BUILT)), "builds at its date"),
    (
        samples.check("a/b", samples.failed_attempt().model_copy(update={"cause": samples.NEEDS_DATA})),
        "could not tell",
    ),
    (samples.unreachable(), "could not tell"),
    (samples.no_code(), "no code"),
    (samples.moved(), "runs"),
    (samples.unavailable("a/b", Availability.MISSING), "not found"),
    (samples.unavailable("a/b", Availability.EMPTY), "empty"),
    (samples.unavailable("a/b", Availability.BLOCKED), "blocked"),
]


@pytest.mark.parametrize(("check", "message"), SAID, ids=[f"{n}-{message}" for n, (_, message) in enumerate(SAID)])
def test_what_a_badge_says(check: Check | None, message: str) -> None:
    badge = badge_for(check)
    assert badge.message == message
    root = ElementTree.fromstring(to_svg(badge))
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text is not None and title.text.startswith(f"reproducibility: {message}.")
    assert root.get("role") == "img" and root.get("aria-labelledby") == title.get("id")
    shields = json.loads(to_shields(badge))
    assert (
        shields["schemaVersion"] == 1 and shields["label"] == "reproducibility" and shields["message"] == message
    )


def test_what_could_not_be_told_is_grey() -> None:
    assert badge_for(samples.unreachable()).colour == COLOURS[Tone.UNTOLD][0]
    assert badge_for(None).colour == COLOURS[Tone.UNCHECKED][0]
    assert not badge_for(samples.unreachable()).error


def test_a_badge_refers_to_nothing_outside_and_keeps_strange_text_in() -> None:
    svg = to_svg(Badge(message=samples.HOSTILE.replace("\0", ""), title="<b>", colour="#000", text_colour="#fff"))
    assert "<script" not in svg and "<img" not in svg and "href" not in svg


@pytest.mark.parametrize("tone", Tone)
def test_the_text_can_be_read(tone: Tone) -> None:
    back, text = (_luminance(colour) for colour in COLOURS[tone])
    assert (max(back, text) + 0.05) / (min(back, text) + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_ending_of_the_file_names_the_format(tmp_path: Path) -> None:
    for name in ("badge.svg", "badge.json", "badge"):
        write_badge(badge_for(samples.passing()), tmp_path / name)
    assert (tmp_path / "badge.svg").read_text().startswith("<svg")
    assert json.loads((tmp_path / "badge.json").read_text())["message"] == "runs"
    assert (tmp_path / "badge").read_text().startswith("<svg")
