"""Marks that a script's own parser would refuse get a value, or are left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.tree import Tree
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.fill import Script, fill_arguments
from checker.ecosystems.python.entry_points.find import find_entry_points

NO_FILES = Tree(Path("there-is-none"))

PARSER = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("-b", "--batch", type=int)
p.add_argument("--rate", type=float, default=0.1)
p.add_argument("--set", choices=["cora", "citeseer"])
p.add_argument("--kind", choices=("a", "b"), default="b")
p.add_argument("--name", type=str, default="x")
p.add_argument("--made", choices=NAMES)
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--batch", "<batch-size>"), ("--batch", "1")),
        (("-b", "$BATCH"), ("-b", "1")),
        (("--rate={rate}",), ("--rate=0.1",)),
        (("--set", "[dataset name]"), ("--set", "cora")),
        (("--kind", "<kind>"), ("--kind", "b")),
        (("--set", "set_name"), ("--set", "cora")),
        (("--set=set_name",), ("--set=cora",)),
        (("--batch", "batch_number"), ("--batch", "1")),
        (("--name", "name_id"), ("--name", "name_id")),
        (("--batch", "32"), ("--batch", "32")),
        (("--batch", "BATCH_SIZE"), ("--batch", "1")),
        (("--rate=RATE",), ("--rate=0.1",)),
        (("--rate", "INF"), ("--rate", "INF")),
        (("--set", "SET_NAME"), ("--set", "cora")),
        (("--set", "CORA"), ("--set", "CORA")),
        (("--name", "NAME"), ("--name", "NAME")),
        (("--name", "<name>"), ("--name", "<name>")),
        (("--made", "<made>"), ("--made", "<made>")),
        (("--other", "<n>"), ("--other", "<n>")),
        (("--batch", "runs/<n>"), ("--batch", "runs/<n>")),
        (("--made=[arg,news]",), ("--made=arg",)),
        (("--made", "<arg|news>"), ("--made", "arg")),
        (("--set", "{cora,pubmed}"), ("--set", "cora")),
        (("--made", "<path/to/data>"), ("--made", "<path/to/data>")),
        (("--sizes=[30,60]",), ("--sizes=[30,60]",)),
        (("sets=[a,b]",), ("sets=[a,b]",)),
        (("x.txt", "[--quiet]"), ("x.txt",)),
        (("[-o", "OUT]", "[--log=LOG]", "x.txt"), ("x.txt",)),
        (("[-o", "OUT"), ("[-o", "OUT")),
        (("fit", "[arg=value ...]"), ("fit",)),
        (("fit", "[OPTIONS]"), ("fit",)),
        (("--made", "[options]"), ("--made", "[options]")),
        (("--name", "x", "..."), ("--name", "x")),
        (("…",), ()),
        (("--made", "..."), ("--made", "...")),
        (("...", "x.txt"), ("...", "x.txt")),
    ],
)
def test_a_value_that_the_parser_would_take(arguments: tuple[str, ...], expected: tuple[str, ...]) -> None:
    found, told = fill_arguments(Script(NO_FILES, text=PARSER), arguments)
    assert found == expected
    assert bool(told) is (found != arguments)


def test_options_that_other_files_declare(tmp_path: Path) -> None:
    declared = {"--seed": "type=int, default=7", "--gpus": "type=int, nargs='+', default=[3]", "--name": ""}
    base = "\n".join(f"p.add_argument({name!r}, {rest})" for name, rest in declared.items())
    files = {
        "README.md": "```\npython fit.py --seed $SEED --gpus $gpu --name $name --rate $lr\n```\n",
        "fit.py": "from opts import Options\nimport tools\nif __name__ == '__main__':\n    Options()\n",
        "opts/__init__.py": "from .base_options import Options\n",
        "opts/base_options.py": base,
        "tools.py": "p.add_argument('--rate', type=float)\n",  # by its name it declares nothing for others
    }
    tree = make_tree(tmp_path, files)
    entry = next(entry for entry in find_entry_points(tree, read_commands(tree)) if entry.declared)
    assert (entry.start or ())[2:] == ("--seed", "7", "--gpus", "3", "--name", "$name", "--rate", "$lr")


@pytest.mark.parametrize(
    ("argument", "is_open"),
    [
        ("out={path to the output folder}", True),
        ("model.file=<checkpoint>", True),
        ("+data=[list of the sets, with commas]", True),
        ("paths=[{a glob expression}]", True),
        ("sets=[a,b]", False),
        ("sets=[a, b]", False),
        ("model={kind: mlp, width: 3}", False),
        ("out=results/a", False),
        ("--config-name=<name>", False),
    ],
)
def test_an_override_that_a_page_leaves_open_is_left_out(argument: str, is_open: bool) -> None:
    kept, said = fill_arguments(Script(NO_FILES, is_hydra=True), ("seed=3", argument))
    assert kept == (("seed=3",) if is_open else ("seed=3", argument))
    assert said == ((f"{argument} → left out",) if is_open else ())


CLICK = """
import click
@click.command()
@click.option("--data", type=click.Choice(["Netflix", "Dummy"], case_sensitive=False), default="Dummy")
@click.option("-n", "--number", type=click.INT)
@click.option("--place", default="../data/")
def run(data, number, place): ...
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--data", "<dataset>"), ("--data", "Dummy")),
        (("--number=<n>",), ("--number=1",)),
        (("-n", "N"), ("-n", "1")),
        (("--place", "<path>"), ("--place", "<path>")),
    ],
)
def test_options_of_click_are_read_like_those_of_argparse(
    arguments: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert fill_arguments(Script(NO_FILES, text=CLICK), arguments)[0] == expected


IN_ORDER = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("data", choices=["cora", "citeseer"])
p.add_argument("--rate", type=float)
p.add_argument("folder")
p.add_argument("seed", type=int, default=7)
p.add_argument("rest", nargs="*", type=int)
p.add_argument("last", type=int)
"""

CLICK_IN_ORDER = """
import click
@click.command()
@click.argument("model")
@click.argument("seed", default=-1)
@click.argument("name", default="x")
def run(model, seed, name): ...
"""


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (IN_ORDER, ("<data>", "<folder>", "[seed]"), ("cora", "<folder>", "7")),
        (IN_ORDER, ("citeseer", "out", "<n>", "<m>", "<k>"), ("citeseer", "out", "7", "<m>", "<k>")),
        (IN_ORDER, ("--rate", "0.1", "<data>"), ("--rate", "0.1", "<data>")),
        (IN_ORDER, ("DATA", "<folder>"), ("cora", "<folder>")),
        (CLICK_IN_ORDER, ("[model path]", "[seed]", "[name]"), ("[model path]", "-1", "[name]")),
        (IN_ORDER + "s = p.add_subparsers()", ("<data>",), ("<data>",)),
    ],
)
def test_arguments_are_read_by_their_order(
    text: str, arguments: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert fill_arguments(Script(NO_FILES, text=text), arguments)[0] == expected
