"""Code on a command line (`python -c …`) starts the repository where it imports its modules and no other does."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.survey import survey

FILES = {"app/__init__.py": "", "src/lib/core.py": "", "main.py": "", "tools.py": ""}


@pytest.mark.parametrize(
    ("page", "starts"),
    [
        ('python -c "import app"', [("python", "-c", "import app")]),
        ('poetry run python -c "import app; app.go()"', [("python", "-c", "import app; app.go()")]),
        ("python3 -u -c 'from lib.core import x' 3", [("python", "-u", "-c", "from lib.core import x", "3")]),
        ('python -c "import torch; print(torch.__version__)"', []),
        ('python -c "print(1"', []),
        ("python -c", []),
        ('python -c "import app"\npython main.py', [("python", "main.py")]),
    ],
)
def test_code_on_a_line(make_tree, page: str, starts: list[tuple[str, ...]]) -> None:
    seen = survey(make_tree({**FILES, "README.md": f"```\n{page}\n```\n"}))
    assert [entry.start for entry in seen.entry_points if entry.declared] == starts
