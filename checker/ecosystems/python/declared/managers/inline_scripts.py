"""Reads what scripts state about themselves in a comment (PEP 723): dependencies, and the Python they need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.declared.formats.pyproject import read_script_table
from checker.ecosystems.python.declared.formats.toml import read_toml
from checker.ecosystems.python.launchers import find_launch, unwrap
from checker.ecosystems.python.stated import Specification

_START, _END = "# /// script", "# ///"

#: Scripts of one tree that are looked at, the shallowest first.
MAX_SCRIPTS = 2_000


def read_inline_scripts(tree: Tree, commands: Iterable[Command], *, stated: bool) -> Iterator[Specification]:
    """Yield what the scripts that pages start state; where nothing is `stated` elsewhere, what any script does."""
    paths = [path for path in tree.files if path.endswith(".py")][:MAX_SCRIPTS]
    started = set(_list_started(tree, commands))
    found = [path for path in (*paths, *sorted(started.difference(paths))) if _START in tree.read(path)]
    chosen = [path for path in found if path in started] or ([] if stated else found)
    for path in chosen:
        specification = _read_script(tree, path)
        if specification is not None:
            yield specification


def _list_started(tree: Tree, commands: Iterable[Command]) -> Iterator[str]:
    """Yield the files that commands start, with Python or by themselves."""
    for command in commands:
        launch, words = find_launch(command.argv), unwrap(command.argv)
        for word in (launch.script if launch is not None else "", words[0] if words else ""):
            yield from (
                path for path in (join(command.cwd, word), posixpath.normpath(word)) if word and path in tree
            )


def read_block(text: str) -> str | None:
    """Return the TOML in a script's comment; None where it has no block that ends."""
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if line.rstrip() == _START), None)
    if start is None:
        return None
    inside: list[str] = []
    last = None
    for line in lines[start + 1 :]:
        if line.rstrip() == _END:
            last = len(inside)
        if not (line == "#" or line.startswith("# ")):
            break
        inside.append(line[2:])
    return None if last is None else "\n".join(inside[:last])


def _read_script(tree: Tree, path: str) -> Specification | None:
    text = tree.read(path)
    block = read_block(text)
    if block is None:
        return None
    data = read_toml(block)
    if isinstance(data, str):
        return Specification(path=path, kind="script", unreadable=(f"{path}: {data}",))
    return read_script_table(tree, path, text, data)
