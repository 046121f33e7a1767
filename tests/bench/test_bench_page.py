"""Markdown: nothing of a repository is read as markup, and a section is renewed whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_samples import HOSTILE
from markdown_it import MarkdownIt

from checker.core.errors import UsageError
from checker.core.shares import Share
from tools.bench.page import Verbatim, cell, renew, table, together, write_section

PAGE = "# Figures\n\n<!-- bench:funnel -->\nold\n<!-- /bench:funnel -->\n\nthe rest\n"


def test_a_table_reads_back_as_one() -> None:
    text = table(("repository", "names", "s"), [("octo/lab", Share(count=1, of=4), 1.25), ("a|b", None, 3)])
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert rendered.count("<tr>") == 3
    assert rendered.count("<td>") == 6
    assert "<td>a|b</td>" in rendered


def test_text_of_strangers_is_only_text() -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(table(("x",), [(HOSTILE,)]))
    assert rendered.count("<td>") == 1
    for markup in ("<script", "<img", "<a ", "<b>", "<strong", "<code", "<!--"):
        assert markup not in rendered


def test_cells() -> None:
    assert cell(None) == cell("") == "–"
    assert cell(2.345) == "2.3"
    assert cell(Verbatim("`as_it_is`")) == "`as_it_is`"
    assert cell(Share(count=5, of=10)) == "5 of 10: 50.0 % (23.7–76.3)"
    assert cell(Share(count=0, of=0)) == "0 of 0"


def test_empty_parts_leave_no_gap() -> None:
    assert together(("a", "", table(("x",), []), "b\n")) == "a\n\nb\n"


def test_a_section_is_renewed_and_nothing_else() -> None:
    once = renew(PAGE, "funnel", "new\n")
    assert once == PAGE.replace("old", "new")
    assert renew(once, "funnel", "new\n") == once


def test_a_text_cannot_end_its_own_section() -> None:
    page = renew(PAGE, "funnel", "a <!-- /bench:funnel --> b")
    assert renew(page, "funnel", "old") == PAGE


@pytest.mark.parametrize("page", ["", PAGE + PAGE, PAGE.replace("/bench", "bench"), "<!-- bench:funnel -->"])
def test_a_page_without_the_markers_is_refused(page: str) -> None:
    with pytest.raises(UsageError, match="bench:funnel"):
        renew(page, "funnel", "new")


def test_a_file_is_written_whole_and_left_alone_where_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    write_section(path, "funnel", "new")
    assert path.read_text(encoding="utf-8") == PAGE.replace("old", "new")
    with pytest.raises(UsageError, match=r"page\.md.*bench:newcomer"):
        write_section(path, "newcomer", "new")
    with pytest.raises(UsageError, match=r"none\.md"):
        write_section(tmp_path / "none.md", "funnel", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["page.md"]


def test_the_projects_own_page_holds_every_section() -> None:
    page = Path(__file__).parents[2].joinpath("docs/benchmarks.md").read_text(encoding="utf-8")
    for name in ("funnel", "newcomer", "published", "isolation"):
        assert "new figures" in renew(page, name, "new figures")
