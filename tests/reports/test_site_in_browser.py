"""The site in a real browser, opened from the disk: filters, links, keys, the clipboard, and what axe finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import check_samples as samples
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from checker.cli.stores import publish
from checker.core.values.results import Check
from checker.store import Store

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; tools/setup-browser installs one"),
]

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


def night_of(number: int) -> tuple[Check, ...]:
    """The samples; in the third night what failed before runs."""
    if number < 2:
        return samples.every_kind()
    mended = samples.passing("octo/fails").model_copy(update={"started_at": samples.STARTED.replace(day=3)})
    return tuple(mended if c.target == mended.target else c for c in samples.every_kind())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of three nights, with everything hostile that the samples have."""
    results = tmp_path_factory.mktemp("results")
    with Store.open(results / "checker.sqlite") as store:
        for number in range(3):
            run = store.begin_run(
                date(2026, 3, 1) + timedelta(days=number), inputs=("x",), checker_version="0.1.0"
            )
            store.save_papers(run, samples.papers())
            for check in night_of(number):
                store.link_check(run, check)
            run = store.finish_run(run)
        return publish(store, run, results)[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when it says anything on its console, or asks anything but the disk."""
    context = browser.new_context(viewport=WIDE)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened, wrong = context.new_page(), []
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("dialog", lambda dialog: wrong.append(dialog.message))
    opened.on(
        "request", lambda request: wrong.append(request.url) if request.url[:5] not in ("file:", "data:") else None
    )
    yield opened
    context.close()
    assert not wrong


def names(page: Page) -> list[str]:
    return page.locator("tbody th a").all_inner_texts()


PAGES = ("index", "papers", "repositories", "papers/2603.00003", "repositories/octo/repaired",
         "repositories/octo/incomplete", "repositories/octo/hostile")  # fmt: skip


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    browser: Browser, site: Path, scheme: Literal["light", "dark"], size: ViewportSize
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found], (name, scheme)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, (name, size)
    context.close()


def test_filters_narrow_the_list_say_so_and_stand_in_the_address(page: Page, site: Path) -> None:
    page.goto((site / "repositories.html").as_uri())
    status = page.get_by_role("status")
    expect(status).to_have_text("12 repositories")
    page.get_by_label("cause").select_option("missing_in_repository")
    expect(status).to_have_text("1 of 12 repositories")
    assert names(page) == ["octo/incomplete"]
    assert page.url.endswith("#cause=missing_in_repository")
    page.reload()
    expect(status).to_have_text("1 of 12 repositories")
    page.get_by_role("button", name="Clear filters").click()
    expect(status).to_have_text("12 repositories")
    expect(page.get_by_label("Search repositories")).to_be_focused()


def test_a_link_to_a_view_opens_it_and_what_is_nonsense_is_left_alone(page: Page, site: Path) -> None:
    page.goto((site / "repositories.html").as_uri() + "#q=octo%20period&rung=starts&sort=-time")
    expect(page.get_by_role("status")).to_have_text("1 of 12 repositories")
    assert names(page) == ["octo/period"]
    page.goto((site / "papers.html").as_uri() + "#rung=%3Cscript%3E&sort=nothing&x=1")
    expect(page.get_by_role("status")).to_have_text("17 papers")


def test_searching_takes_every_word_and_choices_say_what_is_left(page: Page, site: Path) -> None:
    page.goto((site / "repositories.html").as_uri())
    page.get_by_label("Search repositories").fill("OCTO/Repaired needs")
    expect(page.get_by_role("status")).to_have_text("1 of 12 repositories")
    assert names(page) == ["octo/repaired"]
    assert "shows usage (1)" in page.locator("select[name=rung]").inner_text()
    page.get_by_label("Search repositories").fill("no such thing")
    expect(page.get_by_role("status")).to_have_text("0 of 12 repositories")


def test_headings_sort_by_keyboard_and_say_so(page: Page, site: Path) -> None:
    page.goto((site / "repositories.html").as_uri())
    heading = page.get_by_role("columnheader", name="repository")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    first = names(page)
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert first == sorted(first) and names(page) == first[::-1]
    assert page.url.endswith("#sort=-repository")


def test_what_has_no_score_stands_last_whichever_way(page: Page, site: Path) -> None:
    page.goto((site / "papers.html").as_uri())
    button = page.get_by_role("columnheader", name="runnability").get_by_role("button")
    for _ in range(2):
        button.click()
        shown = page.locator("tbody tr td:nth-child(5)").all_inner_texts()
        scored = [text for text in shown if text != "–"]
        assert shown[: len(scored)] == scored and len(scored) < len(shown)


def test_the_header_searches_and_causes_lead_to_their_repositories(page: Page, site: Path) -> None:
    page.goto((site / "papers/2603.00003.html").as_uri())
    page.get_by_role("searchbox").fill("method 7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 of 17 papers")
    page.goto((site / "index.html").as_uri())
    page.locator(".figure.causes .drawing.wide a").filter(has_text="never committed").click()
    expect(page.get_by_role("status")).to_have_text("1 of 12 repositories")


def test_the_start_page_says_what_changed_and_shows_the_trend(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    expect(page.get_by_role("heading", name="Changed since 2 March 2026")).to_be_visible()
    expect(page.locator(".changed").get_by_role("link", name="octo/fails")).to_be_visible()
    drawing = page.get_by_role("img", name="Night after night. From 2026-03-01 to 2026-03-03")
    expect(drawing).to_be_visible()
    fill = "getComputedStyle(document.querySelector('.figure.funnel .wide path[fill=\"var(--dated)\"]')).fill"
    light = page.evaluate(fill)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(fill) != light, "drawings follow the colours of the page"


def test_the_failing_line_is_in_view_and_a_link_opens_its_step(page: Page, site: Path) -> None:
    page.goto((site / "repositories/octo/incomplete.html").as_uri())
    expect(page.locator("mark")).to_be_visible()
    step = page.locator("#attempt-1-step-3")
    step.locator("summary").first.click()
    expect(step).not_to_have_attribute("open", "")
    page.get_by_role("link", name="See it in the log").click()
    expect(step).to_have_attribute("open", "")
    expect(page.locator("mark")).to_be_in_viewport()
    step.locator("summary").first.click()
    page.get_by_role("link", name="See it in the log").click()
    expect(page.locator("mark")).to_be_in_viewport()


def test_the_badge_is_copied_from_a_page_on_the_disk(page: Page, site: Path) -> None:
    page.goto((site / "repositories/octo/passes.html").as_uri())
    page.get_by_role("button", name="Copy Markdown for the badge").click()
    expect(page.locator(".badge button").first).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "[![reproducibility](badges/octo/passes.svg)](repositories/octo/passes.html)"


def test_history_says_since_when(page: Page, site: Path) -> None:
    page.goto((site / "repositories/octo/fails.html").as_uri())
    lines = (
        page.get_by_role("region", name="History")
        .or_(page.locator("#h-history + ol"))
        .locator("li")
        .all_inner_texts()
    )
    assert len(lines) == 2 and "runs" in lines[0] and "2 March 2026 back to 1 March 2026, 2 nights" in lines[1]


def test_without_scripts_the_whole_table_is_there(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto((site / "papers.html").as_uri())
    assert page.locator("noscript tbody tr").count() == 17
    expect(page.locator(".filters")).to_be_hidden()
    page.goto((site / "repositories/octo/incomplete.html").as_uri())
    expect(page.locator("mark")).to_be_visible()
    context.close()


def test_paper_gets_everything_that_stood_folded(page: Page, site: Path, tmp_path: Path) -> None:
    page.goto((site / "repositories/octo/repaired.html").as_uri())
    folded = page.locator("details.attempt:not([open])")
    assert folded.count() == 2
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folded.count() == 2
