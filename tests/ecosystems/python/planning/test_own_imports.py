"""Which modules of its own a repository's programs import, and from which folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.planning.own_imports import OwnImport, find_own_imports
from checker.ecosystems.python.survey import survey

PAGE = "```\npython main.py\n```\n"


def find(folder: Path, files: dict[str, str]) -> set[tuple[str, tuple[str, ...]]]:
    seen = survey(make_tree(folder, {"README.md": PAGE, **files}))
    found = find_own_imports(seen.entry_points, seen.scan.imports, seen.local, "3.10")
    return {(each.module, each.names) for each in found}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"main.py": "import numpy, json\n"}, set()),
        (
            {"main.py": "from models.backbone import Net\n", "models/__init__.py": ""},
            {("models.backbone", ("Net",))},
        ),
        ({"main.py": "from models import backbone\n", "models/__init__.py": ""}, {("models", ("backbone",))}),
        (
            {
                "main.py": "import near\n",
                "near.py": "def f():\n    import parts.deep\n",
                "parts/a.py": "",
            },
            {("near", ()), ("parts.deep", ())},
        ),
        ({"main.py": "def f():\n    import helpers\n", "helpers.py": ""}, set()),
        (
            {"main.py": "try:\n    import near.x\nexcept ImportError:\n    pass\n", "helpers/__init__.py": ""},
            set(),
        ),
        ({"main.py": "import json.nothing\n"}, set()),
        (
            {"main.py": "import fast\n", "c/setup.py": "setup(ext_modules=[Extension('fast', ['a.c'])])\n"},
            {("fast", ())},
        ),
    ],
)
def test_what_programs_import_of_their_own(
    tmp_path: Path, files: dict[str, str], found: set[tuple[str, tuple[str, ...]]]
) -> None:
    assert find(tmp_path, files) == found


def test_a_program_below_the_root_finds_what_lies_beside_it(tmp_path: Path) -> None:
    files = {"README.md": "```\npython tools/fit.py\n```\n", "tools/fit.py": "import near\n", "tools/near.py": ""}
    seen = survey(make_tree(tmp_path, files))
    found = find_own_imports(seen.entry_points, seen.scan.imports, seen.local, "3.10")
    assert found == (OwnImport(module="near", path=("tools",)),)


def test_a_relative_import_is_named_as_its_package_is(tmp_path: Path) -> None:
    files = {
        "README.md": "```\npython -m lab.run\n```\n",
        "lab/__init__.py": "",
        "lab/run.py": "from .net import Net\nfrom . import tools\n",
    }
    assert find(tmp_path, files) == {("lab.net", ("Net",)), ("lab", ("tools",))}
