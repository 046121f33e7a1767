"""DOIs, Software Heritage, copies of web archives and ancillary files are kinds of links of their own."""

from __future__ import annotations

import pytest

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper, LinkKind, Paper
from checker.papers.links import read_paper

ID = "0123456789abcdef0123456789abcdef01234567"
SWH = "https://archive.softwareheritage.org"


def read(text: str) -> LinkedPaper:
    return read_paper(Paper(id="p1", title="A Title", abstract=text))


def link_in(text: str) -> CodeLink:
    (link,) = read(text).links
    return link


DOIS: dict[str, str | None] = {
    "10.5281/zenodo.1234567": "10.5281/zenodo.1234567",
    "10.5281/zenodo.1234567.": "10.5281/zenodo.1234567",
    "(doi:10.5281/zenodo.1234567)": "10.5281/zenodo.1234567",
    "DOI: 10.5281/ZENODO.1234567, and": "10.5281/zenodo.1234567",
    "https://doi.org/10.5281/zenodo.1234567": "10.5281/zenodo.1234567",
    "http://dx.doi.org/10.5281/zenodo.1234567.": "10.5281/zenodo.1234567",
    "doi.org/10.5281/zenodo.1234567": "10.5281/zenodo.1234567",
    "https://zenodo.org/record/1234567": "10.5281/zenodo.1234567",
    "https://www.zenodo.org/records/1234567#.Yx": "10.5281/zenodo.1234567",
    "https://zenodo.org/doi/10.5281/zenodo.1234567": "10.5281/zenodo.1234567",
    "https://zenodo.org/badge/latestdoi/123": None,
    "https://figshare.com/articles/software/Waves/1234567/2": "10.6084/m9.figshare.1234567",
    "https://doi.org/10.6084/m9.figshare.1234567.v2": "10.6084/m9.figshare.1234567.v2",
    "https://osf.io/ab3de/": None,
    "https://doi.org/10.17605/OSF.IO/AB3DE": "10.17605/osf.io/ab3de",
    "https://datadryad.org/stash/dataset/doi:10.5061/dryad.abc12": "10.5061/dryad.abc12",
    "https://dataverse.harvard.edu/dataset.xhtml?persistentId=doi:10.7910/DVN/ABCDEF": "10.7910/dvn/abcdef",
    "https://data.lab.nl/dataset.xhtml?persistentId=doi:10.34894/ABCDEF": "10.34894/abcdef",
    "https://data.mendeley.com/datasets/abcdef1234/1": "10.17632/abcdef1234",
    "https://doi.pangaea.de/10.1594/PANGAEA.12345": "10.1594/pangaea.12345",
}


@pytest.mark.parametrize(("text", "doi"), DOIS.items())
def test_a_doi_is_a_link(text: str, doi: str | None) -> None:
    link = link_in(f"The data are at {text}")
    assert (link.kind, link.name, link.repository, link.target) == (LinkKind.DOI, doi, None, None)
    assert link.url.startswith(("https://", "http://", "doi.org"))


def test_a_bare_identifier_reads_as_its_address() -> None:
    assert link_in("See doi:10.5281/zenodo.12.").url == "https://doi.org/10.5281/zenodo.12"
    assert link_in(f"See swh:1:dir:{ID}.").url == f"{SWH}/swh:1:dir:{ID}"


def test_one_record_under_several_addresses_is_one_link() -> None:
    assert len(read("See 10.5281/zenodo.12, https://zenodo.org/records/12, doi.org/10.5281/ZENODO.12").links) == 1


NO_RECORDS = [
    "https://zenodo.org/communities/x",
    "https://osf.io/preprints/abc",
    "https://dl.acm.org/doi/10.1145/1.2",
]


@pytest.mark.parametrize("url", NO_RECORDS)
def test_other_pages_of_archives(url: str) -> None:
    assert link_in(f"See {url}").kind is LinkKind.OTHER


def test_numbers_are_no_identifiers() -> None:
    assert read("We use 10.5/2 and 10.1234 of 10.5281, at 10.0.0.1/24.").links == ()


COPIES: dict[str, tuple[LinkKind, str, str | None, str | None]] = {
    "https://web.archive.org/web/2020/https://github.com/o/n": (LinkKind.ARCHIVED, "github.com/o/n", None, None),
    "https://web.archive.org/web/20200102030405/http://www.github.com/o/n/tree/dev/src": (
        LinkKind.ARCHIVED,
        "github.com/o/n@dev:src",
        "dev/src",
        None,
    ),
    "web.archive.org/web/2020*/github.com/o/n.": (LinkKind.ARCHIVED, "github.com/o/n", None, None),
    "https://web.archive.org/web/2020id_/https://gitlab.com/g/s/n": (
        LinkKind.ARCHIVED,
        "gitlab.com/g/s/n",
        None,
        None,
    ),
    "https://archive.ph/2020/https://codeberg.org/o/n": (LinkKind.ARCHIVED, "codeberg.org/o/n", None, None),
    f"swh:1:dir:{ID};origin=https://github.com/o/n;path=/src": (LinkKind.SWHID, "github.com/o/n", None, None),
    f"swh:1:rev:{ID};origin=https://github.com/o/n.git": (LinkKind.SWHID, f"github.com/o/n@{ID}", ID, None),
    f"{SWH}/swh:1:cnt:{ID[::-1]};origin=https://gitlab.com/g/n;anchor=swh:1:rev:{ID};path=/src/a.c;lines=3": (
        LinkKind.SWHID,
        f"gitlab.com/g/n@{ID}:src:a.c",
        ID,
        "src/a.c",
    ),
    f"{SWH}/browse/origin/directory/?origin_url=https://github.com/o/n": (
        LinkKind.SWHID,
        "github.com/o/n",
        None,
        None,
    ),
    f"{SWH}/browse/origin/https://github.com/o/n/directory/": (LinkKind.SWHID, "github.com/o/n", None, None),
    f"{SWH}/browse/revision/{ID}/?origin_url=https://github.com/o/n&snapshot=x": (
        LinkKind.SWHID,
        f"github.com/o/n@{ID}",
        ID,
        None,
    ),
}


@pytest.mark.parametrize(("text", "expected"), COPIES.items(), ids=[url[:70] for url in COPIES])
def test_an_archived_repository_names_its_origin(
    text: str, expected: tuple[LinkKind, str, str | None, str | None]
) -> None:
    link = link_in(f"Code: {text}")
    kind, key, at, place = expected
    assert link.kind is kind and link.target is not None
    assert link.target.key == key
    assert (link.target.commit or link.target.ref, link.target.path) == (at, place)


WITHOUT_ORIGIN = {
    f"swh:1:dir:{ID}": (LinkKind.SWHID, f"swh:1:dir:{ID}"),
    f"{SWH}/swh:1:rev:{ID}/": (LinkKind.SWHID, f"swh:1:rev:{ID}"),
    f"{SWH}/browse/directory/{ID}/": (LinkKind.SWHID, None),
    f"{SWH}/": (LinkKind.OTHER, None),
    "https://web.archive.org/web/2020/https://lab.org/waves": (LinkKind.ARCHIVED, None),
    "https://archive.ph/abcde": (LinkKind.ARCHIVED, None),
    "https://perma.cc/AB12-CD34": (LinkKind.ARCHIVED, None),
}


@pytest.mark.parametrize(("text", "expected"), WITHOUT_ORIGIN.items())
def test_an_archived_place_that_names_no_repository(text: str, expected: tuple[LinkKind, str | None]) -> None:
    link = link_in(f"See {text}")
    assert (link.kind, link.name) == expected
    assert link.repository is None


@pytest.mark.parametrize(
    "text",
    [
        "The code is provided as ancillary files.",
        "Source code: https://arxiv.org/src/2301.00001/anc",
        "All scripts are available in the anc/ folder of this submission.",
        "Our code is in the ancillary files at arxiv.org/src/2301.00001v2/anc/run.py.",
    ],
)
def test_ancillary_files_are_a_link(text: str) -> None:
    paper = read(text)
    assert [(link.kind, link.host) for link in paper.links] == [(LinkKind.ANCILLARY, "arxiv.org")]
    assert paper.code_status is CodeStatus.LINKED


STATUSES = {
    "Our code is archived at 10.5281/zenodo.1234567.": CodeStatus.LINKED,
    "Code: https://zenodo.org/record/1234567": CodeStatus.LINKED,
    "The code is available at https://osf.io/ab3de.": CodeStatus.LINKED,
    "Code will be released at https://doi.org/10.5281/zenodo.12.": CodeStatus.PROMISED,
    "The data set is at 10.5281/zenodo.1234567.": CodeStatus.NONE,
    "Tables are given as ancillary files.": CodeStatus.NONE,
    f"Code: swh:1:dir:{ID}": CodeStatus.LINKED,
    f"See swh:1:dir:{ID};origin=https://github.com/o/n": CodeStatus.LINKED,
}


@pytest.mark.parametrize(("text", "status"), STATUSES.items())
def test_an_archive_is_code_where_the_text_says_so(text: str, status: CodeStatus) -> None:
    assert read(text).code_status is status
