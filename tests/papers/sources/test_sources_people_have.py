"""Files as spreadsheets, reference managers, dumps and web pages give them: nothing is lost or misnamed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from checker.core.errors import UsageError
from checker.core.values.papers import Paper
from checker.papers.links import read_paper
from checker.papers.sources import Inputs, read_inputs

URL = "https://github.com/sea-lab/waves"
SECOND = "https://github.com/sea-lab/tides"


def read(folder: Path, name: str, data: str | bytes) -> Inputs:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_inputs([str(path)])


def links_of(paper: Paper) -> list[str]:
    return [link.url for link in read_paper(paper).links]


TABLES: dict[str, str | bytes] = {
    "excel": f"sep=;\nID;Title;Abstract\n1;Waves;Code: {URL}\n",
    "a remark on top": f"# exported\n\nid,title,abstract\n1,Waves,Code: {URL}\n",
    "bars": f"id|title|abstract\n1|Waves|Code: {URL}\n",
    "zotero": f'"Key","Title","Abstract Note","Date"\n1,Waves,"Code: {URL}",2020\n',
    "web of science": f"PT\tTI\tAB\tDI\nJ\tWaves\tCode: {URL}\t1\n",
    "german": f"Nr;Titel;Zusammenfassung;Link\n1;Waves;Code: {URL};\n",
    "a column of another name": f"id,title,abstract,GitHub Link\n1,Waves,We study,{URL}\n",
    "a column of no known name": f"id,title,abstract,Extra\n1,Waves,We study,{URL}\n",
    "an abstract of another name": f"id,title,Abstract Text\n1,Waves,Code: {URL}\n",
    "a remark with an address": f'id,title,abstract,comments\n1,Waves,We study,"9 pages, code: {URL}"\n',
    "windows": f"id,title,abstract\n1,Waves,“We study” – code: {URL}\n".encode("cp1252"),
}


@pytest.mark.parametrize("data", TABLES.values(), ids=TABLES)
def test_tables_of_other_programs(tmp_path: Path, data: str | bytes) -> None:
    (paper,) = read(tmp_path, "papers.csv", data).papers
    assert (paper.title, links_of(paper)) == ("Waves", [URL])


def test_a_header_below_words_on_the_table_and_a_repeated_one(tmp_path: Path) -> None:
    text = f"Accepted papers,,\n\nid,title,abstract\n1,Waves,{URL}\n\nID,Title,Abstract\n2,Tides,{SECOND}\n"
    assert [paper.title for paper in read(tmp_path, "a.csv", text).papers] == ["Waves", "Tides"]
    page = f"Waves of the sea\n\nPaper | Code | Demo\n\nWe study waves. Code: {URL}.\n"
    assert links_of(read(tmp_path, "a.txt", page).papers[-1]) == [URL]


def test_windows_quotation_marks_are_kept(tmp_path: Path) -> None:
    (paper,) = read(tmp_path, "a.csv", "title,abstract\nWaves – a “study”,x y\n".encode("cp1252")).papers
    assert paper.title == "Waves – a “study”"


def test_the_address_of_an_artifact_is_the_codes(tmp_path: Path) -> None:
    (paper,) = read(
        tmp_path, "a.csv", "Title,Artifact URL,PDF\nWaves,https://zenodo.org/records/1,https://x.org/p\n"
    ).papers
    assert links_of(paper) == ["https://zenodo.org/records/1"]


def test_a_data_set_in_a_column_is_no_code(tmp_path: Path) -> None:
    text = "Title,Dataset\nWaves,https://huggingface.co/datasets/sea/waves\n"
    assert links_of(read(tmp_path, "a.csv", text).papers[0]) == []


def test_a_quote_that_is_not_closed_costs_its_row_alone(tmp_path: Path) -> None:
    text = f'id,title,abstract\n1,Waves,"Code: {URL}\n2,Tides,Code: {SECOND}\n3,Foam,"a ""b"", c"\n'
    found = read(tmp_path, "a.csv", text)
    assert [paper.id for paper in found.papers] == ["2", "3"]
    assert [problem.line for problem in found.problems] == [2]


@pytest.mark.timeout(60)
def test_many_open_quotes_take_no_time(tmp_path: Path) -> None:
    text = "title,abstract\n" + 'Waves,"open\n' * 40_000 + "Tides,x\n"
    found = read(tmp_path, "a.csv", text)
    assert [paper.title for paper in found.papers] == ["Tides"]


def test_a_table_without_a_known_column_says_so(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"line 1: no column that is known \(title, abstract or repo\): 'Nr;Name'"
    ):
        read(tmp_path, "a.csv", "Nr;Name\n1;Waves\n")


WORDS = {"Code": [0], "at": [1], URL: [2]}
DOCUMENTS: dict[str, object] = {
    "by number": {"p1": {"title": "Waves", "abstract": f"Code: {URL}"}},
    "deep": {"status": "ok", "message": {"items": [{"title": ["Waves"], "abstract": f"<p>Code: {URL}</p>"}]}},
    "paper inside": [
        {"paper": {"id": "1", "title": "Waves", "summary": f"Code: {URL}"}, "publishedAt": "2023-01-01"}
    ],
    "values": {
        "notes": [{"id": "x", "content": {"title": {"value": "Waves"}, "abstract": {"value": f"Code: {URL}"}}}]
    },
    "index of words": {"results": [{"id": "W1", "title": "Waves", "abstract_inverted_index": WORDS}]},
    "number that is none": [{"id": float("nan"), "title": "Waves", "abstract": f"Code: {URL}"}],
    "list in a list": [[{"title": "Waves", "abstract": f"Code: {URL}"}]],
    "title in a list": [{"title": ["Waves"], "abstract": f"Code: {URL}"}],
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_json_of_other_services(tmp_path: Path, document: object) -> None:
    (paper,) = read(tmp_path, "papers.json", json.dumps(document)).papers
    assert (paper.title, links_of(paper)) == ("Waves", [URL])


def test_objects_one_after_another(tmp_path: Path) -> None:
    items = [{"id": "1", "title": "Waves"}, {"id": "2", "title": "Tides"}]
    text = "\n".join(json.dumps(item, indent=1) for item in items)
    assert [paper.id for paper in read(tmp_path, "a.json", text).papers] == ["1", "2"]
    found = read(tmp_path, "b.json", f'{text}\n{{"id": \n')
    assert len(found.papers) == 2
    assert [str(problem).rpartition(": ")[2] for problem in found.problems] == ["broken JSON from here on"]


REPOSITORIES = {
    "a.json": '["sea-lab/waves", "sea-lab/tides"]',
    "b.json": '[{"repo": "sea-lab/waves"}, {"full_name": "sea-lab/tides"}]',
    "c.jsonl": '{"repo": "sea-lab/waves"}\n{"html_url": "https://github.com/sea-lab/tides"}\n',
    "d.txt": "1. sea-lab/waves\n2) sea-lab/tides\n",
    "e.txt": "sea-lab/waves, sea-lab/tides\n",
    "f.txt": '"sea-lab/waves",\n"sea-lab/tides",\n',
    "g.csv": "name,html_url\nx,https://github.com/sea-lab/waves\ny,https://github.com/sea-lab/tides\n",
}


@pytest.mark.parametrize(("name", "text"), REPOSITORIES.items())
def test_lists_of_repositories(tmp_path: Path, name: str, text: str) -> None:
    found = read(tmp_path, name, text)
    assert [str(target.repository) for target in found.targets] == ["sea-lab/waves", "sea-lab/tides"]
    assert found.problems == ()


@pytest.mark.parametrize("sign", [" ", "\t", ",", ", "])
def test_a_commit_behind_the_name(tmp_path: Path, sign: str) -> None:
    found = read(tmp_path, "a.txt", f"sea-lab/waves{sign}0a1b2c3\n")
    assert [(str(t.repository), t.commit) for t in found.targets] == [("sea-lab/waves", "0a1b2c3")]


def test_a_gzip_file_is_unpacked(tmp_path: Path) -> None:
    data = gzip.compress(json.dumps([{"title": "Waves", "abstract": f"Code: {URL}"}]).encode())
    assert read(tmp_path, "papers.json.gz", data).papers[0].title == "Waves"
    for broken, said in ((data[:40], "ends too early"), (data[:2] + b"x" * 40, "broken gzip")):
        with pytest.raises(UsageError, match=said):
            read(tmp_path, "papers.json.gz", broken)


NO_TEXT = {
    b"BZh91AY&SY": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfdabc": "Zstandard",
    b"PAR1abc": "Parquet",
    b"SQLite format 3\0": "database",
    b"\xd0\xcf\x11\xe0\xa1": "old Office",
    b"{\\rtf1 x}": "Rich Text",
    b"<body><p>Code</p></body>": "HTML",
    b"<?xml version='1.0'?><a/>": "XML",
}


@pytest.mark.parametrize(("data", "said"), NO_TEXT.items())
def test_what_is_no_text_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(tmp_path, "papers", data)


def test_a_page_of_markdown_may_begin_with_html(tmp_path: Path) -> None:
    found = read(tmp_path, "README.md", f'<h1 align="center">Waves</h1>\n\nCode: {URL}\n')
    assert links_of(found.papers[0]) == [URL]


IDENTIFIERS = {
    "2301.00001\narXiv:2301.00002v2\n": "arxiv:2301.00001,2301.00002",
    "10.1/a\n": "",
    "10.1000/abc\n": "DOIs",
}


@pytest.mark.parametrize(("text", "said"), IDENTIFIERS.items())
def test_identifiers_alone_are_told_how_to_be_given(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said or "holds no papers"):
        read(tmp_path, "ids.txt", text)


MAIL = f"""------------------------------------------------------------------------------
\\\\
arXiv:2301.00001
Date: Mon, 1 Jan 2023 00:00:00 GMT   (10kb)

Title: Waves of the
  sea
Authors: A B
Categories: cs.LG stat.ML
Comments: 10 pages, see https://sea.org/x
\\\\
  We study waves. Code is at
{URL}.
\\\\ ( https://arxiv.org/abs/2301.00001 ,  10kb)
------------------------------------------------------------------------------
\\\\
arXiv:2301.00002 (*cross-listing*)
Title: Tides
\\\\
  We study tides: {SECOND}.
"""
LISTING = f"""[1] arXiv:2301.00001 [pdf, html, other]
Title: Waves of the sea
Authors: A. B
Comments: see https://sea.org/x
Subjects: Machine Learning (cs.LG); Machine Learning (stat.ML)

We study waves. Code is at {URL}.

[2] arXiv:2301.00002 (cross-list from cs.CV) [pdf]
Title:Tides
Subjects: Machine Learning (cs.LG)
We study tides: {SECOND}.
"""


def test_results_of_a_search_on_arxiv(tmp_path: Path) -> None:
    row = "{}. arXiv:2301.0000{} [pdf, other] cs.LG\n{}\nAuthors: A. B\nAbstract: We study {} △ Less\n"
    row += "Submitted 1 May, 2023; x\n\n"
    text = "Showing 1-2 of 2 results\n\n" + row.format(1, 1, "Waves", URL) + row.format(2, 2, "Tides", SECOND)
    found = read(tmp_path, "a.txt", text)
    assert [(p.id, p.title, links_of(p)) for p in found.papers] == [
        ("2301.00001", "Waves", [URL]),
        ("2301.00002", "Tides", [SECOND]),
    ]
    assert "Submitted" not in found.papers[0].abstract and "△" not in found.papers[0].abstract


def test_authors_between_title_and_abstract_are_no_title(tmp_path: Path) -> None:
    (paper,) = read(tmp_path, "a.txt", f"Title: Waves\nAuthors: A. B\nAbstract: We study waves. {URL}\n").papers
    assert (paper.title, links_of(paper)) == ("Waves", [URL])


@pytest.mark.parametrize("text", [MAIL, LISTING], ids=["mail", "page"])
def test_a_listing_of_arxiv(tmp_path: Path, text: str) -> None:
    first, second = read(tmp_path, "new.txt", text).papers
    assert (first.id, first.title, first.categories) == ("2301.00001", "Waves of the sea", ("cs.LG", "stat.ML"))
    assert links_of(first) == [URL, "https://sea.org/x"]
    assert (second.id, second.title, links_of(second)) == ("2301.00002", "Tides", [SECOND])


def test_a_saved_feed_of_arxiv(tmp_path: Path) -> None:
    entry = f"<id>http://arxiv.org/abs/2301.00001v1</id><title>Waves</title><summary>Code: {URL}</summary>"
    feed = f'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><entry>{entry}</entry></feed>'
    (paper,) = read(tmp_path, "feed.xml", feed).papers
    assert (paper.id, paper.title, links_of(paper)) == ("2301.00001", "Waves", [URL])


TAGGED = {
    "a.ris": f"TY  - JOUR\nTI  - Waves\nAB  - We study.\n  Code: {URL}\nER  - \n"
    f"TY  - JOUR\nT1  - Tides\nUR  - {SECOND}\nER  - \n",
    "b.nbib": f"PMID- 1\nTI  - Waves\nAB  - Code:\n      {URL}\n\nPMID- 2\nTI  - Tides\nAB  - {SECOND}\n",
}


@pytest.mark.parametrize(("name", "text"), TAGGED.items())
def test_reference_managers(tmp_path: Path, name: str, text: str) -> None:
    found = read(tmp_path, name, text)
    assert [(p.title, links_of(p)) for p in found.papers] == [("Waves", [URL]), ("Tides", [SECOND])]


def test_bibtex_with_escaped_addresses_and_letters(tmp_path: Path) -> None:
    text = r"@online{k, title={{\O}rsted and {\ss} \aa}, url = {https\://github.com/sea\_lab/waves}}"
    (paper,) = read(tmp_path, "a.bib", text.replace(r"sea\_lab", "sea-lab").replace("waves", r"wave\_net")).papers
    assert (paper.title, links_of(paper)) == ("Ørsted and ß å", ["https://github.com/sea-lab/wave_net"])


def test_a_list_whose_items_have_plain_titles(tmp_path: Path) -> None:
    first, second = (
        f"Waves in the sea, *Conf 2020* [[code]({URL})]",
        f"Tides and the moon [[paper](x)] [[code]({SECOND})]",
    )
    text = f"# Awesome\n\n- {first}\n- {second}\n"
    found = read(tmp_path, "a.md", text)
    assert [(p.title, links_of(p)) for p in found.papers] == [
        ("Waves in the sea, Conf 2020", [URL]),
        ("Tides and the moon", [SECOND]),
    ]


def test_labels_are_no_titles(tmp_path: Path) -> None:
    text = f"# Waves in the sea\n\n- Our code [code]({URL})\n- The data [data](https://osf.io/ab3de)\n"
    assert [paper.title for paper in read(tmp_path, "a.md", text).papers] == ["Waves in the sea"]


def test_the_links_of_a_shorter_abstract_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"id,title,abstract\n1,Waves,Code: {URL}\n")
    (tmp_path / "b.jsonl").write_text(
        json.dumps({"id": "1", "title": "Waves", "abstract": "We study waves. " * 9})
    )
    for names in (["a.csv", "b.jsonl"], ["b.jsonl", "a.csv"]):
        (paper,) = read_inputs([str(tmp_path / name) for name in names]).papers
        assert paper.abstract.startswith("We study waves.")
        assert links_of(paper) == [URL]
