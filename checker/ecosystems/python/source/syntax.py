"""Finds which interpreters can run code, from its syntax and its use of the standard library.

Source of every row: the "What's New in Python 3.x" documents.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from checker.core.tree import Tree, once_per_tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.folders import FOREIGN, Folder, find_meanings
from checker.ecosystems.python.source.parsing import can_compile, parse_module, parse_syntax_tree
from checker.ecosystems.python.source.stdlib import find_first_version, find_last_version

#: Source files looked at, shallow ones first.
MAX_SOURCES = 400

#: Characters of a source file that is parsed; longer ones are generated.
MAX_SOURCE = 400_000

_ASIDE = frozenset({Folder.TESTS, Folder.DOCS, Folder.BUILT, *FOREIGN})
_ASIDE_NAMES = re.compile(r"(?:^|/)(?:setup|conftest|test_[^/]*|[^/]*_test)\.py$")

_GENERICS = frozenset({"list", "dict", "tuple", "set", "frozenset", "type"})
_PYTHON2 = re.compile(
    r"^[ \t]*print[ \t]+(?:[\"'\w%]|>>)[^=\n]*$|^[ \t]*except[ \t]+[\w.()]+(?:[ \t]*,[ \t]*\w+)[ \t]*:"
    r"|^[ \t]*raise[ \t]+\w+[ \t]*,|^[ \t]*exec[ \t]+[\"'\w]|<>|(?<![\w\"'])ur[\"']"
    r"|(?<![\w.])0\d+(?![\w.])(?=[,) \n])",
    re.MULTILINE,
)

#: `async` and `await` as names, which Python 3.6 and older allow.
_NAMES_OF_36 = re.compile(r"\b(?:async|await)[ \t]*[=,.):]")

_LATE_SYNTAX: tuple[tuple[re.Pattern[str], int, str], ...] = (
    (re.compile(r"^[ \t]*type[ \t]+\w+(?:\[[^\]]{0,500}\])?[ \t]*=", re.MULTILINE), 12, "type statement"),
    (re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+\[", re.MULTILINE), 12, "type parameters"),
    (
        re.compile(
            r"""\bf"[^"\n{]{0,500}\{[^}"\n]{0,500}"[^"\n]{0,500}"[^}\n]{0,500}\}"""
            r"""|\bf'[^'\n{]{0,500}\{[^}'\n]{0,500}'[^'\n]{0,500}'[^}\n]{0,500}\}"""
        ),
        12,
        "nested quotes",
    ),
)


@dataclass(frozen=True)
class SyntaxBounds:
    """Minor versions of Python 3 between which code runs; `highest` is what removed modules leave."""

    lowest: int = 0
    highest: int | None = None
    python2: bool = False
    evidence: tuple[Evidence, ...] = ()

    def can_parse(self, version: str) -> bool:
        """Say whether an interpreter has the syntax and the modules that code needs."""
        major, _, minor = version.partition(".")
        if self.python2 or major == "2":
            return self.python2 and major == "2"
        return int(minor or 0) >= self.lowest

    def imports(self, version: str) -> bool:
        """Say whether an interpreter still has the standard modules that code uses."""
        minor = version.partition(".")[2]
        return self.highest is None or int(minor or 0) <= self.highest


@dataclass
class _Seen:
    lowest: int = 0
    highest: int | None = None
    low: list[tuple[int, Evidence]] = field(default_factory=list)
    high: list[tuple[int, Evidence]] = field(default_factory=list)
    python2: list[Evidence] = field(default_factory=list)
    files: int = 0
    local: frozenset[str] = frozenset()

    def needs(self, minor: int, claim: str, path: str, line: int) -> None:
        """Record a lower bound."""
        if minor > self.lowest:
            self.lowest = minor
            self.low.append((minor, Evidence(claim=f"{claim}: Python 3.{minor} or later", source=path, line=line)))

    def record_end(self, minor: int, claim: str, path: str, line: int) -> None:
        """Record an upper bound."""
        if self.highest is None or minor < self.highest:
            self.highest = minor
            self.high.append(
                (minor, Evidence(claim=f"{claim}: Python 3.{minor} or earlier", source=path, line=line))
            )


@once_per_tree
def find_syntax_bounds(tree: Tree, folder: str = ".") -> SyntaxBounds:
    """Read the code of a project for what bounds its interpreter; tests, docs and vendored code left out."""
    seen = _Seen(local=_list_local_modules(tree))
    prefix = "" if folder == "." else f"{folder}/"
    sources = [p for p in tree.files if p.endswith(".py") and p.startswith(prefix) and not _is_aside(p)]
    for path in sources[:MAX_SOURCES]:
        text = tree.read(path)
        if len(text) <= MAX_SOURCE:
            seen.files += 1
            _read_file(tree, path, text, seen)
    if seen.python2 and len(seen.python2) * 2 > seen.files:
        claim = f"Python 2 syntax in {len(seen.python2)} of {seen.files} files"
        first = [evidence.model_copy(update={"claim": claim}) for evidence in seen.python2[:3]]
        return SyntaxBounds(python2=True, evidence=tuple(first))
    evidence = [item for _, item in (seen.low[-1:] + seen.high[-1:])]
    return SyntaxBounds(lowest=seen.lowest, highest=seen.highest, evidence=tuple(evidence))


@once_per_tree
def holds_python2(tree: Tree) -> bool:
    """Whether a file of the tree's own is written for Python 2."""
    sources = [path for path in tree.files if path.endswith(".py") and not _is_aside(path)]
    texts = (tree.read(path) for path in sources[:MAX_SOURCES])
    return any(len(text) <= MAX_SOURCE and is_python2(text) for text in texts)


def _is_aside(path: str) -> bool:
    """Whether a file says nothing of the interpreter that the code itself needs."""
    return _ASIDE_NAMES.search(path) is not None or not _ASIDE.isdisjoint(find_meanings(path))


def _list_local_modules(tree: Tree) -> frozenset[str]:
    """Return the names of the tree's own modules: its `parser.py` hides the standard module."""
    files = {posixpath.basename(path)[:-3] for path in tree.files if path.endswith(".py")}
    return frozenset(files | {posixpath.basename(folder) for folder in tree.folders})


def _read_file(tree: Tree, path: str, text: str, seen: _Seen) -> None:
    module = parse_module(tree, text)
    if module is None:
        _judge_broken(path, text, seen)
        return
    _walk(module, path, seen, future=_has_postponed_annotations(module))
    if re.search(r"\bwith\s*\(", text) and not _can_parse_as(text, 8):
        seen.needs(9, "parenthesised context managers", path, 1)


def _can_parse_as(text: str, minor: int) -> bool:
    try:
        parse_syntax_tree(text, feature_version=(3, minor))
    except SyntaxError as error:
        return "context manager" not in str(error).lower()
    return True


def _judge_broken(path: str, text: str, seen: _Seen) -> None:
    """Judge a file that this interpreter cannot parse: Python 2, newer syntax, or plainly broken."""
    for pattern, minor, claim in _LATE_SYNTAX:
        if match := pattern.search(text):
            seen.needs(minor, claim, path, text.count("\n", 0, match.start()) + 1)
            return
    if match := _PYTHON2.search(text):
        line = text.count("\n", 0, match.start()) + 1
        seen.python2.append(Evidence(claim="Python 2 syntax", source=path, line=line, text=match[0].strip()[:200]))


def is_python2(text: str) -> bool:
    """Whether code is Python 2, and no Python 3 reads it."""
    return _PYTHON2.search(text) is not None and not can_compile(text)


def is_valid_nowhere(text: str) -> bool:
    """Whether code is invalid in every Python: this version, newer, older, and Python 2."""
    others = (_PYTHON2, _NAMES_OF_36, *(row[0] for row in _LATE_SYNTAX))
    return not any(pattern.search(text) for pattern in others) and not can_compile(text)


def _has_postponed_annotations(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and node.names[0].name == "annotations"
        for node in module.body
    )


def _walk(module: ast.Module, path: str, seen: _Seen, *, future: bool) -> None:
    """Visit all nodes that always run: code in `try`, or behind a version check, is guarded."""
    stack: list[ast.AST] = [module]
    while stack:
        current = stack.pop()
        if isinstance(current, _TELLING):
            line = getattr(current, "lineno", 1)
            for minor, claim in _find_syntax(current, future=future):
                seen.needs(minor, claim, path, line)
            for used, name in _find_used(current):
                if used.partition(".")[0] not in seen.local:
                    _bound_by_library(used, name, path, line, seen)
        stack.extend(_iterate_children(current))


def _iterate_children(node: ast.AST) -> Iterator[ast.AST]:
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.AST) and not isinstance(child, _LEAVES) and not _is_guarded(child):
                yield child


_LEAVES = (ast.expr_context, ast.operator, ast.cmpop, ast.unaryop, ast.boolop, ast.Constant, ast.Name)


def _is_guarded(node: ast.AST) -> bool:
    if isinstance(node, ast.Try):
        return any(isinstance(child, ast.Import | ast.ImportFrom) for child in node.body)
    if not isinstance(node, ast.If):
        return False
    names = {getattr(child, "attr", getattr(child, "id", "")) for child in ast.walk(node.test)}
    return any("version" in name or name in {"TYPE_CHECKING", "PY2", "PY3"} for name in names)


def _find_syntax(node: ast.AST, *, future: bool) -> Iterator[tuple[int, str]]:
    if (known := _NODES.get(type(node).__name__)) is not None:
        yield known
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if node.args.posonlyargs:
            yield 8, "positional-only parameters"
        if not future:
            yield from _find_annotations(node)
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"removeprefix", "removesuffix"}:
        yield 9, "str.removeprefix or str.removesuffix"


def _find_used(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the (module, name) pairs of the standard library that a node may use; name '' for a module itself."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, ""
            module, _, name = alias.name.partition(".")
            yield (module, name) if name else (module, "")
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield node.module or "", ""
        for alias in node.names:
            yield node.module or "", alias.name
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield node.value.id, node.attr


_NODES = {
    "NamedExpr": (8, "assignment expression"),
    "Match": (10, "match statement"),
    "TryStar": (11, "except*"),
    "TypeAlias": (12, "type statement"),
    "TemplateStr": (14, "template string"),
}


_TELLING = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Call,
    ast.Import,
    ast.ImportFrom,
    ast.Attribute,
    *(node for name in _NODES if (node := getattr(ast, name, None)) is not None),
)


def _find_annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    """Yield what annotations need that are evaluated when the function is defined."""
    arguments = [*node.args.args, *node.args.kwonlyargs]
    for annotation in [*(a.annotation for a in arguments), node.returns]:
        for child in ast.walk(annotation) if annotation is not None else ():
            if isinstance(child, ast.Subscript) and getattr(child.value, "id", "") in _GENERICS:
                yield 9, f"{child.value.id}[…] in an annotation"  # type: ignore[attr-defined]
            elif isinstance(child, ast.BinOp) and isinstance(child.op, ast.BitOr):
                yield 10, "X | Y in an annotation"


def _bound_by_library(module: str, name: str, path: str, line: int, /, seen: _Seen) -> None:
    claim = f"{module}.{name}" if name else f"module {module}"
    added, removed = find_first_version(module, name), find_last_version(module, name)
    if added is not None:
        seen.needs(added, claim, path, line)
    if removed is not None:
        seen.record_end(removed, claim, path, line)
