from __future__ import annotations

import pytest

from checker.papers.sources.jsonl import read_jsonl
from checker.papers.sources.repositories import is_list, parse_target, read_repositories


def test_lines_that_break_are_named_and_the_others_count() -> None:
    lines = [f'{{"id": "p{n}", "title": "Title {n}", "abstract": "Text."}}' for n in range(1, 10)]
    lines[6] = '{"id": "p7", "title": '
    content = read_jsonl("\n".join(lines), "papers.jsonl")
    assert [entry.id for entry in content.entries] == ["p1", "p2", "p3", "p4", "p5", "p6", "p8", "p9"]
    (problem,) = content.problems
    assert (problem.source, problem.line) == ("papers.jsonl", 7)
    assert str(problem).startswith("papers.jsonl, line 7: broken JSON")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1]", "expected an object"),
        ('"x"', "expected an object"),
        ('{"id": "a"}', "neither a title nor an abstract"),
        ('{"title": 5}', "title must be text"),
        ('{"title": "T", "abstract": ["x"]}', "abstract must be text"),
        ('{"title": "T", "id": {}}', "id must be text"),
        ("[" * 100_000, "broken JSON"),
    ],
)
def test_what_is_no_paper(line: str, message: str) -> None:
    content = read_jsonl(f"\n{line}\n", "x")
    assert content.entries == ()
    assert [problem.line for problem in content.problems] == [2]
    assert message in content.problems[0].message


def test_what_a_line_may_hold() -> None:
    text = '{"id": 12, "title": "T", "year": 3}\n'
    text += '{"title": "A \\ud800", "abstract": null, "published": "2024-05-01T00:00"}'
    first, second = read_jsonl(text, "x").entries
    assert (first.id, second.id, second.title) == ("12", None, "A ?")
    assert str(second.published) == "2024-05-01"


@pytest.mark.parametrize(
    ("more", "categories", "venue"),
    [
        ('"categories": ["cs.LG", "cs.LG", 4, " "], "venue": " ICML\\n2024"', ("cs.LG",), "ICML 2024"),
        ('"categories": "cs.LG stat.ML", "venue": 3', ("cs.LG", "stat.ML"), None),
        ('"categories": {}, "venue": " "', (), None),
    ],
)
def test_research_fields_and_venues(more: str, categories: tuple[str, ...], venue: str | None) -> None:
    (entry,) = read_jsonl(f'{{"title": "T", {more}}}', "x").entries
    assert (entry.categories, entry.venue) == (categories, venue)


def test_a_list_of_repositories() -> None:
    content = read_repositories(
        "# ours\nsea/waves\nsea/tides@0A1B2C3D  # pinned\n\nsea/foam@v1.0\nhttps://github.com/sea/salt/tree/dev\n"
        "git@github.com:sea/sand.git\n- sea/shells\ngitlab.com/coast/north/dunes\n",
        "list.txt",
    )
    assert [(str(t.repository), t.commit, t.ref) for t in content.targets] == [
        ("sea/waves", None, None),
        ("sea/tides", "0a1b2c3d", None),
        ("sea/foam", None, "v1.0"),
        ("sea/salt", None, "dev"),
        ("sea/sand", None, None),
        ("sea/shells", None, None),
        ("gitlab.com/coast/north/dunes", None, None),
    ]
    assert (content.problems, content.listed) == ((), 7)


def test_repetitions_and_broken_lines_are_named() -> None:
    content = read_repositories("sea/waves\nnot a repository\nSea/Waves\nsea/waves@0a1b2c3\n-bad-/x\n", "list.txt")
    assert [str(t.repository) for t in content.targets] == ["sea/waves", "sea/waves"]
    assert [problem.line for problem in content.problems] == [2, 3, 5]
    assert "line 1 already" in content.problems[1].message
    assert content.listed == 3


def test_csv_in_any_order() -> None:
    content = read_repositories(
        'stars,commit,repo\n5,0a1b2c3,sea/waves\n1,,"sea/tides"\n2,main,sea/foam\n,,\n', "l.csv"
    )
    assert [(t.repository.name, t.commit, t.ref) for t in content.targets] == [
        ("waves", "0a1b2c3", None),
        ("tides", None, None),
        ("foam", None, "main"),
    ]
    assert [problem.line for problem in content.problems] == [5]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "sea",
        "sea/",
        "/waves",
        "sea waves/x",
        "../..",
        "sea/..",
        "topics/x",
        "https://a.org/o/n",
        "sea/x@--upload-pack=y",
    ],
)
def test_what_is_no_repository(written: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_target(written)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sea/waves\n", True),
        ("# c\n\nsea/waves@1\nsea/tides\nbroken line here\n", True),
        ("repo,commit\n", True),
        ("https://github.com/sea/waves\nhttps://github.com/sea/tides\n", True),
        ("Waves Everywhere\n\nWe study waves.\n", False),
        ("https://github.com/sea/waves\n", False),
        ("and/or is a title\n\nText.", False),
        ("", False),
    ],
)
def test_lists_are_told_by_their_lines(text: str, expected: bool) -> None:
    assert is_list(text) is expected
