"""The commands `query`, `export` and `crate`, as a user calls them: output, one line of complaint, exit code."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from pyoxigraph import RdfFormat, parse

from checker.cli.app import carry_out
from checker.reports.linked_data.endpoint.bundled_queries import QUERIES
from checker.reports.linked_data.graph.names import BASE, TERMS


class Called(NamedTuple):
    code: int
    out: bytes
    complaint: str


Checker = Callable[..., Called]


@pytest.fixture
def checker(
    made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Checker:
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path / "home"))

    def call(*arguments: str, given: bytes = b"", results: Path | None = made_once.parent) -> Called:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        code = carry_out([*arguments, *(["--results", str(results)] if results else [])])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Called(code, out, err.decode())

    return call


def test_shipped_queries_are_listed(checker: Checker) -> None:
    code, said, _ = checker("query", "--list", results=None)
    assert code == 0
    assert [line.split()[0] for line in said.decode().splitlines()] == list(QUERIES)


def test_a_query_by_name_from_a_file_and_from_standard_input(checker: Checker, tmp_path: Path) -> None:
    file = tmp_path / "my.rq"
    file.write_text(QUERIES["top-causes"])
    by_name = checker("query", "top-causes")
    assert by_name[0] == 0
    assert by_name[1].decode().splitlines()[0].split() == ["cause", "whose", "repositories"]
    assert checker("query", str(file)) == by_name
    assert checker("query", "-", given=QUERIES["top-causes"].encode()) == by_name


def test_formats(checker: Checker) -> None:
    _, told, _ = checker("query", "top-causes", "--format", "json")
    assert json.loads(told)["head"]["vars"] == ["cause", "whose", "repositories"]
    _, told, _ = checker("query", "top-causes", "--format", "csv")
    assert next(csv.DictReader(io.StringIO(told.decode())))["whose"] == "repository"
    _, told, _ = checker("query", "top-causes", "--format", "tsv")
    assert told.startswith(b"?cause\t?whose\t?repositories\n")
    _, told, _ = checker("query", "provenance", "--format", "json")
    assert len(list(parse(told, format=RdfFormat.JSON_LD))) > 5


@pytest.mark.parametrize(
    ("arguments", "given", "code", "says"),
    [
        (["query"], b"", 2, "`checker query --list` names them"),
        (["query", "top-cause"], b"", 2, "did you mean top-causes?"),
        (["query", "/nonexistent.rq"], b"", 2, "neither a file nor a shipped query"),
        (["query", "-"], b"\xff\xfe", 2, "-: not UTF-8"),
        (["query", "-"], b"SELECT * {", 2, "query: error at 1:"),
        (["query", "-"], b"CLEAR ALL", 2, "only reading is offered"),
        (["query", "provenance", "--format", "csv"], b"", 2, "--format csv: the query gives a graph"),
        (["query", "top-causes", "--limit-seconds", "0"], b"", 2, "--limit-seconds"),
        (["export", "--base", "nonsense"], b"", 2, "--base nonsense: an address is needed"),
        (["export", "--format", "excel"], b"", 2, "--format"),
        (["crate", "octo/never", "-o", "/nonexistent/x"], b"", 2, "octo/never: never checked"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], given: bytes, code: int, says: str, checker: Checker
) -> None:
    found, said, complaint = checker(*arguments, given=given)
    assert (found, said) == (code, b"")
    assert says in complaint
    assert complaint.startswith("checker: ")
    assert complaint.count("\n") == 1


def test_no_results(checker: Checker, tmp_path: Path) -> None:
    for command in (["query", "top-causes"], ["export"]):
        code, _, complaint = checker(*command, results=tmp_path)
        assert (code, complaint.count("\n")) == (2, 1)
        assert "no results are stored there" in complaint


def test_more_rows_than_the_limit_are_told_of(checker: Checker) -> None:
    given = b"SELECT ?s { ?s a skos:Concept } ORDER BY ?s"
    code, said, complaint = checker("query", "-", "--limit-rows", "2", "--format", "csv", given=given)
    assert (code, said.count(b"\r\n")) == (0, 3)
    assert complaint == "checker: only the first 2 rows; --limit-rows asks for more\n"


def test_the_time_limit_is_kept(checker: Checker) -> None:
    given = b"SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?d ?g ?j"
    code, _, complaint = checker("query", "-", "--limit-seconds", "0.3", given=given)
    assert (code, complaint) == (2, "checker: query: stopped after 0.3 s; ask for less\n")


def test_everything_is_exported_the_same_in_every_format(checker: Checker, tmp_path: Path) -> None:
    graphs = []
    for form, reader in (
        ("turtle", RdfFormat.TURTLE),
        ("jsonld", RdfFormat.JSON_LD),
        ("ntriples", RdfFormat.N_TRIPLES),
    ):
        file = tmp_path / form
        code, said, _ = checker("export", "--format", form, "-o", str(file))
        assert (code, said.decode()) == (0, f"export: {file}\n")
        graphs.append({str(quad) for quad in parse(file.read_bytes(), format=reader)})
    assert graphs[0] == graphs[1] == graphs[2]
    assert len(graphs[0]) > 1500
    assert b"@context" not in (tmp_path / "jsonld").read_bytes(), "every name in full: nothing to fetch"


def test_an_export_can_be_published_under_an_address(checker: Checker) -> None:
    _, data, _ = checker("export", "--base", "https://example.org/lab")
    named = [str(quad) for quad in parse(data, format=RdfFormat.TURTLE)]
    assert any("<https://example.org/lab/check:github.com/octo/passes/" in one for one in named)
    assert not any(f"<{BASE}check:" in one for one in named)
    assert any(f"<{TERMS}reached>" in one for one in named), "terms are named alike everywhere"


def test_the_newest_checks_as_a_table(checker: Checker) -> None:
    _, data, _ = checker("export", "--format", "csv")
    rows = {row["repository"]: row for row in csv.DictReader(io.StringIO(data.decode()))}
    assert rows["octo/passes"]["reached"] == "declared"
    assert len(rows) == 13


def test_an_export_that_cannot_be_written_leaves_nothing(checker: Checker, tmp_path: Path) -> None:
    code, _, complaint = checker("export", "-o", str(tmp_path))
    assert (code, "is a folder" in complaint) == (2, True)
    code, _, complaint = checker("export", "-o", str(tmp_path / "no" / "file"))
    assert (code, complaint.count("\n")) == (3, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_crate_by_name(checker: Checker, tmp_path: Path) -> None:
    folder = tmp_path / "crate"
    code, said, _ = checker("crate", "octo/passes", "-o", str(folder))
    assert (code, said.decode()) == (0, f"crate: {folder}\n")
    assert (folder / "ro-crate-metadata.json").is_file()
    code, _, complaint = checker("crate", "octo/passes", "-o", str(folder))
    assert (code, "not an empty folder" in complaint) == (2, True)
