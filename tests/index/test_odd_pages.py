"""Pages of an index, changed and cut anywhere: releases, or one of the errors that count as no answer."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.index.lookup import _FAILURES
from checker.index.pages import JSON_PAGE, read_page

ROW = {
    "filename": "six-1.16.0-py2.py3-none-any.whl",
    "url": "../../six-1.16.0-py2.py3-none-any.whl",
    "size": 11053,
    "upload-time": "2021-05-05T14:18:17.237Z",
    "yanked": False,
    "core-metadata": {"sha256": "0"},
    "hashes": {"sha256": "00ff"},
}
PAGE = {"meta": {"api-version": "1.1"}, "name": "six", "files": [ROW, {**ROW, "filename": "six-1.15.0.tar.gz"}]}
HTML = '<html><a href="../six-1.16.0-py3-none-any.whl#sha256=00" data-yanked="">six</a><a href="x">y</a></html>'
VALUES = [
    None, True, -1, 10**30, 1e308, "", "x", "9" * 5_000, "\ud800", [], {}, [[]], "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "http://[", "file:///etc/passwd", "http://169.254.169.254/x-1.0.tar.gz",
    "six-" + "9" * 5_000 + ".tar.gz", "six-1-py3-none-any.whl\n", "a" * 70_000,
]  # fmt: skip


@st.composite
def change(draw: st.DrawFn, value: object) -> object:
    if draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from(VALUES))
    if isinstance(value, dict):
        return {key: draw(change(inner)) for key, inner in value.items() if draw(st.integers(0, 15))}
    return [draw(change(inner)) for inner in value] if isinstance(value, list) else value


def read(text: str, kind: str) -> None:
    began = time.process_time()
    try:
        page = read_page("six", text, kind, "https://index.example/simple/six/")
    except _FAILURES:
        pass
    else:
        assert page.model_dump_json()
        assert all(release.file.url.startswith(("http://", "https://")) for release in page.releases)
    assert time.process_time() - began < 10


@settings(max_examples=300, deadline=None)
@given(content=change(PAGE))
def test_a_changed_page_is_read_or_refused(content: object) -> None:
    read(json.dumps(content), JSON_PAGE)


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, len(HTML)), more=st.text(max_size=20), whole=st.booleans())
def test_a_cut_page_is_read_or_refused(cut: int, more: str, whole: bool) -> None:
    read(HTML[:cut] + more + (HTML[cut:] if whole else ""), "text/html")
    text = json.dumps(PAGE)
    read(text[:cut] + more + (text[cut:] if whole else ""), JSON_PAGE)


TAGS = ".".join(f"t{number}" for number in range(3_000))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[" * 100_000, JSON_PAGE),
        ('{"files":' * 50_000, JSON_PAGE),
        (json.dumps({"files": [ROW] * 20_000}), JSON_PAGE),
        (json.dumps({"files": [{**ROW, "filename": f"six-1-{TAGS}-{TAGS}-{TAGS}.whl"}]}), JSON_PAGE),
        ("<a " * 500_000, "text/html"),
        ("<a href='" * 200_000, "text/html"),
        ("<a " + "x=" * 500_000 + ">", "text/html"),
        ("<a href='&" + "amp;" * 300_000 + "'>", "text/html"),
        ('<a href="six-1.tar.gz">' * 20_000, "text/html"),
    ],
    ids=range(9),
)
def test_a_huge_page_is_read_in_time(text: str, kind: str) -> None:
    read(text, kind)
