from __future__ import annotations

from checker.papers.sources.base import Entry
from checker.papers.sources.markdown import read_markdown


def read(text: str) -> tuple[Entry, ...]:
    return read_markdown(text, "the-file").entries


def test_each_heading_with_text_is_a_paper() -> None:
    entries = read("# My List\n\n## Waves *Everywhere*\n\nWe study waves.\n\n## Tides\n\nWe study tides.\n")
    assert [(e.title, e.abstract) for e in entries] == [
        ("Waves Everywhere", "We study waves."),
        ("Tides", "We study tides."),
    ]


def test_the_parts_of_a_paper_stay_together() -> None:
    (entry,) = read("# Waves\n\n## Abstract\n\nWe study waves.\n\n## Code\n\nhttps://github.com/o/n\n")
    assert entry.title == "Waves"
    assert entry.abstract.split() == ["We", "study", "waves.", "https://github.com/o/n"]


def test_underlined_headings() -> None:
    assert [e.title for e in read("Waves\n=====\n\nWe study.\n\nTides\n-----\n\nWe do.\n")] == ["Waves", "Tides"]


def test_a_heading_inside_code_is_none() -> None:
    (entry,) = read("# Waves\n\n```\n# not a heading\n```\n\nText.\n")
    assert "# not a heading" in entry.abstract


def test_reference_links_are_filled_in() -> None:
    (entry, _) = read(
        "# Waves\n\nSee [the code][c] and [data][].\n\n# Tides\n\nNo.\n\n[c]: https://a.org/c\n[data]: <https://a.org/d>\n"
    )
    assert entry.abstract == "See [the code](https://a.org/c) and [data](https://a.org/d)."


def test_the_link_of_a_title_tells_its_number() -> None:
    (entry,) = read("## [Waves Everywhere](https://arxiv.org/abs/2301.00001v3)\n\nWe study waves.\n")
    assert (entry.id, entry.title) == ("2301.00001", "Waves Everywhere")


def test_a_list_of_papers() -> None:
    entries = read(
        "# Reading\n\nWhat we read.\n\n"
        "- [Waves Everywhere](https://arxiv.org/abs/2301.00001): fast.\n  [[code](https://github.com/o/n)]\n"
        "- **Tides from the Moon**. https://github.com/o/tides\n"
    )
    assert [(e.id, e.title) for e in entries] == [
        ("2301.00001", "Waves Everywhere"),
        (None, "Tides from the Moon"),
    ]
    assert "https://github.com/o/n" in entries[0].abstract


def test_an_ordinary_list_is_text() -> None:
    (entry,) = read("# Waves\n\nWe show:\n\n- one thing\n- another\n")
    assert entry.abstract.endswith("- another")


def test_front_matter_and_no_heading() -> None:
    assert [e.title for e in read("---\ntitle: Waves\n---\nWe study.\n")] == ["Waves"]
    (entry,) = read("Only text, see https://github.com/o/n.\n")
    assert (entry.title, entry.untitled) == ("the-file", True)


def test_nothing() -> None:
    assert read("# A heading\n\n## Another\n") == ()
