"""Opens a site from the disk in Chromium and measures what a reader waits for."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
TIMES = 9

OPENED = """() => {
  const [at] = performance.getEntriesByType('navigation');
  return {parsed: at.domContentLoadedEventEnd, whole: at.loadEventEnd};
}"""

FILTERED = """([name, value]) => {
  const select = document.querySelector(`select[name="${name}"]`), began = performance.now();
  select.value = value;
  select.dispatchEvent(new Event('change', {bubbles: true}));
  document.body.offsetHeight;
  return performance.now() - began;
}"""

TYPED = """(words) => new Promise((done) => {
  const field = document.querySelector('form.filters input'), said = document.querySelector('[role=status]');
  const began = performance.now();
  new MutationObserver((_, watcher) => {
    watcher.disconnect();
    document.body.offsetHeight;
    done(performance.now() - began);
  }).observe(said, {childList: true});
  field.value = words;
  field.dispatchEvent(new Event('input', {bubbles: true}));
})"""

SORTED = """(column) => {
  const button = document.querySelectorAll('thead button')[column], began = performance.now();
  button.click();
  document.body.offsetHeight;
  return performance.now() - began;
}"""


class Waited(NamedTuple):
    """What a reader waited for, in milliseconds: the median and the longest of `TIMES` times."""

    what: str
    median: float
    longest: float


def browse(site: Path) -> tuple[Waited, ...]:
    """Return how long opening, filtering, searching and sorting take, the browser's layout included."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        found = [*_opening(page, site, "index.html"), *_opening(page, site, "papers.html")]
        causes = page.eval_on_selector_all("select[name=cause] option", "all => all.map(one => one.value)")
        found += [
            _chosen(page, "cause", causes[1]),
            _chosen(page, "rung", "starts"),
            _waited(
                "search, with 40 ms that wait for the next key",
                lambda n: page.evaluate(TYPED, ("graph", "diffusion gr", "spee")[n % 3]),
            ),
            _waited("sort by the title, turned each time", lambda _: page.evaluate(SORTED, 0)),
        ]
        browser.close()
    return tuple(found)


def _opening(page: Page, site: Path, name: str) -> list[Waited]:
    times = []
    for _ in range(TIMES):
        page.goto((site / name).as_uri())
        times.append(page.evaluate(OPENED))
    return [
        Waited(f"open {name}: parsed and its rows shown", *_of([one["parsed"] for one in times])),
        Waited(f"open {name}: loaded", *_of([one["whole"] for one in times])),
    ]


def _chosen(page: Page, name: str, value: str) -> Waited:
    """Choose a value and none in turn."""
    return _waited(
        f"filter by {name}, then by none", lambda n: page.evaluate(FILTERED, [name, "" if n % 2 else value])
    )


def _waited(what: str, once: Callable[[int], float]) -> Waited:
    return Waited(what, *_of([once(number) for number in range(TIMES)]))


def _of(times: list[float]) -> tuple[float, float]:
    return round(statistics.median(times), 1), round(max(times), 1)
