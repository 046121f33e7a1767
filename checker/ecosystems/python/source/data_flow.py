"""Says whether a line of a function may depend on another, by the names that statements read and write. Pure.

    files = glob("data/*.png")      # 1
    rows = [read(file) for file in files]
    print(rows[0])                  # depends on line 1

The order of lines and the types of values are left out: in doubt a line depends on the other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class _Statement:
    """One statement without the body of a compound one; `within` are the statements that it stands in.

    `handled` are the names that an `if` gives a value whether it holds or not.
    """

    first: int
    last: int
    reads: frozenset[str]
    writes: frozenset[str]
    within: tuple[_Statement, ...] = ()
    handled: frozenset[str] = frozenset()


def depends_on(module: ast.Module, function: str, line: int, other: int) -> bool:
    """Whether what `line` of a function does may follow from what `other` of it found.

    `function` is `<module>` for a file's own statements. True where the lines cannot be found.
    """
    try:
        statements = tuple(_list_statements(find_body(module, function, line), ()))
    except RecursionError:
        return True
    here, asked = _find_covering(statements, line), _find_covering(statements, other)
    if here is None or asked is None:
        return True
    return asked in _follow(statements, here)


def _follow(statements: Sequence[_Statement], here: _Statement) -> set[_Statement]:
    """Return the statements that give the names that one reads their values, and those that decide on them."""
    writers: dict[str, list[_Statement]] = {}
    for each in statements:
        for name in each.writes:
            writers.setdefault(name, []).append(each)
    reached = {here, *here.within}
    waiting = [name for each in reached for name in each.reads]
    known: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in known:
            continue
        known.add(name)
        for each in writers.get(name, ()):
            deciding = [outer for outer in each.within if name not in outer.handled]
            for found in (each, *deciding):
                reached.add(found)
                waiting.extend(found.reads)
    return reached


def find_body(module: ast.Module, function: str, line: int) -> Sequence[ast.stmt]:
    """Return the statements of the innermost function of that name around a line, else the file's own."""
    named = (node for node in ast.walk(module) if isinstance(node, _FUNCTIONS) and node.name == function)
    around = [node for node in named if node.lineno <= line <= (node.end_lineno or node.lineno)]
    return max(around, key=lambda node: node.lineno).body if around else module.body


def _find_covering(statements: Sequence[_Statement], line: int) -> _Statement | None:
    around = [each for each in statements if each.first <= line <= each.last]
    return max(around, key=lambda each: (each.first, -each.last), default=None)


def _list_statements(body: Sequence[ast.stmt], within: tuple[_Statement, ...]) -> Iterator[_Statement]:
    for node in body:
        blocks = [] if isinstance(node, _DEFINITIONS) else _list_blocks(node)
        head = _make_statement(node, blocks, within)
        yield head
        for block in blocks:
            yield from _list_statements(block, (*within, head))


def _list_blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    fields = (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
    blocks = [block for block in fields if block]
    blocks += [handler.body for handler in getattr(node, "handlers", ())]
    return blocks + [case.body for case in getattr(node, "cases", ())]


def _make_statement(node: ast.stmt, blocks: list[list[ast.stmt]], within: tuple[_Statement, ...]) -> _Statement:
    last = node.end_lineno or node.lineno
    if blocks:
        last = max(node.lineno, min(block[0].lineno for block in blocks) - 1)
    inside = [below for block in blocks for below in block]
    reads, writes = _read_names(node, frozenset(map(id, inside)))
    handled: set[str] = set()
    if isinstance(node, ast.If) and node.orelse:
        handled = _list_written(node.body) & _list_written(node.orelse)
    return _Statement(node.lineno, last, frozenset(reads), frozenset(writes), within, frozenset(handled))


def _list_written(body: Sequence[ast.stmt]) -> set[str]:
    return {name for node in body for name in _read_names(node, frozenset())[1]}


def _read_names(node: ast.stmt, left_out: frozenset[int]) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads and writes; what it calls may change what it is called on."""
    reads: set[str] = set()
    writes: set[str] = {node.name} if isinstance(node, _DEFINITIONS) else set()
    for each in _walk(node, left_out):
        if isinstance(each, ast.Name):
            (reads if isinstance(each.ctx, ast.Load) else writes).add(each.id)
        elif isinstance(each, ast.Attribute | ast.Subscript) and not isinstance(each.ctx, ast.Load):
            writes.update(_find_base(each))
        elif isinstance(each, ast.alias):
            writes.add((each.asname or each.name).partition(".")[0])
        elif isinstance(each, ast.ExceptHandler) and each.name:
            writes.add(each.name)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        writes.update(_find_base(node.value.func))
        writes.update(name for given in node.value.args for name in _find_base(given))
    return reads, writes


def _walk(node: ast.AST, left_out: frozenset[int]) -> Iterator[ast.AST]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(child for child in ast.iter_child_nodes(each) if id(child) not in left_out)


def _find_base(node: ast.AST) -> set[str]:
    """Return the name that an attribute or an item belongs to: `self` of `self.files[0]`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
