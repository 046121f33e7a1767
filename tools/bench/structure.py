"""The shape of the code: rooms with their files and lines, and the longest chain of imports of Python's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import grimp

import checker

PYTHON = "checker.ecosystems.python"

ROOT = Path(checker.__file__).parents[1]


def rooms() -> Mapping[str, tuple[int, int]]:
    """Return (files, lines) of each room, a package with modules; `__init__` counts where it holds code."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted((*ROOT.glob("checker/**/*.py"), *ROOT.glob("workers/**/*.py"))):
        lines = path.read_text(encoding="utf-8").count("\n")
        files, before = found.get(room := str(path.parent.relative_to(ROOT)), (0, 0))
        found[room] = (files + (path.name != "__init__.py"), before + lines)
    return found


def longest_chain(package: str = PYTHON) -> tuple[str, ...]:
    """Return the longest chain of files of a package of which each imports the next."""
    graph = grimp.build_graph("checker")
    files = {name for name in graph.modules if name.startswith(f"{package}.") and not graph.find_children(name)}

    @cache
    def chain(name: str) -> tuple[str, ...]:
        below = sorted(graph.find_modules_directly_imported_by(name) & files)
        return (name, *max(map(chain, below), key=len, default=()))

    return max(map(chain, sorted(files)), key=len)


def structure_words() -> str:
    """Return the figures as a table in plain text."""
    found = rooms()
    rows = [f"{files:4} files {lines:6} lines  {room}" for room, (files, lines) in found.items()]
    chain = longest_chain()
    total = sum(lines for _, lines in found.values())
    rows.append(
        f"{sum(files for files, _ in found.values())} files, {total} lines of Python in {len(found)} rooms"
    )
    rows.append(f"longest chain of imports within {PYTHON}: {len(chain)}")
    rows += [f"  {name.removeprefix(f'{PYTHON}.')}" for name in chain]
    return "\n".join(rows)
