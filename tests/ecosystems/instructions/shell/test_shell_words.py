"""Command lines as authors write them, split as a shell would."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.instructions.placeholders import has_placeholder
from checker.ecosystems.instructions.shell.walker import split_commands
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.find import find_entry_points


@pytest.mark.parametrize(
    ("line", "arguments", "is_open"),
    [
        ("score.py --gold [gold file] --kind [evaluation kind]", ["--gold", "[gold file]"], True),
        ("score.py --gold <path to the file> b", ["--gold", "<path to the file>"], True),
        ("score.py --gold <file> b", ["--gold", "<file>"], True),
        ("score.py --sizes [1, 2, 3]", ["--sizes", "[1,"], False),
        ("score.py --name a[0 1]", ["--name", "a[0"], False),
        (
            "score.py out={path to the folder for what is scored} b",
            ["out={path to the folder for what is scored}", "b"],
            True,
        ),
        ("score.py sets=[list of sets, commas between] b", ["sets=[list of sets, commas between]", "b"], True),
        ("score.py -c {a: 1, b: 2} c", ["-c", "{a: 1, b: 2}"], False),
        ("score.py --name <never closed at all", ["--name", "<never"], True),
        ("score.py --gold gold.txt < more.txt", ["--gold", "gold.txt"], False),
    ],
)
def test_a_mark_of_several_words_is_one_argument(line: str, arguments: list[str], is_open: bool) -> None:
    [(_, argv, *_)] = split_commands(f"python {line}")
    assert list(argv[2:4]) == arguments
    assert has_placeholder(*argv) is is_open


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("draw.py \u2014color red \u2013shape cube \u2013k 3", ["--color", "red", "--shape", "cube", "-k", "3"]),
        ("draw.py --title \u201ca b\u201d --by \u2018ada\u2019", ["--title", "a b", "--by", "ada"]),
        ("draw.py 1990\u20131995 a \u2014 b", ["1990\u20131995", "a", "\u2014", "b"]),
    ],
)
def test_dashes_and_quotes_of_a_word_processor_are_those_typed(line: str, arguments: list[str]) -> None:
    [(_, argv, *_)] = split_commands(f"python {line}")
    assert list(argv[2:]) == arguments


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("fit.py --set [cora|pub med] --k 3", [("fit.py", "--set", "[cora,pub med]", "--k", "3")]),
        ("fit.py --set <a | b | c>", [("fit.py", "--set", "<a,b,c>")]),
        ("fit.py {train|test}", [("fit.py", "{train,test}")]),
        ("fit.py [a] | tee log.txt", [("fit.py", "[a]"), ("tee", "log.txt")]),
        ("fit.py < in.txt | tee > out.txt", [("fit.py",), ("tee",)]),
        ("[ -f a ] | fit.py [b]", [("fit.py", "[b]")]),
    ],
)
def test_a_bar_within_a_mark_is_no_pipe(line: str, commands: list[tuple[str, ...]]) -> None:
    assert [each.argv for each in split_commands(line)] == commands


@pytest.mark.parametrize("now", ["$(date +%s)", "`date +%m-%d_%H%M`", "$(date '+%d %H')"])
def test_the_time_in_a_name_is_one_word(now: str) -> None:
    [(_, argv, *_)] = split_commands(f"python fit.py --out=runs/a-{now} --steps 3")
    assert argv[2:] == ("--out=runs/a-20000101", "--steps", "3")


def test_an_empty_word_is_an_argument() -> None:
    assert [each.argv for each in split_commands("python fit.py --resume '' --steps 3 && cd a")] == [
        ("python", "fit.py", "--resume", "", "--steps", "3"),
        ("cd", "a"),
    ]


def test_a_value_that_a_script_leaves_empty_stays_an_argument(tmp_path: Path) -> None:
    script = 'resume=""\npython fit.py --resume "${resume}" --steps 3\n'
    files = {"README.md": "```\nbash run.sh\n```\n", "run.sh": script, "fit.py": "import argparse\n"}
    tree = make_tree(tmp_path, files)
    [entry] = [entry for entry in find_entry_points(tree, read_commands(tree)) if entry.declared]
    assert entry.start == ("python", "fit.py", "--resume", "", "--steps", "3")
