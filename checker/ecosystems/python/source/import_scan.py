"""Reads the import statements of one file's text: which are guarded, lazy, or meant for another interpreter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from checker.core.text import LineNumbers
from checker.core.tree import Tree
from checker.ecosystems.python.source.conditions import Verdict, judge
from checker.ecosystems.python.source.parsing import UNREADABLE, parse_in

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_EXITS = frozenset({"exit", "quit", "_exit", "abort", "fail", "skip"})
_DYNAMIC = frozenset({"import_module", "__import__", "importorskip"})
_TOLERANT = re.compile(
    r"^(?P<indent>[ \t]*)(?:from[ \t]++(?P<dots>\.*+)(?P<source>[A-Za-z_][\w.]*|)[ \t]+import[ \t]+"
    r"(?P<names>[^#\n;]+)"
    r"|import[ \t]+(?P<modules>[A-Za-z_][\w.]*(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[A-Za-z_][\w.]*"
    r"(?:[ \t]+as[ \t]+\w+)?)*)[ \t]*(?:[#;\\].*)?$)",
    re.MULTILINE,
)
_PYTHON2 = re.compile(
    r"^[ \t]*print[ \t]+[^\s(=.,\[]|^[ \t]*print[ \t]*>>|^[ \t]*except[ \t]+[\w.()]+[ \t]*,[ \t]*\w+[ \t]*:"
    r"|^[ \t]*exec[ \t]+[\"'\w]|^[ \t]*raise[ \t]+\w+[ \t]*,|<>|\b0[0-7]+[lL]?\b(?!\.)|\bur[\"']",
    re.MULTILINE,
)
_MERGE = re.compile(r"^(<{7}|>{7})( |$)", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """One imported module as a file names it.

    `module` is dotted and without leading dots, `level` counts those dots; `names` is what is taken from it.
    `optional` says why the import is optional ('' where it is required); `lazy` that it is inside a function
    or behind a condition; `instead` names the modules that the other branch of its guard imports.
    """

    module: str
    line: int
    level: int = 0
    names: tuple[str, ...] = ()
    optional: str = ""
    lazy: bool = False
    dynamic: bool = False
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Broken:
    """A file that does not parse: `kind` is `python 2`, `merge markers` or `syntax`."""

    kind: str
    line: int
    message: str


@dataclass(frozen=True)
class _Context:
    optional: str = ""
    lazy: bool = False
    instead: tuple[str, ...] = ()


def scan_source(tree: Tree, text: str, python: str = "3.8") -> tuple[tuple[Found, ...], Broken | None]:
    """Return the imports of a source text of the tree in order, and what is broken about it.

    A text that does not parse is read line by line instead: its imports are still found, without
    telling which are guarded.
    """
    try:
        module = parse_in(tree, text)
    except UNREADABLE as error:
        return tuple(_scan_tolerantly(text)), _explain_broken(text, error)
    try:
        return tuple(_Scanner(python, text).scan_statements(module.body, _Context())), None
    except RecursionError:
        return tuple(_scan_tolerantly(text)), None


class _Scanner:
    """Walks statements with what is known about the place they stand in."""

    def __init__(self, python: str, text: str) -> None:
        self.python = python
        self._is_dynamic = any(name in text for name in _DYNAMIC)
        self._modules: dict[int, tuple[str, ...]] = {}

    def scan_statements(self, body: Sequence[ast.stmt], context: _Context) -> Iterator[Found]:
        for node in body:
            yield from self.scan_statement(node, context)

    def scan_statement(self, node: ast.stmt, context: _Context) -> Iterator[Found]:
        match node:
            case ast.Import():
                for alias in node.names:
                    yield _make_found(alias.name, node, context)
            case ast.ImportFrom():
                names = tuple(alias.name for alias in node.names)
                yield replace(_make_found(node.module or "", node, context), level=node.level, names=names)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self.scan_statements(node.body, replace(context, lazy=True))
            case ast.Try() | ast.TryStar():
                yield from self.scan_guarded(node, context)
            case ast.If():
                yield from self.scan_branch(node, context)
            case ast.With() | ast.AsyncWith():
                inner = replace(context, optional="suppressed") if _is_suppressing_imports(node) else context
                yield from self.scan_statements(node.body, inner)
            case _:
                yield from self.scan_other(node, context)

    def scan_other(self, node: ast.stmt, context: _Context) -> Iterator[Found]:
        """Descend into loops, classes and matches; look for dynamic imports in anything else."""
        bodies = [getattr(node, name, None) or [] for name in ("body", "orelse")]
        cases = [case.body for case in getattr(node, "cases", [])]
        for body in (*bodies, *cases):
            yield from self.scan_statements([item for item in body if isinstance(item, ast.stmt)], context)
        yield from self.find_dynamic(node, context)

    def find_dynamic(self, node: ast.AST, context: _Context) -> Iterator[Found]:
        """Yield what calls of `import_module` and the like import; most files name none, and are not searched."""
        for call in _calls(node) if self._is_dynamic else ():
            yield from _find_dynamic(call, context)

    def scan_branch(self, node: ast.If, context: _Context) -> Iterator[Found]:
        verdict = judge(node.test, self.python)
        taken, refused = context, context
        match verdict:
            case Verdict.TRUE:
                refused = replace(context, optional=context.optional or "other interpreter")
            case Verdict.FALSE:
                taken = replace(context, optional=context.optional or "other interpreter")
            case Verdict.TYPING:
                taken = replace(context, optional=context.optional or "typing only")
            case Verdict.AVAILABILITY:
                taken = refused = replace(context, optional=context.optional or "where installed")
            case Verdict.UNKNOWN:
                taken = refused = replace(context, lazy=True)
            case Verdict.MAIN:
                pass
        yield from self.scan_statements(node.body, taken)
        yield from self.scan_statements(node.orelse, refused)
        yield from self.find_dynamic(node.test, context)

    def scan_guarded(self, node: ast.Try | ast.TryStar, context: _Context) -> Iterator[Found]:
        catching = [handler for handler in node.handlers if _catches_import(handler)]
        soft = [handler for handler in catching if not _ends_program(handler.body)]
        body_context = context
        if soft:
            others = tuple(dict.fromkeys(chain(*(self._list_modules(handler.body) for handler in soft))))
            optional = context.optional or ("alternative" if others else "guarded")
            body_context = replace(context, optional=optional, instead=others or context.instead)
        yield from self.scan_statements(node.body, body_context)
        own = self._list_modules(node.body)
        for handler in node.handlers:
            handled = context
            if handler in soft and own:
                handled = replace(context, optional=context.optional or "fallback", instead=own)
            yield from self.scan_statements(handler.body, handled)
        yield from self.scan_statements(node.orelse, body_context if soft else context)
        yield from self.scan_statements(node.finalbody, context)

    def _list_modules(self, body: list[ast.stmt]) -> tuple[str, ...]:
        """Return the modules that statements import; each body is read once, however deep guards are nested."""
        if id(body) not in self._modules:
            found = self.scan_statements(body, _Context())
            names = dict.fromkeys(item.module for item in found if item.module and not item.level)
            self._modules[id(body)] = tuple(names)
        return self._modules[id(body)]


def _make_found(module: str, node: ast.stmt, context: _Context) -> Found:
    return Found(
        module=module, line=node.lineno, optional=context.optional, lazy=context.lazy, instead=context.instead
    )


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _catches_import(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_name(kind) in _IMPORT_ERRORS for kind in kinds)


def _ends_program(body: Sequence[ast.stmt]) -> bool:
    """Whether a handler raises or ends the program on its own level, so that its guard guards nothing."""
    for node in body:
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _name(node.value.func) in _EXITS:
            return True
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and not node.test.value:
            return True
    return False


def _is_suppressing_imports(node: ast.With | ast.AsyncWith) -> bool:
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and _name(call.func) in {"suppress", "try_import", "optional_import"}:
            return True
    return False


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of one statement's expressions, without going into nested statements."""
    waiting = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    if isinstance(node, ast.Call):
        yield node
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.Call):
            yield item
        waiting.extend(child for child in ast.iter_child_nodes(item) if not isinstance(child, ast.stmt))


def _find_dynamic(call: ast.Call, context: _Context) -> Iterator[Found]:
    if _name(call.func) not in _DYNAMIC or not call.args:
        return
    first = call.args[0]
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", first.value):
        return
    optional = context.optional or ("skipped without" if _name(call.func) == "importorskip" else "")
    yield Found(first.value, call.lineno, optional=optional, lazy=context.lazy, dynamic=True)


def _scan_tolerantly(text: str) -> Iterator[Found]:
    guard = re.compile(r"^[ \t]*try[ \t]*:[ \t]*$", re.MULTILINE)
    lines = LineNumbers(text)
    guarded_lines = {lines.find(match.end()) + 1 for match in guard.finditer(text)}
    for match in _TOLERANT.finditer(text):
        line = lines.find(match.start())
        optional = "guarded" if line in guarded_lines else ""
        lazy = bool(match["indent"])
        if match["modules"]:
            for part in match["modules"].split(","):
                yield Found(part.split()[0], line, optional=optional, lazy=lazy)
            continue
        level = len(match["dots"] or "")
        if not level and not match["source"]:
            continue
        names = tuple(part.split()[0].strip("()\\ ") for part in match["names"].split(",") if part.strip("()\\ "))
        yield Found(match["source"], line, level=level, names=names, optional=optional, lazy=lazy)


def _explain_broken(text: str, error: Exception) -> Broken:
    line, message = 1, str(error) or type(error).__name__
    if isinstance(error, SyntaxError):
        line, message = error.lineno or 1, error.msg
    marks = _MERGE.search(text)
    if marks:
        return Broken("merge markers", text.count("\n", 0, marks.start()) + 1, "an unresolved merge conflict")
    if _PYTHON2.search(text):
        return Broken("python 2", line, message)
    return Broken("syntax", line, message)
