"""Small example trees, written where a test wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from checker.core.tree import Tree

MakeTree = Callable[[dict[str, str | bytes]], Tree]


@pytest.fixture
def make_tree(tmp_path: Path) -> MakeTree:
    """Write files (path → text, dedented, or bytes) into a fresh folder and view it as a tree."""

    def make(files: dict[str, str | bytes]) -> Tree:
        for name, content in files.items():
            path = tmp_path / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                path.write_text(dedent(content).lstrip("\n"), encoding="utf-8")
            else:
                path.write_bytes(content)
        (tmp_path / "tree").mkdir(exist_ok=True)
        return Tree(tmp_path / "tree")

    return make
