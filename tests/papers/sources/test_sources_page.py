from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.papers.sources.base import Entry
from checker.papers.sources.page import read_page

HEADER = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nbyAK and the research community\n\nMar 14\n\n"
)
WAVES = "Waves are found everywhere. We study them with a network that has no name. It is fast. " * 4
TIDES = "Tides come and go. We predict them from the moon alone, which is less than others need. " * 4


def read(text: str) -> tuple[Entry, ...]:
    return read_page(text, "the-file").entries


def titles(text: str) -> list[str]:
    return [entry.title for entry in read(text)]


def test_a_papers_page() -> None:
    page = f"{HEADER}WaveNet2: Waves Everywhere\n\n{WAVES}\n\nTides from the Moon\n\n{TIDES}\n"
    entries = read(page)
    assert [entry.title for entry in entries] == ["WaveNet2: Waves Everywhere", "Tides from the Moon"]
    assert [entry.abstract for entry in entries] == [WAVES.strip(), TIDES.strip()]


def test_authors_and_dates_stand_between_papers() -> None:
    page = (
        f"{HEADER}Waves Everywhere\n\n{WAVES}\n\n  • 5 authors\n·\nMar 23, 2023\n\n"
        f"Tides from the Moon\n\n{TIDES}\n\n  • 1 author\n·\nAug 15\n"
    )
    assert [(e.title, e.published) for e in read(page)] == [
        ("Waves Everywhere", date(2023, 3, 23)),
        ("Tides from the Moon", None),  # the page does not say which year
    ]


@pytest.mark.parametrize(
    "title",
    [
        "BERT",
        "Who Knows? A Question vs. Answers: Part 2",
        "A Note on X.",
        "To Cool or not to Cool? Temperature Meets Large Models",
        "$\\alpha$-Waves & Co: 100% (Really)",
        "1000 Layers",
        "new Waves",
        "Attention, Please!",
        "Über die Wellen",
        "波の研究",
        "May 2 Be Enough",
    ],
)
def test_titles_hold_anything(title: str) -> None:
    assert titles(f"{HEADER}First Things First\n\n{TIDES}\n\n{title}\n\n{WAVES}\n\nTides\n\n{TIDES}") == [
        "First Things First",
        title,
        "Tides",
    ]


def test_an_abstract_of_several_paragraphs_is_one() -> None:
    code = "Code is available at https://github.com/sea-lab/wave-net."
    entries = read(f"Waves Everywhere\n\n{WAVES}\n\n{code}\n\nTides from the Moon\n\n{TIDES}")
    assert [entry.title for entry in entries] == ["Waves Everywhere", "Tides from the Moon"]
    assert entries[0].abstract.endswith(code)


def test_a_wrapped_text_keeps_its_lines() -> None:
    (entry,) = read("Waves Everywhere\n\nWe study waves at https://github.com/\nsea-lab/wave-net. It\nworks.\n")
    assert entry.abstract.splitlines()[1] == "sea-lab/wave-net. It"


def test_a_title_right_above_its_abstract() -> None:
    (entry,) = read("Waves Everywhere\nWe study waves. Code: https://github.com/sea-lab/wave-net.\n")
    assert entry.title == "Waves Everywhere"


def test_labels() -> None:
    entries = read("Title: Waves\nAbstract: We study them.\nThey work.\n\nTitle: Tides\n\nAbstract: Soon.")
    assert [(e.title, e.abstract) for e in entries] == [
        ("Waves", "We study them.\nThey work."),
        ("Tides", "Soon."),
    ]


def test_an_identifier_on_a_line_of_its_own() -> None:
    (entry,) = read(f"Waves Everywhere\n\n{WAVES}\n\narXiv:2301.00001v2\n")
    assert entry.id == "2301.00001"


def test_a_title_without_an_abstract_is_still_a_paper() -> None:
    assert titles(f"Tides from the Moon\n\n{TIDES}\n\nA Title Left Alone\n\nWaves Everywhere\n\n{WAVES}") == [
        "Tides from the Moon",
        "A Title Left Alone",
        "Waves Everywhere",
    ]


@pytest.mark.parametrize("text", ["Code: https://github.com/o/n", "We will release our code.", WAVES])
def test_a_text_without_a_title_is_named_after_its_file(text: str) -> None:
    (entry,) = read(text)
    assert (entry.title, entry.untitled, entry.abstract) == ("the-file", True, text.strip())


@pytest.mark.parametrize("text", [HEADER, "milk\neggs\n", "hello", "\n\n", "12\n\nMar 14\n"])
def test_what_holds_no_papers(text: str) -> None:
    assert read(text) == ()


paragraphs = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=400), max_size=8
).map("\n\n".join)


@given(paragraphs)
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    for entry in read(text):
        assert entry.title
        assert "\n" not in entry.title
        assert entry.abstract or not entry.untitled


@given(st.integers(1, 12), st.booleans())
@settings(max_examples=30, deadline=None)
def test_every_paper_of_a_page_is_accounted_for(count: int, dated: bool) -> None:
    about = "\n\n  • 3 authors\n·\nMay 2, 2024" if dated else ""
    page = "\n\n".join(f"Paper Number {n}: Waves?\n\n{WAVES}{about}" for n in range(count))
    assert titles(HEADER + page) == [f"Paper Number {n}: Waves?" for n in range(count)]
