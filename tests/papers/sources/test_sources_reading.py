from __future__ import annotations

import io
from pathlib import Path

import pytest

from checker.core.errors import UsageError
from checker.papers.links import read_paper
from checker.papers.sources import Inputs, read_inputs

WAVES = "Waves Everywhere\n\nWe study waves with a network. It works. Code: https://github.com/sea-lab/wave-net.\n"


def write(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def from_stdin(text: str | bytes) -> Inputs:
    return read_inputs(["-"], stdin=io.BytesIO(text.encode() if isinstance(text, str) else text))


def test_a_paper_on_several_pages_is_one(tmp_path: Path) -> None:
    first = write(tmp_path / "a.txt", f"Tides\n\nWe study tides. They go.\n\n{WAVES}")
    second = write(tmp_path / "b.txt", WAVES.replace("Waves Everywhere", "Waves  everywhere!"))
    third = write(
        tmp_path / "c.jsonl", '{"id": "arXiv:2301.00001v1", "title": "WAVES EVERYWHERE", "abstract": "W."}'
    )
    inputs = read_inputs([first, second, third])
    assert inputs.entries == 4
    assert [(paper.id, paper.title) for paper in inputs.papers][1] == ("2301.00001", "Waves Everywhere")
    assert inputs.papers[1].sources == (first, second, third)
    assert "https://github.com/sea-lab/wave-net" in inputs.papers[1].abstract
    assert inputs.papers[0].sources == (first,)


def test_ids_are_stable_and_different(tmp_path: Path) -> None:
    one = read_inputs([write(tmp_path / "a.txt", WAVES)]).papers[0].id
    two = read_inputs([write(tmp_path / "b.txt", f"Tides\n\nWe go. And come.\n\n{WAVES}")]).papers
    assert one.startswith("waves-everywhere-")
    assert [paper.id for paper in two][1] == one
    assert two[0].id != one


def test_one_source_may_hold_two_papers_of_the_same_title() -> None:
    papers = from_stdin(
        '{"id": "a", "title": "T", "abstract": "x"}\n{"id": "b", "title": "T", "abstract": "y"}'
    ).papers
    assert [paper.id for paper in papers] == ["a", "b"]


def test_untitled_texts_of_the_same_name_stay_apart(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
    names = [write(tmp_path / f / "note.txt", f"Code: https://github.com/sea/{f}") for f in ("x", "y")]
    papers = read_inputs(names).papers
    assert len({paper.id for paper in papers}) == 2


def test_every_form_gives_its_links(tmp_path: Path) -> None:
    text = "We study. Code: https://github.com/sea/waves."
    forms = {
        "a.txt": f"Waves\n\n{text}",
        "a.md": f"# Waves\n\n{text}",
        "a.jsonl": f'{{"id": "w", "title": "Waves", "abstract": "{text}"}}',
        "utf16.txt": f"Waves\n\n{text}".encode("utf-16"),
        "marked.txt": f"\ufeffWaves\r\n\r\n{text}".encode(),
        "latin.txt": f"Wéves\n\n{text}".encode("latin-1"),
    }
    for name, content in forms.items():
        (paper,) = read_inputs([write(tmp_path / name, content)]).papers
        assert [link.name for link in read_paper(paper).links] == ["waves"], name


@pytest.mark.parametrize(
    "text",
    ["Waves\n\nWe study. It is.", "# Waves\n\nWe study.", '{"title": "Waves", "abstract": "We study."}'],
)
def test_stdin_is_known_by_its_looks(text: str) -> None:
    inputs = from_stdin(text)
    assert [(paper.title, paper.sources) for paper in inputs.papers] == [("Waves", ("stdin",))]


def test_a_list_gives_targets_and_no_papers(tmp_path: Path) -> None:
    first = write(tmp_path / "list.txt", "sea/waves@0a1b2c3\nsea/tides\nsea/tides\n")
    second = write(tmp_path / "list.csv", "repo,commit\nsea/waves,0a1b2c3\n")
    inputs = read_inputs([first, second])
    assert [(target.repository.slug, target.commit) for target in inputs.targets] == [
        ("sea/waves", "0a1b2c3"),
        ("sea/tides", None),
    ]
    assert (inputs.papers, inputs.entries, len(inputs.problems)) == ((), 4, 1)


BAD = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "binary": (bytes(range(256)) * 40, "is a binary file"),
    "zeros": (b"Title\0\0\n", "is a binary file"),
    "PDF": (b"%PDF-1.7\n", "is a PDF"),
    "gzip": (b"\x1f\x8b\x08", "is gzip"),
    "HTML": (b"<!DOCTYPE html><html></html>", "is HTML"),
    "no papers": (b"new\n\nSubscribe\n\nMar 14\n", "holds no papers"),
    "a word": (b"hello\n", "holds no papers"),
}


@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_bad_files_give_one_clear_line(data: bytes, message: str, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.txt", data)
    with pytest.raises(UsageError) as caught:
        read_inputs([bad])
    assert str(caught.value).startswith(f"{bad}: {message}")
    assert "\n" not in str(caught.value)
    good = write(tmp_path / "good.txt", WAVES)
    inputs = read_inputs([bad, good])
    assert [paper.title for paper in inputs.papers] == ["Waves Everywhere"]
    assert [(problem.source, problem.line) for problem in inputs.problems] == [(bad, None)]
    assert inputs.problems[0].message.startswith(message)


def test_all_lines_broken(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.jsonl", "{\n{\n")
    with pytest.raises(UsageError, match=r"bad.jsonl, line 1: broken JSON"):
        read_inputs([bad])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("missing.txt", "missing.txt: no such file"),
        ("sea/waves", "to check one repository: checker repo"),
        ("pigeon:today", "unknown source 'pigeon' .known: arxiv:, huggingface:"),
        ("https://sea.org/papers", "is an address"),
        ("arxiv:what is this", "expected a category"),
        ("huggingface:tomorrow", "expected a date"),
        (".", "is a folder"),
        ("bad\0name", "cannot be read"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_what_cannot_be_an_input(given: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_inputs([given])


def test_no_inputs() -> None:
    with pytest.raises(UsageError, match="no input"):
        read_inputs([])


def test_an_input_named_twice_counts_once(tmp_path: Path) -> None:
    page = write(tmp_path / "a.txt", WAVES)
    assert read_inputs([page, page]).entries == 1


@pytest.mark.timeout(120)
@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".jsonl", ""])
def test_ten_megabytes_on_one_line(suffix: str, tmp_path: Path) -> None:
    line = "We study waves of all kinds [x](y) # and more. " * 220_000
    path = write(tmp_path / f"long{suffix}", line)
    if suffix in (".csv", ".jsonl"):
        with pytest.raises(UsageError, match="line 1") as caught:
            read_inputs([path])
        assert len(str(caught.value)) < 400
    else:
        assert read_inputs([path]).entries == 1


def test_a_long_json_line(tmp_path: Path) -> None:
    abstract = "We study waves. " * 640_000
    inputs = read_inputs([write(tmp_path / "long.jsonl", f'{{"title": "Waves", "abstract": "{abstract}"}}')])
    assert len(inputs.papers[0].abstract) == len(abstract)
