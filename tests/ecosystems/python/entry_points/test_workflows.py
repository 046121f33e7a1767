"""Workflows: the program that carries them out is a start, the scripts that it hands their files are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.argument_parsers import is_workflow_script
from checker.ecosystems.python.entry_points.find import find_entry_points

HANDED = "import pandas\npandas.read_csv(snakemake.input[0]).to_csv(snakemake.output.table)\n"


@pytest.mark.parametrize("place", ["Snakefile", "workflow/Snakefile"])
def test_a_workflow_is_started_where_its_file_is_committed(tmp_path: Path, place: str) -> None:
    page = "```\nsnakemake --cores 4 --use-conda --profile slurm --sdm=conda all\n```\n"
    tree = make_tree(tmp_path, {"README.md": page, place: "rule all:\n", "scripts/table.py": HANDED})
    found = find_entry_points(tree, read_commands(tree))
    assert [(entry.start, entry.cwd, entry.script) for entry in found] == [
        (("snakemake", "--cores", "4", "all"), ".", place)
    ]
    assert found[0].filled == ("--use-conda → left out", "--profile slurm → left out", "--sdm=conda → left out")


def test_without_its_file_nothing_is_started(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"README.md": "```\nsnakemake --cores 4\n```\n", "a.py": "x = 1\n"})
    assert not [entry for entry in find_entry_points(tree, read_commands(tree)) if entry.declared]


@pytest.mark.parametrize(
    ("text", "handed"),
    [
        (HANDED, True),
        ("def main():\n    print(snakemake.params.n)\nif __name__ == '__main__':\n    main()\n", True),
        ("import snakemake\nsnakemake.config.load()\n", False),
        ("if 'snakemake' in globals():\n    path = snakemake.input[0]\nelse:\n    path = 'a'\n", False),
        ("try:\n    path = snakemake.input[0]\nexcept NameError:\n    path = 'a'\n", False),
        ("print('snakemake')\n", False),
        ("my.snakemake.input\n", False),
    ],
)
def test_a_script_that_is_handed_its_files(text: str, handed: bool) -> None:
    assert is_workflow_script(text) is handed
