"""What `xargs`, `parallel` and `find -exec` start once for each item is a command of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.declared.page_commands import read_commands


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("seq 3 | xargs -I {} python fit.py {}", [("python", "fit.py", "${item}")]),
        ("ls *.csv | xargs -P 2 -n 1 python fit.py --file", [("python", "fit.py", "--file", "${item}")]),
        ('seq 3 | xargs -I {} bash -c "python fit.py -o x-{}; python eval.py"',
         [("python", "fit.py", "-o", "x-${item}"), ("python", "eval.py")]),
        ("parallel -j 2 python fit.py --seed {} ::: 7 8", [("python", "fit.py", "--seed", "7")]),
        ("parallel 'python fit.py {}' ::: a b", [("python", "fit.py", "a")]),
        (r"find in -name '*.csv' -exec python fit.py {} \;", [("python", "fit.py", "${item}")]),
        ("find . -name '*.pyc' -delete", []),
        ("parallel --jobs 4 < jobs.txt", []),
    ],
)  # fmt: skip
def test_what_is_started_for_each_item(tmp_path: Path, line: str, commands: list[tuple[str, ...]]) -> None:
    tree = make_tree(tmp_path, {"README.md": f"# Lamps\n\n```bash\n{line}\n```\n", "fit.py": "", "eval.py": ""})
    assert [tuple(c.argv) for c in read_commands(tree) if c.argv[0] == "python"] == commands
