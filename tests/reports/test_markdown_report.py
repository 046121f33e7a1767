"""The Markdown report: read by a Markdown reader, nothing from outside is anything but text."""

from __future__ import annotations

from datetime import date

import check_samples as samples
from markdown_it import MarkdownIt

from checker.reports.build import build_report
from checker.reports.markdown import MAX_ROWS, escape, render_markdown
from checker.store import Run

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED)


def markdown(*given: samples.Check) -> str:
    checks = {check.target.key: check for check in given}
    return render_markdown(build_report(RUN, samples.papers(), checks))


def test_nothing_from_outside_is_read_as_markup() -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown(*samples.every_kind()))
    inline = [child for token in tokens for child in token.children or ()]
    found = {token.type for token in (*tokens, *inline)}
    assert "table_open" in found
    assert not found & {"html_block", "html_inline", "link_open", "image", "code_inline", "strong_open", "em_open"}


def test_every_row_has_as_many_cells_as_its_table() -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(samples.hostile()))
    rows, cells = 0, []
    for token in tokens:
        if token.type == "tr_open":
            rows += 1
            cells.append(0)
        elif token.type in ("td_open", "th_open"):
            cells[-1] += 1
    assert set(cells) <= {3, 4, 5} and rows > 5
    text = MarkdownIt("commonmark").enable("table").render(markdown(samples.hostile()))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_nobody_is_called() -> None:
    assert "@e" not in escape("hello @everyone") and "@" in escape("hello @everyone")


def test_a_long_list_is_cut_and_says_so() -> None:
    text = markdown(*(samples.passing(f"octo/r{n:03}") for n in range(MAX_ROWS + 5)))
    assert "5 more on the site." in text and "r059" in text and "r060" not in text
