"""Words that want to be more, in READMEs, file names, logs, titles, abstracts: the site shows them as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import check_samples as samples
import hostile_ground as ground
import html5lib
import pytest
from local_index import serve_index

from checker import __version__
from checker.core.values.papers import Paper
from checker.core.values.results import Check
from checker.papers.links import read_paper
from checker.reports.build import build_report
from checker.reports.write import write_report
from checker.store import Run

pytestmark = [pytest.mark.docker, pytest.mark.slow]

NAMES = ("<img src=x onerror=alert(1)>.py", "[x](javascript:alert(2)).py", "a&lt;b'\"`|.py", "{{ 7*7 }}.py")
FILE = "raise SystemExit('x' + <b>)"


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    def rename(tree: Path) -> None:
        for name in NAMES:
            (tree / name).write_text(FILE)

    with serve_index() as index:
        worker = ground.Worker(tmp_path_factory.mktemp("words"), index)
        yield worker.check(ground.publish(worker.mirror, "shouting", rename))
        worker.engine.close()
        assert worker.leftovers() == []


@pytest.fixture(scope="module")
def site(check: Check, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = Run(
        id=1, date=date(2026, 3, 1), started_at=datetime(2026, 3, 1, tzinfo=UTC), checker_version=__version__
    )
    abstract = (
        f"{samples.HOSTILE} Code: https://github.com/hostile/shouting and https://evil.test/<svg onload=alert(1)>"
    )
    paper = read_paper(Paper(id="../" + samples.HOSTILE, title=samples.HOSTILE, abstract=abstract, sources=("x",)))
    checks = {check.target.key: check}
    results = tmp_path_factory.mktemp("results")
    return write_report(results, build_report(run, (paper,), checks), (paper,), checks)


def test_it_is_told_what_the_code_does(check: Check) -> None:
    assert (check.cause.name if check.cause else None, check.inconclusive) == ("crash", False)
    assert "alert(3)" in ground.logs(check), "it was said"


def test_logs_hold_no_controls(check: Check) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ground.logs(check))


def test_no_element_of_theirs_is_on_any_page(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) >= 4
    for path in pages:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        page = parser.parse(path.read_bytes())
        assert not parser.errors, path
        found = [element for element in page.iter() if isinstance(element.tag, str)]
        assert not {element.tag for element in found} & {"iframe", "textarea", "object", "embed", "base", "b"}, (
            path
        )
        for element in found:
            assert not [name for name in element.attrib if name.startswith("on")], path
            assert "evil.test" not in element.get("src", ""), path
            address = element.get("href", "").strip().lower()
            assert element.tag != "a" or not address.startswith(("javascript:", "data:")), path
            assert element.tag != "script" or element.get("src") or "alert" not in (element.text or ""), path


def test_no_element_of_theirs_is_in_any_picture(site: Path) -> None:
    pictures = list(site.rglob("*.svg"))
    assert pictures
    for path in pictures:
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.parse(path).iter()}
        assert not tags & {"script", "image", "foreignObject", "iframe", "use"}, path
        assert not re.search(r"\son\w+=", path.read_text()), path


def test_markdown_has_no_live_link_or_tag_of_theirs(site: Path) -> None:
    from markdown_it import MarkdownIt

    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render((site / "report.md").read_text())
    page = html5lib.parse(rendered, namespaceHTMLElements=False)
    assert not [e for e in page.iter() if e.tag in ("script", "img", "svg", "iframe")]
    links = [e.get("href", "") for e in page.iter("a")]
    assert not [url for url in links if url.startswith(("javascript:", "data:"))], links


def test_nothing_is_written_beside_the_report(site: Path) -> None:
    assert sorted(path.name for path in site.parent.iterdir()) == ["2026-03-01", "latest"]
