from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.core.values.papers import CodeStatus, LinkedPaper, LinkKind, Paper
from checker.core.values.repositories import RepositoryId
from checker.hosts.urls import check_repository
from checker.papers.links import locate, read_paper
from checker.papers.links.github_urls import is_owner

OWNER_RULE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,38}\Z")
NAME_RULE = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")

owners = st.from_regex(r"\A[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){0,2}\Z").filter(is_owner)
names = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,30}[a-z0-9]\Z").filter(
    lambda name: "---" not in name and not re.search(r"(?:\.git|\.wiki)\Z", name)
)
words = st.sampled_from(
    ["the", "a", "wave", "model", "we", "show,", "that", "data", "are", "good;", "and", "(of", "all)", "code"]
)
prose = st.lists(words, min_size=1, max_size=12).map(" ".join)
PIECES = r"""
https:// http github.com / . { } ( ) \url \_ git@ : … - ~ a b-c tree The code &amp; 。 [x]( @ # ? %20
www. will be released gitlab.com codeberg.org huggingface.co datasets git.sr.ht ~a dev.azure.com _git git. src
branch /-/ tree/main commit 0a1b2c3 .git ?h=dev ;origin= swh:1:rev:0123456789abcdef0123456789abcdef01234567
10.5281/zenodo.12
doi: web.archive.org/web/2020/ archive.softwareheritage.org/browse/origin/ ancillary files * + %2F %00
"""
pieces = st.sampled_from([*PIECES.split(), " ", "\n", "\u200b"])


def read(text: str) -> LinkedPaper:
    return read_paper(Paper(id="p", title="", abstract=text))


@given(st.one_of(st.text(max_size=300), st.lists(pieces, max_size=40).map("".join)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_and_what_is_found_is_valid(text: str) -> None:
    paper = read(text)
    for link in paper.links:
        assert link.host == link.host.lower()
        if link.kind is LinkKind.REPOSITORY:
            assert link.owner is not None
            assert link.name is not None
            assert link.name not in (".", "..")
            check_repository(link.repository or RepositoryId(owner="", name=""))
            if link.host == "github.com":
                assert OWNER_RULE.match(link.owner)
                assert NAME_RULE.match(link.name)
        if link.repository is not None:
            assert link.target is not None
        if link.kind is LinkKind.OTHER:
            assert (link.owner, link.name) == (None, None)
    assert bool(paper.evidence) == (paper.code_status is not CodeStatus.NONE)
    assert LinkedPaper.model_validate_json(paper.model_dump_json()) == paper


@given(prose, owners, names, st.sampled_from([" ", ", ", ". ", ") ", "} ", '" ', ".\n\n", "; ", "。"]), prose)
@settings(max_examples=300, deadline=None)
def test_a_clean_url_is_found_in_any_prose(before: str, owner: str, name: str, between: str, after: str) -> None:
    (link,) = read(f"{before} https://github.com/{owner}/{name}{between}{after}").links
    assert (link.kind, link.owner, link.name) == (LinkKind.REPOSITORY, owner, name)


@given(st.lists(st.tuples(owners, names), min_size=1, max_size=8, unique_by=lambda pair: "/".join(pair).lower()))
@settings(max_examples=100, deadline=None)
def test_many_links_keep_their_order(pairs: list[tuple[str, str]]) -> None:
    text = ", ".join(f"https://github.com/{owner}/{name}" for owner, name in pairs)
    assert [(link.owner, link.name) for link in read(f"See {text}.").links] == pairs


@given(prose, owners, names)
@settings(max_examples=100, deadline=None)
def test_reading_twice_finds_the_same(before: str, owner: str, name: str) -> None:
    text = f"{before} (https://github.com/{owner}/{name})."
    first = read(text)
    again = read(" ".join(link.url for link in first.links))
    assert [link.repository for link in again.links] == [link.repository for link in first.links]


REPEATED = {
    "one letter": "a",
    "prose": "the code is available and we will release the data, ",
    "urls": "https://github.com/a/b ",
    "glued urls": "https://github.com/a/b",
    "schemes": "https://",
    "dots": ".",
    "full stops": ". ",
    "brackets": "https://a.bc/(",
    "hosts": "github.com/",
    "broken hosts": "github.com / ",
    "broken names": "github.com/a- ",
    "backslashes": "\\",
    "images": "![",
    "entities": "&amp",
    "labels": "a.",
    "commas": "code, ",
    "clauses": "code is at https://a.bc/d and we show ",
    "bare urls": "See https://a.bc/d. ",
    "negations": "not ",
    "openings": "an open-source ",
    "blank": " \n",
    "forges": "gitlab.com/a/b ",
    "glued forges": "https://gitlab.com/a/b",
    "nested groups": "/a",
    "groups after a forge": "gitlab.com/a/a/a/a/a.a-",
    "labels of a forge": "gitlab.a-",
    "gaps on a forge": "codeberg.org/a- ",
    "identifiers": "10.5281/a ",
    "glued identifiers": "10.5281/a",
    "heritage": f"swh:1:rev:{'0' * 40};origin=https://a.bc/d ",
    "glued heritage": f"swh:1:rev:{'0' * 40};origin=",
    "copies": "https://web.archive.org/web/2020/https://a.bc/d ",
    "copies of copies": "https://web.archive.org/web/2020/",
    "origins": "https://archive.softwareheritage.org/browse/origin/",
    "ancillary": "ancillary files ",
    "borrowed": "we use the code of https://a.bc/d and ",
    "borrowed without an address": "using the code based on ",
    "forks": "forked from https://a.bc/d ",
    "gaps in views": "github.com/a/b/tree/ ",
    "groups on lines": "gitlab.com/a/b/\n",
    "gaps in identifiers": "10.5281/ ",
    "figshare": "figshare.com/articles/a/ ",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_time_grows_with_the_length_and_not_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        started = time.process_time()
        read(text)
        return time.process_time() - started

    short, long = seconds(30_000), seconds(300_000)
    # ten times the text: linear is 10, quadratic 100; the constant absorbs a slow clock
    assert long < 30 * short + 1.0


@given(st.one_of(st.text(max_size=200), st.lists(pieces, max_size=30).map("".join)))
@settings(max_examples=400, deadline=None)
def test_any_address_points_somewhere_or_nowhere(text: str) -> None:
    place = locate(text)
    if place is not None and place.repository is not None:
        check_repository(place.repository)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_megabytes_on_one_line() -> None:
    text = "We show that the waves are good. " * 300_000 + "Code is at https://github.com/sea-lab/wave-net."
    paper = read(text)
    assert [link.name for link in paper.links] == ["wave-net"]
    assert paper.code_status is CodeStatus.LINKED
