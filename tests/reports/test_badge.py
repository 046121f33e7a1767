"""The badge: what it says for each kind of check, that it can be read, that nothing gets out of it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from xml.etree import ElementTree

import check_samples as samples
import pytest
from coloraide import Color
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from checker.core.values.plans import Goal, Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Check, Tone
from checker.judging.wording import find_outcome
from checker.reports.badge import (
    COLOURS,
    FONT_SIZE,
    LABEL_COLOURS,
    Badge,
    make_badge,
    measure_text,
    render_shields,
    render_svg,
    write_badge,
)
from checker.reports.build import build_repository_document
from checker.reports.goals import find_entry_outcome

SVG = "{http://www.w3.org/2000/svg}"

LIMITED = samples.failed_attempt().model_copy(update={"cause": samples.NEEDS_DATA})

SAID = [
    (None, "not checked"),
    (samples.passing(), "runs"),
    (samples.moved(), "runs"),
    (samples.check("a/b", samples.good_attempt(reached=Rung.STARTS, cause=samples.NEEDS_DATA)), "starts"),
    (samples.check("a/b", samples.good_attempt(reached=Rung.ANSWERS)), "shows usage"),
    (samples.check("a/b", samples.good_attempt(reached=Rung.IMPORTABLE)), "builds"),
    (samples.incomplete(), "builds"),
    (samples.period_only(), "starts at its date"),
    (samples.check("a/b", samples.failed_attempt(), samples.good_attempt(Way.PERIOD)), "runs at its date"),
    (samples.check("a/b", samples.good_attempt(Way.PERIOD, Rung.BUILT)), "builds at its date"),
    (samples.repaired(), "needs repairs"),
    (samples.check("a/b", samples.failed_attempt(), samples.good_attempt(Way.REPAIRED)), "needs repairs"),
    (samples.failing(), "fails"),
    (samples.no_code(), "no code"),
    (samples.unavailable("a/b", Availability.MISSING), "not found"),
    (samples.unavailable("a/b", Availability.EMPTY), "empty"),
    (samples.unavailable("a/b", Availability.BLOCKED), "blocked"),
    (samples.unreachable(), "inconclusive"),
    (samples.check("a/b", LIMITED), "not testable here"),
]


@pytest.mark.parametrize(("check", "message"), SAID, ids=[f"{n}-{message}" for n, (_, message) in enumerate(SAID)])
def test_what_a_badge_says(check: Check | None, message: str) -> None:
    outcome = find_outcome(check)
    badge = make_badge(outcome)
    assert badge.message == outcome.label == message
    shields = json.loads(render_shields(badge))
    assert (shields["schemaVersion"], shields["label"], shields["message"]) == (1, "reproducibility", message)
    assert shields["isError"] is (outcome.tone in (Tone.BAD, Tone.GONE))
    if check is not None:
        goal = Goal(rung=Rung.IMPORTABLE, way=Way.REPAIRED)
        assert make_badge(find_entry_outcome(build_repository_document(check), goal)) == badge


@pytest.mark.parametrize("check", [None, *samples.every_kind()])
def test_a_screen_reader_gets_a_name_and_a_sentence(check: Check | None) -> None:
    badge = make_badge(find_outcome(check))
    root = ElementTree.fromstring(render_svg(badge))
    assert (root.get("role"), root.get("aria-label")) == ("img", f"reproducibility: {badge.message}")
    title = root.findtext(f"{SVG}title") or ""
    assert title.startswith(f"reproducibility: {badge.message}. ") and title.endswith(".")
    assert not [element for element in root.iter() if element.get("id")]


# ---------------------------------------------------------------- colours


def test_what_is_not_known_is_grey_and_only_that() -> None:
    grey = {tone for tone, (back, _) in COLOURS.items() if Color(back).convert("oklch")["chroma"] < 0.03}
    assert grey == {Tone.UNTOLD, Tone.UNCHECKED}


@pytest.mark.parametrize("colours", [LABEL_COLOURS, *COLOURS.values()])
def test_the_text_can_be_read(colours: tuple[str, str]) -> None:
    back, text = colours
    assert Color(back).contrast(text) >= 4.5


@pytest.mark.parametrize("sight", ["", "deutan", "protan", "tritan"])
def test_colour_blind_readers_can_tell_the_colours(sight: str) -> None:
    seen = {
        word: Color(back).filter(sight).clip() if sight else Color(back) for word, (back, _) in COLOURS.items()
    }
    near = min(
        (a.delta_e(b, method="2000"), one, two) for (one, a), (two, b) in itertools.combinations(seen.items(), 2)
    )
    assert near[0] >= 15, near


def test_the_simulation_can_fail() -> None:
    red, green = (Color(c).filter("deutan").clip() for c in ("#c03020", "#6b7a1e"))
    assert red.delta_e(green, method="2000") < 15 < Color("#c03020").delta_e("#6b7a1e", method="2000")


# ---------------------------------------------------------------- text


TEXTS = ["reproducibility", *dict.fromkeys(message for _, message in SAID), "".join(map(chr, range(32, 127)))]
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.mark.skipif(not FONT.is_file(), reason="the font DejaVu Sans is not installed")
@pytest.mark.parametrize(
    "text", ["reproducibility", *(message for _, message in SAID), "".join(map(chr, range(32, 127)))]
)
def test_no_text_is_wider_than_its_place(text: str) -> None:
    font = TTFont(FONT)
    names, advances, units = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    real = sum(advances[names[ord(c)]][0] for c in text) / units * FONT_SIZE
    assert real <= measure_text(text) <= real * 1.1 + 1


def test_a_badge_refers_to_nothing_outside_and_keeps_strange_text_in() -> None:
    svg = render_svg(Badge(message=samples.HOSTILE, title=samples.HOSTILE, colour="#000", text_colour="#fff"))
    root = ElementTree.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg",
        "title",
        "rect",
        "path",
        "g",
        "text",
    }
    assert not [
        name for element in root.iter() for name in element.attrib if name.startswith(("on", "href", "style"))
    ]


@given(st.text())
def test_any_text_makes_a_valid_svg(text: str) -> None:
    root = ElementTree.fromstring(render_svg(Badge(text, text, "#000", "#fff", label=text)))
    assert int(root.get("width", "0")) >= 28


def test_the_ending_of_the_file_names_the_format(tmp_path: Path) -> None:
    for name in ("badge.svg", "badge.json", "badge"):
        write_badge(make_badge(find_outcome(samples.passing())), tmp_path / name)
    assert (tmp_path / "badge.svg").read_text().startswith("<svg")
    assert json.loads((tmp_path / "badge.json").read_text())["message"] == "runs"
    assert (tmp_path / "badge").read_text().startswith("<svg")
