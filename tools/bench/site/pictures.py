"""Takes pictures of the pages of a site for the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import ViewportSize, sync_playwright

from tools.bench.site.browse import CHROMIUM

NARROW, WIDE = 390, 1280


class Picture(NamedTuple):
    """One picture: its file, the page, how wide, which colours, how much of the page (None: all of it)."""

    name: str
    page: str
    width: int = WIDE
    colours: Literal["light", "dark"] = "light"
    height: int | None = None


def wanted(site: Path) -> tuple[Picture, ...]:
    """Return the pictures to take of a site; they are the first that show a repair."""
    repository = _first(site, "repositories", "became torch==1.7.1")
    paper = _first(site, "papers", "needs repairs")
    return (
        Picture("report", "index.html", height=1250),
        Picture("start", "index.html"),
        Picture("start-dark", "index.html", colours="dark"),
        Picture("start-narrow", "index.html", NARROW),
        Picture("papers", "papers.html#rung=starts&sort=-year", height=900),
        Picture("paper", paper),
        Picture("paper-narrow-dark", paper, NARROW, "dark"),
        Picture("repository", repository),
        Picture("repository-dark", repository, colours="dark"),
        Picture("repository-narrow", repository, NARROW),
    )


def _first(site: Path, folder: str, *words: str) -> str:
    for path in sorted((site / folder).rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            return path.relative_to(site).as_posix()
    raise FileNotFoundError(f"{site / folder}: no page shows {words[0]}")


def take_pictures(site: Path, folder: Path) -> Iterator[Path]:
    """Take the pictures, one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in wanted(site):
            size = ViewportSize(width=picture.width, height=picture.height or 900)
            page = browser.new_page(viewport=size, color_scheme=picture.colours)
            path, _, fragment = picture.page.partition("#")
            page.goto((site / path).as_uri() + (f"#{fragment}" if fragment else ""))
            page.screenshot(path=folder / f"{picture.name}.png", full_page=picture.height is None)
            page.close()
            yield folder / f"{picture.name}.png"
        browser.close()
