"""Line breaks and gaps inside the addresses of archives and views are closed; prose after an address stays."""

from __future__ import annotations

import pytest

from checker.core.values.papers import CodeLink, CodeStatus, LinkKind, Paper
from checker.papers.links import read_paper


def links_in(text: str) -> tuple[CodeLink, ...]:
    return read_paper(Paper(id="p1", title="A Title", abstract=text)).links


CLOSED = {
    "https://doi.org/10.5281/\nzenodo.123456.": "https://doi.org/10.5281/zenodo.123456",
    "https://doi.org/\n10.5281/zenodo.123456.": "https://doi.org/10.5281/zenodo.123456",
    "https://doi.org/10.5281/zenodo.\n123456.": "https://doi.org/10.5281/zenodo.123456",
    "https://zenodo.org/\nrecord/123456.": "https://zenodo.org/record/123456",
    "https://zenodo.org/records/ 123456.": "https://zenodo.org/records/123456",
    "https://osf.io/\nab3de, and": "https://osf.io/ab3de",
    "https://figshare.com/\narticles/code/X/12345678": "https://figshare.com/articles/code/X/12345678",
    "https://anonymous.4open.\nscience/r/net-12AB.": "https://anonymous.4open.science/r/net-12AB",
    "https://anonymous.4open.science/r/\nnet-12AB.": "https://anonymous.4open.science/r/net-12AB",
    "https://git.sr.ht/\n~sea/waves.": "https://git.sr.ht/~sea/waves",
    "https://github.com/sea/waves/\ntree/main.": "https://github.com/sea/waves/tree/main",
    "https://github.com/sea/waves/tree/\nmain/src.": "https://github.com/sea/waves/tree/main/src",
    "https://gitlab.com/sea/waves/-/tree/\nmain.": "https://gitlab.com/sea/waves/-/tree/main",
    "https://codeberg.org/sea/waves/src/branch/\ndev.": "https://codeberg.org/sea/waves/src/branch/dev",
    "https://gitlab.com/sea/group/\nwave-net.": "https://gitlab.com/sea/group/wave-net",
    "https://github.com/sea/wave-\r\nnet.": "https://github.com/sea/wave-net",
}


@pytest.mark.parametrize(("text", "url"), CLOSED.items())
def test_a_broken_address_is_one(text: str, url: str) -> None:
    assert [link.url for link in links_in(f"Our code is available at {text}")] == [url]


OPEN = {
    "https://github.com/sea/waves/\nTrain/test splits are public.": "https://github.com/sea/waves/",
    "https://github.com/sea/waves/\nblob detection is fast": "https://github.com/sea/waves/",
    "https://github.com/sea/waves/tree/\nand the data": "https://github.com/sea/waves/tree/",
    "https://gitlab.com/sea/waves/\nHere we show": "https://gitlab.com/sea/waves/",
    "https://zenodo.org/\n1234 records show": "https://zenodo.org/",
    "https://osf.io/ where": "https://osf.io/",
}


@pytest.mark.parametrize(("text", "url"), OPEN.items())
def test_prose_after_an_address_is_no_part_of_it(text: str, url: str) -> None:
    assert [link.url for link in links_in(f"Our code is available at {text}")] == [url]


SHOWN = {
    "https://github1s.com/o/n/blob/dev/a.py": "dev",
    "https://raw.githack.com/o/n/main/demo.html": "main",
    "https://cdn.jsdelivr.net/gh/o/n@v1/a.js": "v1",
    "https://codeload.github.com/o/n/zip/refs/heads/dev": "dev",
    "https://github.com/o/n/zipball/v2": "v2",
    "https://m.github.com/o/n": None,
}


@pytest.mark.parametrize(("url", "ref"), SHOWN.items())
def test_hosts_that_show_a_repository_name_it(url: str, ref: str | None) -> None:
    (link,) = links_in(f"Code: {url}")
    assert (link.kind, str(link.repository), link.ref) == (LinkKind.REPOSITORY, "o/n", ref)


@pytest.mark.parametrize(
    "host", ["forge.univ-lyon1.fr", "gitverse.ru", "gitflic.ru", "openi.pcl.ac.cn", "git.disroot.org"]
)
def test_more_forges(host: str) -> None:
    assert [str(link.repository) for link in links_in(f"See https://{host}/o/n.")] == [f"{host}/o/n"]


def test_identifiers_in_a_row_and_on_a_badge() -> None:
    text = "doi:10.5281/zenodo.1,10.5281/zenodo.2 and https://zenodo.org/badge/DOI/10.5281/zenodo.3.svg"
    assert [link.name for link in links_in(text)] == [f"10.5281/zenodo.{number}" for number in (1, 2, 3)]


PLAIN = {
    "Code is at git.lab.ac.at/o/n.": "git.lab.ac.at/o/n",
    "Code is at gitlab-ext.lab.se/o/n, in Python": "gitlab-ext.lab.se/o/n",
    "footnote:3https://github.com/o/n.4See the page": "o/n",
    "https://gitlab.com/o/my\\string_net": "gitlab.com/o/my_net",
}


@pytest.mark.parametrize(("text", "repository"), PLAIN.items())
def test_more_spellings(text: str, repository: str) -> None:
    assert [str(link.repository) for link in links_in(text)] == [repository]


STATUSES = {
    "Code is being prepared for release at https://github.com/a/x.": CodeStatus.PROMISED,
    "Source code will follow.": CodeStatus.PROMISED,
    "An open-source release is planned.": CodeStatus.PROMISED,
    "(Code: TBA)": CodeStatus.PROMISED,
    "Code link: forthcoming.": CodeStatus.PROMISED,
    "The notebook is attached as an ancillary file.": CodeStatus.LINKED,
    "Code DOI: https://zenodo.org/badge/latestdoi/1234": CodeStatus.LINKED,
}


@pytest.mark.parametrize(("text", "status"), STATUSES.items())
def test_more_words_for_code_that_comes_or_is_there(text: str, status: CodeStatus) -> None:
    assert read_paper(Paper(id="p", title="A", abstract=text)).code_status is status
