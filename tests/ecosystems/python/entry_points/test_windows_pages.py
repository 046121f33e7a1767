"""Pages for Windows: paths, prompts, how lines go on; and what a console prints beside commands."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.declared.page_commands import read_commands
from tests.ecosystems.conftest import MakeTree


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ("```bat\nC:\\Users\\ann\\toy> python src\\fit.py --n 3\n```", ["python src/fit.py --n 3"]),
        ("```\n(venv) C:\\toy>venv\\Scripts\\python.exe .\\src\\fit.py\n```", ["python src/fit.py"]),
        ("```bat\npython src\\fit.py ^\n  --n 3\n```", ["python src/fit.py --n 3"]),
        ("```powershell\nPS C:\\toy> python src\\fit.py `\n  --n 3\n```", ["python src/fit.py --n 3"]),
        ("```\npython main.py --label '\\alpha\\beta'\n```", ["python main.py --label \\alpha\\beta"]),
        (
            "```console\n$ python main.py --n 1\nusage: m [-h]\npython main.py --n 9\n$ python main.py --n 2\n```",
            ["python main.py --n 1", "python main.py --n 2"],
        ),
        ("```console\n$ python main.py \\\n    --n 1\n[1]\n```", ["python main.py --n 1"]),
        ("```console\n$ for i in 1 2; do\n    python main.py --n $i\n  done\n```", ["python main.py --n 1"]),
        ("```\nCMD='python main.py'\n$CMD --n 1\n```", ["python main.py --n 1"]),
        ("```\nset -euo pipefail; python main.py --n 1\n```", ["set -euo pipefail", "python main.py --n 1"]),
        ("```\nfor s in {1..3}; do python main.py --n $s; done\n```", ["python main.py --n 1"]),
        ("```python\n%pip install six\n!python main.py\n```", ["pip install six", "python main.py"]),
        ("```\nfor x in range(3):\n    python = x\n```", []),
        ("```console\npython main.py --n 1\n```", ["python main.py --n 1"]),
    ],
)
def test_what_is_a_command_and_what_it_runs(make_tree: MakeTree, block: str, found: list[str]) -> None:
    tree = make_tree({"README.md": f"{block}\n", "src/fit.py": "1", "main.py": "1"})
    assert [" ".join(command.argv) for command in read_commands(tree)][: len(found) + 1] == found
