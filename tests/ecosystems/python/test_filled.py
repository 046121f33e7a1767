"""What a command leaves open is filled in where a committed file of settings says what may stand there."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.filled import filled
from checker.ecosystems.python.option_values import answered

FILES = {
    "main.py": "",
    "configs/celeba.yml": "",
    "configs/bedroom.yml": "",
    "configs/_b/c.yml": "",
    "configs/default.yml": "",
    "configs/a.ini": "",
    "configs/c.py": "p = ArgumentParser()",
    "configs/deep/a.yml": "",
    "configs/vit/small.py": "",
    "data/train.json": "",
    "tools/run.py": "",
    "tools/small.yaml": "",
}


@pytest.mark.parametrize(
    ("argument", "choice"),
    [
        ("{DATASET}.yml", "celeba.yml"),
        ("configs/<name>.yml", "configs/celeba.yml"),
        ("./configs/<name>.yml", "configs/celeba.yml"),
        ("--config=configs/${NAME}.yml", "--config=configs/celeba.yml"),
        ("configs/{bedroom|church}.yml", "configs/bedroom.yml"),
        ("configs/[model]/[size].py", "configs/vit/small.py"),
        ("configs/<name>.yaml", None),
        ("<data>.json", None),
        ("checkpoints/<name>.pth", None),
        ("<config>", "configs/celeba.yml"),
        ("${CONFIG_FILE}", "configs/celeba.yml"),
        ("CONFIG", "configs/celeba.yml"),
        ("PATH/TO/CONFIG/FILE", "configs/celeba.yml"),
        ("path/to/config", "configs/celeba.yml"),
        ("[path to config file]", "configs/celeba.yml"),
        ("configs/vit/{config-file-name}", "configs/vit/small.py"),
        ("configs/none/{config-file-name}", None),
        ("<config_name>", None),
        ("<checkpoint>", None),
        ("CONFIGURED=yes", None),
        ("configs/celeba.yml", None),
    ],
)
def test_a_file_of_settings_that_fits(make_tree, argument: str, choice: str | None) -> None:
    arguments, fillings = filled(make_tree(FILES), ".", (argument,))
    assert arguments == (choice or argument,)
    assert len(fillings) == (choice is not None)


def test_paths_are_relative_to_the_folder_of_the_command(make_tree) -> None:
    assert filled(make_tree(FILES), "tools", ("--config", "<name>.yaml")) == (
        ("--config", "small.yaml"),
        ("<name>.yaml → small.yaml",),
    )


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
    ],
)
def test_a_value_that_the_parser_would_take(arguments: tuple[str, ...], expected: tuple[str, ...]) -> None:
    found, told = answered(PARSER, arguments)
    assert found == expected
    assert bool(told) is (found != arguments)
