"""The application in a real browser: a check is asked for, watched, read; the badge is copied; axe is content."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from houses import ArxivServer
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from serving import Serving, serving
from theatre import put_on, step

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; tools/setup-browser installs one"),
]
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, arxiv: ArxivServer) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("serving")
    (folder / "mirror").mkdir()
    put_on(
        folder / "mirror",
        "ada/engine",
        step("resolve", "resolve", lines=["Resolved 3 packages"]),
        step("install", limit=600, lines=[f"line {n}" for n in range(30)], gate="engine"),
        step("imports", "import", status="failed", lines=["ModuleNotFoundError: No module named 'mill'"]),
        **{"missing.txt": "mill"},
    )
    put_on(folder / "mirror", "ada/other", step("install", lines=["<b>bold</b>"], gate="other"))
    with serving(folder, arxiv.url, {"CHECKER_SERVE_RATE": "100/minute"}) as service:
        yield service


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, service: Serving) -> Iterator[Page]:
    """A page that fails the test when it says anything on its console, or asks any other host."""
    context = browser.new_context(viewport=WIDE, base_url=service.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened, wrong = context.new_page(), []
    opened.set_default_timeout(60_000)
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "request",
        lambda asked: wrong.append(asked.url) if not asked.url.startswith((service.url, "data:")) else None,
    )
    yield opened
    context.close()
    assert not wrong


def test_ask_watch_read_and_copy_the_badge(page: Page, service: Serving) -> None:
    page.goto("/")
    page.get_by_label("Repository or arXiv").fill("ada/engine")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".watch .now .step")).to_have_text("as published: install", timeout=60_000)
    expect(page.locator(".watch .now .limit")).to_have_text(" / 10 min 00 s")
    expect(page.locator(".tail")).to_contain_text("line 29", timeout=60_000)
    page.reload()
    expect(page.locator(".tail")).to_contain_text("line 29")
    expect(page.locator(".watch .ended", has_text="resolve").locator(".icon")).to_have_text("✓")
    service.open("engine")
    expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=60_000)
    expect(page.locator(".watch .ended", has_text="imports").locator(".status")).to_have_text("failed")
    expect(page.locator(".rungs .no")).to_contain_text("imports")
    page.get_by_role("link", name="Ladder, attempts and logs").click()
    expect(page.get_by_role("heading", name="The ladder")).to_be_visible()
    expect(page.locator("mark")).to_contain_text("No module named 'mill'")
    page.get_by_role("button", name="Copy").filter(visible=True).last.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        copied
        == f"[![reproducibility]({service.url}/badge/ada/engine.svg)]({service.url}/repositories/ada/engine)"
    )


def test_output_is_text_and_nothing_else(page: Page, service: Serving) -> None:
    page.goto("/")
    page.get_by_label("Repository or arXiv").fill("ada/other")
    page.keyboard.press("Enter")
    expect(page.locator(".tail")).to_have_text("<b>bold</b>", timeout=60_000)
    service.open("other")
    expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=60_000)


def test_the_links_of_a_paper_are_offered(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Repository or arXiv").fill("arXiv:2301.00001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Engines <b>that think</b>")
    page.get_by_role("button", name="Check https://github.com/ada/engine").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ada/engine")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/", "/latest", "/repositories/ada/engine", "/papers/2301.00001", "/sparql", "/api"]
)
def test_nothing_serious_for_axe_and_nothing_wider_than_a_telephone(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(NARROW)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")
    ]
    assert not serious
