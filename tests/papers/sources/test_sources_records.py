"""Papers in the forms that people have: tables, JSON, BibTeX, pages of one paper; whole and broken."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.core.errors import UsageError
from checker.core.values.papers import CodeStatus
from checker.papers.links import read_paper
from checker.papers.sources import Inputs, read_inputs

CSV = """id,title,abstract,url,venue,authors
w1,"Waves, everywhere","We study ""waves"".
They move.",https://github.com/sea/waves,ICML 2024,"A. Ada, B. Bo"
t2,Tides,We study tides. Code: https://gitlab.com/sea/tides,https://openreview.net/forum?id=1,,
"""
DUMP = """[
  {"paper_url": "https://paperswithcode.com/paper/waves", "paper_title": "Waves, everywhere",
   "paper_arxiv_id": "2401.00001", "repo_url": "https://github.com/sea/waves", "is_official": true},
  {"paper_url": "https://paperswithcode.com/paper/waves", "paper_title": "Waves, everywhere",
   "paper_arxiv_id": "2401.00001", "repo_url": "https://github.com/sea/waves-data", "is_official": true},
  {"paper_title": "Waves, everywhere", "paper_arxiv_id": "2401.00001",
   "repo_url": "https://github.com/stranger/waves", "is_official": false, "mentioned_in_paper": false},
  {"paper_title": "Tides", "paper_arxiv_id": null, "repo_url": "https://gitlab.com/sea/tides", "is_official": true}
]
"""
BIB = r"""
% a comment with @ in it
@string{icml = "Proc. of " # "ICML"}
@comment{ @article{no, title = {No}} }
@inproceedings{ada2024waves,
  title     = {{Waves}, \'{e}verywhere \& always},
  author    = "Ada, A. and Bo, B.",
  booktitle = icml # { 2024},
  year      = 2024,
  eprint    = {2401.00001}, archivePrefix = {arXiv},
  note      = {Code: \url{https://github.com/sea/waves\_net}},
}
@article(bo2023tides, title="Tides of {M}ars", doi = {10.1000/tides}, url = {https://gitlab.com/sea/tides},
  abstract={We study {\it tides}. They go.}) @misc{x, title = {Third}, howpublished = {\url{https://codeberg.org/a/b}}}
"""
TABLE = """# Accepted papers

All of them:

| # | Title | Venue | Code |
|--:|:------|-------|------|
| 1 | [Waves, everywhere](https://arxiv.org/abs/2401.00001) | ICML | [GitHub](https://github.com/sea/waves) |
| 2 | **Tides** \\| and more | ICML | https://gitlab.com/sea/tides |
| 3 | Shores | ICML | coming soon |
"""
JOSS = """---
title: 'Waves: a Python package
  for waves'
tags:
  - Python
authors:
  - name: Ada A.
    affiliation: 1
affiliations:
  - name: Sea
    index: 1
date: 13 August 2017
bibliography: paper.bib
repository: sea/waves
---

# Summary

Waves are everywhere.

# Mathematics

$x = 1$

# Acknowledgements of many people

Thanks.
"""


def read(folder: Path, name: str, text: str | bytes) -> Inputs:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_inputs([str(path)])


def slugs(inputs: Inputs) -> dict[str, list[str]]:
    return {
        paper.title: [f"{link.owner}/{link.name}" for link in read_paper(paper).links if link.owner and link.name]
        for paper in inputs.papers
    }


@pytest.mark.parametrize("name", ["papers.csv", "papers.txt", "papers"])
def test_a_table_in_csv(tmp_path: Path, name: str) -> None:
    inputs = read(tmp_path, name, CSV)
    assert slugs(inputs) == {"Waves, everywhere": ["sea/waves"], "Tides": ["sea/tides"]}
    first, second = inputs.papers
    assert (first.id, first.venue, second.id) == ("w1", "ICML 2024", "t2")
    assert 'We study "waves".\nThey move.' in first.abstract and "openreview" not in second.abstract
    assert not inputs.problems and not inputs.targets


@pytest.mark.parametrize(("delimiter", "name"), [(";", "a.csv"), ("\t", "a.tsv")])
def test_other_delimiters_and_names_of_columns(tmp_path: Path, delimiter: str, name: str) -> None:
    rows = (("Paper Title", "Year", "Code Link"), ("Waves", "2024", "sea/waves"), ("Tides", "2023", "n/a"))
    inputs = read(tmp_path, name, "\n".join(delimiter.join(row) for row in rows))
    assert slugs(inputs) == {"Waves": ["sea/waves"], "Tides": []}


def test_a_list_of_repositories_stays_one(tmp_path: Path) -> None:
    inputs = read(tmp_path, "list.csv", "repo,commit,title\nsea/waves,0a1b2c3,Waves\n")
    assert [target.commit for target in inputs.targets] == ["0a1b2c3"] and not inputs.papers


def test_a_dump_has_a_row_for_each_repository_and_other_people_s_code(tmp_path: Path) -> None:
    for name in ("links.json", "links"):
        inputs = read(tmp_path, name, DUMP)
        assert slugs(inputs) == {"Waves, everywhere": ["sea/waves", "sea/waves-data"], "Tides": ["sea/tides"]}
        assert inputs.papers[0].id == "2401.00001"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([{"title": "Waves", "abstract": "Code: https://github.com/sea/waves"}]),
        json.dumps({"count": 1, "results": [{"title": "Waves", "code": "sea/waves"}]}, indent=1),
        json.dumps({"title": "Waves", "repository": ["https://github.com/sea/waves"]}, indent=1),
        '{"title": "Waves", "code_url": "sea/waves"}\n{"title": "Waves", "code_url": null}\n',
    ],
)
def test_other_json(tmp_path: Path, text: str) -> None:
    for name in ("a.json", "a"):
        assert slugs(read(tmp_path, name, text)) == {"Waves": ["sea/waves"]}


@pytest.mark.parametrize("name", ["refs.bib", "refs"])
def test_bibtex(tmp_path: Path, name: str) -> None:
    inputs = read(tmp_path, name, BIB)
    assert slugs(inputs) == {
        "Waves, éverywhere & always": ["sea/waves_net"],
        "Tides of Mars": ["sea/tides"],
        "Third": ["a/b"],
    }
    first, second, _ = inputs.papers
    assert (first.id, first.venue) == ("2401.00001", "Proc. of ICML 2024")
    assert (second.id, second.abstract.splitlines()[0]) == ("10.1000/tides", "We study tides. They go.")
    assert not inputs.problems


@pytest.mark.parametrize("name", ["list.md", "list"])
def test_a_table_in_markdown(tmp_path: Path, name: str) -> None:
    inputs = read(tmp_path, name, TABLE)
    assert slugs(inputs) == {"Waves, everywhere": ["sea/waves"], "Tides | and more": ["sea/tides"], "Shores": []}
    assert inputs.papers[0].id == "2401.00001"
    assert read_paper(inputs.papers[2]).code_status is CodeStatus.PROMISED


def test_a_table_of_results_is_no_list_of_papers(tmp_path: Path) -> None:
    text = "# Waves\n\nCode: https://github.com/sea/waves\n\n| Model | mAP |\n|---|---|\n| A | 1 |\n"
    assert slugs(read(tmp_path, "a.md", text)) == {"Waves": ["sea/waves"]}


@pytest.mark.parametrize("name", ["paper.md", "paper"])
def test_a_page_of_one_paper(tmp_path: Path, name: str) -> None:
    inputs = read(tmp_path, name, JOSS)
    assert slugs(inputs) == {"Waves: a Python package for waves": ["sea/waves"]}
    (paper,) = inputs.papers
    assert str(paper.published) == "2017-08-13" and "Acknowledgements of many people" in paper.abstract


# ---------------------------------------------------------------- broken


BROKEN = [
    ("a.csv", "title,abstract\n", "a.csv: holds no papers"),
    (
        "a.csv",
        "title,abstract\nWaves,We study waves, tides, and more\n",
        "line 2: 4 cells, and the header names 2",
    ),
    ("a.csv", 'title,abstract\n"Waves,x\ny\n', "line 2: a quote is opened and not closed"),
    ("a.csv", 'title,abstract\nA,"B"C\n', "line 2: something stands behind a closing quote"),
    ("a.csv", "title,abstract\n,\n , \n", "holds no papers"),
    ("a.json", "[", "line 1: broken JSON"),
    ("a.json", '[\n{"title": 3}]', "line 2: title must be text, found a number"),
    ("a.json", '[\n{"title": "A"', "line 2: broken JSON"),
    ("a.json", "[" * 100_000, "broken JSON: nested too deeply"),
    ("a.json", '{"a": ' * 100_000, "broken JSON"),
    ("a.json", "[1" + "0" * 10_000 + "]", "broken JSON"),
    ("a.json", "[]", "holds no papers"),
    ("a.json", '"text"', "expected an object"),
    ("a.bib", "@article{waves,\n title = {Waves", "line 1: the entry waves does not end: a brace is not closed"),
    ("a.bib", '\n@article{waves, title = "Waves', "line 2: the entry waves does not end: a quote is not closed"),
    ("a.bib", "@article{waves, title = }", "line 1: the entry waves has a field without a value"),
    ("a.bib", "@article{waves, year = 2024}", "line 1: @article{waves}: neither a title nor an abstract"),
    ("a.bib", "@article{waves, title = {A}; author}", "line 1: the entry waves goes on with '; author}'"),
    ("a.bib", "no entries", "holds no papers"),
    ("a.md", "| Title |\n|---|\n", "holds no papers"),
]


@pytest.mark.parametrize(("name", "text", "said"), BROKEN)
def test_what_is_broken_is_one_line_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, name, text)
    assert said in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("name", "text", "title", "line"),
    [
        ("a.csv", 'id,title,abstract\n1,"A\nB",x\n2,C,y,z\n3,D,w\n', "D", 4),
        ("a.json", '[{"title": "D"},\n{"title": "E"\n', "D", 3),
        ("a.json", '[{"title": "D"},\n[],\n{"title": "E"}]', "E", 2),
        ("a.bib", "@a{x, title={D}}\n@a{y, title={E\n@a{z, title={F}}\n", "F", 2),
    ],
)
def test_the_rest_of_a_broken_file_counts(tmp_path: Path, name: str, text: str, title: str, line: int) -> None:
    inputs = read(tmp_path, name, text)
    assert title in [paper.title for paper in inputs.papers]
    assert [problem.line for problem in inputs.problems] == [line]


#: Name of a file → what it holds; without a suffix the text itself tells what it is.
WHOLE = {"a.csv": CSV, "a.json": DUMP, "a.bib": BIB, "a.md": TABLE, "b.md": JOSS, "a": CSV, "b": BIB, "c": TABLE}
PIECES = st.sampled_from(
    ['"', "{", "}", "[", "]", ",", "|", "\\", "\n", "---\n", "@a{", "=", "#", "\0", "\ud800", "é"]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inputs")


def read_or_complain(folder: Path, name: str, data: bytes) -> None:
    """Read; whatever comes is papers, or one line that begins with the name of the file."""
    began = time.monotonic()
    try:
        inputs = read(folder, name, data)
    except UsageError as error:
        said = str(error)
        assert said.startswith(str(folder / name)) and "\n" not in said and len(said) < 1000
    else:
        assert inputs.papers or inputs.targets
        assert all("\n" not in str(problem) for problem in inputs.problems)
    assert time.monotonic() - began < 10


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(WHOLE)), cut=st.integers(0, 2000))
def test_every_form_may_end_anywhere(folder: Path, name: str, cut: int) -> None:
    read_or_complain(folder, name, WHOLE[name].encode()[:cut])


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(WHOLE)),
    edits=st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 40), PIECES | st.text(max_size=5)), max_size=6),
)
def test_every_form_may_be_mutated(folder: Path, name: str, edits: list[tuple[int, int, str]]) -> None:
    text = WHOLE[name]
    for place, length, piece in edits:
        text = text[:place] + piece + text[place + length :]
    read_or_complain(folder, name, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(WHOLE)), data=st.binary(max_size=300))
def test_every_form_may_be_anything(folder: Path, name: str, data: bytes) -> None:
    read_or_complain(folder, name, data)


UNITS = ['"', "\\", "{", "@a{b,c={", "@a{b,c=", "a | ", '["', "\n\n", "title: ", "#"]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", sorted(WHOLE))
@pytest.mark.parametrize("unit", UNITS)
def test_every_form_may_be_huge(folder: Path, name: str, unit: str) -> None:
    head = WHOLE[name]
    for text in (unit * (300_000 // len(unit)), head + f"{unit}\n" * (40_000 // len(unit))):
        read_or_complain(folder, name, text.encode())
