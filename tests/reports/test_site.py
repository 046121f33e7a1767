"""The site: whole, linked, and deaf to everything that a repository or a paper would like it to do."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import check_samples as samples
import html5lib
import pytest

from checker.core.errors import StorageFailure, UsageError
from checker.core.values.changes import Changes
from checker.core.values.plans import Rung, Way
from checker.reports.build import build_report
from checker.reports.site import places
from checker.reports.write import link_latest, write_report
from checker.store import Run

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED, checker_version="0.1.0")
VOID = {"meta", "link", "input", "img", "br", "path", "rect", "hr"}


class Page(HTMLParser):
    """What a browser would make of a page, as far as these tests ask."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def write(results: Path, day: date = RUN.date) -> Path:
    checks = {check.target.key: check for check in samples.every_kind()}
    run = RUN.model_copy(update={"date": day})
    return write_report(results, build_report(run, samples.papers(), checks), samples.papers(), checks)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("results"))


def pages(site: Path) -> dict[str, Page]:
    return {p.relative_to(site).as_posix(): Page(p.read_text("utf-8")) for p in site.rglob("*.html")}


def test_one_page_for_each_paper_and_repository(site: Path) -> None:
    assert len(list((site / "papers").glob("*.html"))) == len(samples.papers())
    assert len(list((site / "repositories").rglob("*.html"))) == len(samples.every_kind())
    assert len(list((site / "badges").rglob("*.svg"))) == len(list((site / "badges").rglob("*.json")))
    assert {"index.html", "report.json", "report.md", "assets"} <= {p.name for p in site.iterdir()}
    assert (site.parent / "latest").resolve() == site.resolve()
    assert (site.parent / "latest").readlink() == Path(site.name)


def test_every_element_is_closed_and_every_id_its_own(site: Path) -> None:
    for name, page in pages(site).items():
        assert not page.wrong and not page.open, name
        ids = [value for _, key, value in page.attributes if key == "id"]
        assert len(ids) == len(set(ids)), name


def test_every_page_parses_without_an_error(site: Path) -> None:
    for path in site.rglob("*.html"):
        parser = html5lib.HTMLParser()
        parser.parse(path.read_bytes())
        assert not parser.errors, path.relative_to(site)


def test_no_page_reaches_another_host_or_runs_what_it_was_given(site: Path) -> None:
    policy = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src 'self' file: data:; "
    for name, page in pages(site).items():
        assert ("meta", "content", f"{policy}base-uri 'none'; form-action 'none'") in page.attributes, name
        listing = name in ("papers.html", "repositories.html")
        assert page.tags["script"] == (3 if listing else 1) and not page.tags["iframe"] and not page.tags["style"]
        assert page.tags["img"] == (1 if name.startswith("repositories/") else 0), name
        for tag, key, value in page.attributes:
            assert not key.startswith("on") and key != "style", (name, key)
            if key in ("src", "srcset", "action") or (key == "href" and tag == "link"):
                assert not urlsplit(value).netloc and urlsplit(value).scheme in ("", "data"), (name, value)
            if key == "href" and tag == "a":
                assert urlsplit(value).scheme in ("", "http", "https"), (name, value)


def test_hostile_text_is_shown_as_text_without_its_controls(site: Path) -> None:
    page = pages(site)["repositories/octo/hostile.html"]
    assert "<script>alert(1)</script>" in page.text and "{{ 7*7 }}" in page.text
    raw = (site / "repositories/octo/hostile.html").read_text("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u200b]", raw)
    assert "alert(5)" in page.text, "an address that cannot be followed is still said"


def test_links_inside_the_report_lead_somewhere(site: Path) -> None:
    for name, page in pages(site).items():
        for tag, key, value in page.attributes:
            parts = urlsplit(value)
            if (
                (tag, key) in (("a", "href"), ("img", "src"), ("script", "src"))
                and not parts.scheme
                and parts.path
            ):
                target = (site / name).parent / unquote(parts.path)
                assert target.resolve().is_file(), (name, value)


def test_nothing_is_written_outside_the_report(site: Path) -> None:
    assert sorted(p.name for p in site.parent.iterdir()) == ["2026-03-01", "latest"]


def test_the_log_is_folded_and_the_failing_line_marked(site: Path) -> None:
    text = (site / "repositories/octo/incomplete.html").read_text("utf-8")
    assert "<mark>ModuleNotFoundError: No module named &#39;utils.secret_sauce&#39;</mark>" in text
    opened = re.findall(
        r'<details id="attempt-1-step-\d" open>\s*<summary>.*?<span class="step">(\w+)</span>', text
    )
    assert opened == ["import"]


def test_the_pages_say_what_they_must(site: Path) -> None:
    text = pages(site)["repositories/octo/repaired.html"].text
    for said in (
        "setuptools<66 added",
        "as published",
        "at its date",
        "Pin setuptools",
        "checker recipe octo/repaired",
    ):
        assert said in text, said
    missing = pages(site)["repositories/octo/incomplete.html"].text
    for said in ("utils.secret_sauce", "weights/model.ckpt", "812 MB", "third_party/ops", "swh:1:rev:"):
        assert said in missing, said
    assert "octo/new-name" in pages(site)["repositories/octo/old-name.html"].text


# ---------------------------------------------------------------- names


def test_two_names_never_share_a_file() -> None:
    names = [
        "a/b",
        "a-b",
        "A-b",
        "a_b",
        "..",
        ".",
        "",
        "a b",
        "a\0b",
        "ä",
        "x" * 300,
        "x" * 301,
        "con/../..",
        "a.",
        "a",
    ]
    names.append(places.make_safe_name("a/b"))
    made = [places.make_safe_name(name) for name in names]
    assert len({name.lower() for name in made}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_+][a-z0-9._+-]*", name, re.IGNORECASE) and len(name) < 120 for name in made)


def test_repositories_of_other_hosts_and_pinned_ones_have_their_own_place() -> None:
    targets = ["github.com/a/b", "gitlab.com/a/b", "github.com/a/b@0123", "gitlab.com/group/sub/b"]
    made = [places.repository_path(target) for target in targets]
    assert made[0] == "repositories/a/b.html" and made[1] == "repositories/gitlab.com/a/b.html"
    assert len(set(made)) == 4 and not any(".." in path for path in made)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://a.b", "data:text/html,x", "//evil.test", "https://",
     "file:///etc/passwd", "https://user@evil.test/", "https://a\tb", "http://[", "", None],
)  # fmt: skip
def test_addresses_that_no_reader_is_sent_to(url: str | None) -> None:
    assert places.check_web_address(url) is None


def test_evidence_leads_to_the_file_at_that_commit() -> None:
    url = places.file_address("https://github.com/a/b", "0123", "src/train me.py", 3)
    assert url == "https://github.com/a/b/blob/0123/src/train%20me.py#L3"
    assert places.file_address("https://github.com/a/b", "0123", "log", None) is None
    assert places.file_address("https://gitlab.com/a/b", "0123", "a.py", None) is None
    assert places.file_address("https://github.com/a/b", "0123", '"><b>.py', None) is None


# ---------------------------------------------------------------- writing


def test_a_report_is_replaced_whole_and_others_stay(tmp_path: Path) -> None:
    first = write(tmp_path)
    (first / "papers" / "left-over.html").write_text("old")
    write(tmp_path, date(2026, 3, 2))
    again = write(tmp_path)
    assert not (again / "papers" / "left-over.html").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026-03-01", "2026-03-02", "latest"]
    assert (tmp_path / "latest").resolve().name == "2026-03-02", "an old report made again is not the latest"


def test_a_file_in_the_way_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "2026-03-01").write_text("mine")
    with pytest.raises(UsageError, match="2026-03-01: stands in the way"):
        write(tmp_path)
    assert (tmp_path / "2026-03-01").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_our_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailure) as caught:
        write(tmp_path / "file" / "results")
    assert "\n" not in str(caught.value)


def test_where_a_folder_is_called_latest_a_page_leads_on(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    link_latest(tmp_path / "latest", "2026-03-01")
    assert 'url=../2026-03-01/index.html"' in (tmp_path / "latest" / "index.html").read_text()


WRITER = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_site import write
write(Path(sys.argv[1]))
print("written", flush=True)
while True:
    write(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("delay", [0.02, 0.09, 0.17])
def test_a_writer_killed_in_the_middle_leaves_the_report_whole(tmp_path: Path, delay: float) -> None:
    tests = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path, tests / "reports", tests / "support"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "written\n"
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    whole = [p for p in tmp_path.iterdir() if not p.name.startswith(".") and p.name != "latest"]
    assert all((p / "report.json").is_file() and len(list(p.rglob("*.html"))) == 32 for p in whole)
    write(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026-03-01", "latest"]


@pytest.mark.slow
def test_a_site_of_five_thousand_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = (
        samples.passing,
        samples.period_only,
        samples.repaired,
        samples.failing,
        samples.incomplete,
        samples.no_code,
    )
    given = [kinds[n % len(kinds)](f"owner{n % 700}/project-{n}") for n in range(4000)]
    checks = {check.target.key: check for check in given}
    papers = [samples.paper(n, *([str(given[n % 4000].target.repository)] if n % 5 else [])) for n in range(5000)]
    began = time.monotonic()
    report = build_report(RUN, papers, checks)
    built = time.monotonic()
    folder = write_report(tmp_path, report, papers, checks)
    size = (folder / "index.html").stat().st_size
    with capsys.disabled():
        print(f"\n5,000 papers: report {built - began:.1f} s, site {time.monotonic() - built:.1f} s, "
              f"start page {size / 1e6:.1f} MB")  # fmt: skip
    assert len(list((folder / "papers").iterdir())) == 5000


def test_every_word_of_a_report_is_about_the_way_that_its_settings_name(tmp_path: Path) -> None:
    better = samples.check(
        "octo/better", samples.good_attempt(reached=Rung.IMPORTABLE), samples.good_attempt(Way.REPAIRED, Rung.RUNS)
    )
    found = (better, samples.repaired(), samples.passing(), samples.unreachable())
    checks = {check.target.key: check for check in found}
    for way, words in (
        (Way.AS_PUBLISHED, ["builds", "runs", "needs repairs", "inconclusive"]),
        (Way.REPAIRED, ["needs repairs", "runs", "needs repairs", "inconclusive"]),
    ):
        changes = Changes(require=Rung.IMPORTABLE, way=way)
        report = build_report(RUN, (), checks, changes)
        assert [entry.outcome.label for entry in report.repositories] == words
        folder = write_report(tmp_path / way.value, report, (), checks)
        for entry, word in zip(report.repositories, words, strict=True):
            badge = json.loads((folder / "badges" / f"{entry.repository}.json").read_text())
            page = (folder / "repositories" / f"{entry.repository}.html").read_text()
            assert badge["message"] == word and f"{entry.repository}: {word} " in page
        suite = ElementTree.fromstring((folder / "junit.xml").read_text())
        failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]
        assert failed == (["octo/repaired"] if way is Way.AS_PUBLISHED else [])
