"""Reads statically which folders a repository's own code and scripts put on the import path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from checker.core.tree import Tree, join
from checker.ecosystems.python.source.parsing import parse_module

_PYTHONPATH = re.compile(r"PYTHONPATH\s*=\s*[\"']?(?P<value>[^\s\"';&|]+)")
_HERE_VARIABLES = re.compile(
    r"\$\{?(?:PWD|PYTHONPATH|\(pwd\)|ROOT|root|BASE_DIR|DIR|SCRIPT_DIR|dirname)\}?|\$\(pwd\)|`pwd`|"
    r"\$\(dirname[^)]*\)"
)


def find_path_edits(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Return for each file the folders of the tree that it puts on the path (`sys.path`, `PYTHONPATH=`)."""
    found: dict[str, tuple[str, ...]] = {}
    for path in tree.files:
        if path.endswith(".py"):
            text = tree.read(path)
            folders = (
                tuple(_find_sys_paths(tree, text, path)) if "sys.path" in text or "addsitedir" in text else ()
            )
        elif path.endswith((".sh", ".bash", ".slurm", ".sbatch")) or PurePosixPath(path).name in {
            "Makefile",
            ".env",
        }:
            folders = tuple(_find_shell_paths(tree.read(path), path))
        else:
            continue
        known = tuple(dict.fromkeys(folder for folder in folders if folder in tree.folders))
        if known:
            found[path] = known
    return found


def _find_shell_paths(text: str, path: str) -> Iterator[str]:
    folder = str(PurePosixPath(path).parent)
    for match in _PYTHONPATH.finditer(text):
        for part in match["value"].split(":"):
            cleaned = _HERE_VARIABLES.sub(".", part)
            if "$" in cleaned or cleaned.startswith("/"):
                continue
            yield join(cleaned)
            yield join(folder, cleaned)


def _find_sys_paths(tree: Tree, text: str, path: str) -> Iterator[str]:
    """Yield the folders that `sys.path.append`, `.insert`, `.extend`, `+=` and `site.addsitedir` name."""
    module = parse_module(tree, text)
    if module is None:
        return
    evaluator = _Evaluator(path)
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            evaluator.assign(node.targets[0].id, node.value)
    for node in ast.walk(module):
        for expression in _find_added(node):
            for value in evaluator.values(expression):
                yield from value


def _find_added(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name in {"sys.path.append", "sys.path.insert", "sys.path.extend", "site.addsitedir", "path.append"}:
            yield from node.args[-1:]
        elif name in {"add_path", "add_to_path", "add_sys_path"}:
            yield from node.args[:1]
    elif isinstance(node, ast.AugAssign | ast.Assign):
        target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
        if ast.unparse(target) == "sys.path":
            yield node.value


class _Evaluator:
    """Computes path expressions over `__file__` and literals; what it does not know, it leaves out.

    A value is a set of candidates, since a relative literal is meant from the working folder: that may be
    the tree's root as well as the file's own folder.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.names: dict[str, ast.expr] = {}
        self.depth = 0

    def assign(self, name: str, value: ast.expr) -> None:
        self.names.setdefault(name, value)

    def values(self, node: ast.expr) -> Iterator[tuple[str, ...]]:
        """Yield the candidates of each path that an expression (or a list of them) stands for."""
        if isinstance(node, ast.List | ast.Tuple):
            for item in node.elts:
                yield from self.values(item)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and self._is_list(node):
            yield from self.values(node.left)
            yield from self.values(node.right)
        else:
            text = self.text(node)
            if text is None:
                return
            if text.startswith("\0"):
                yield (join(text[1:]),)
            elif not text.startswith("/"):
                yield tuple({join(text), join(str(PurePosixPath(self.path).parent), text)})

    @staticmethod
    def _is_list(node: ast.BinOp) -> bool:
        return any(
            isinstance(side, ast.List) or ast.unparse(side) == "sys.path" for side in (node.left, node.right)
        )

    def text(self, node: ast.expr) -> str | None:
        """Return the path, led by NUL where it is known to be inside the tree; None where unknown."""
        self.depth += 1
        try:
            return None if self.depth > 60 else self._evaluate_text(node)
        finally:
            self.depth -= 1

    def _evaluate_text(self, node: ast.expr) -> str | None:  # noqa: PLR0911
        match node:
            case ast.Constant(value=str() as value):
                return value
            case ast.Name(id="__file__"):
                return f"\0{self.path}"
            case ast.Name(id=name):
                value_node = self.names.get(name)
                return self.text(value_node) if value_node is not None else None
            case ast.Attribute(attr="parent", value=inner):
                return self._find_parent(self.text(inner))
            case ast.Subscript(
                value=ast.Attribute(attr="parents", value=inner), slice=ast.Constant(value=int() as up)
            ):
                result = self.text(inner)
                for _ in range(up + 1):
                    result = self._find_parent(result)
                return result
            case ast.BinOp(op=ast.Div() | ast.Add(), left=left, right=right):
                return self._join([left, right], glue="/" if isinstance(node.op, ast.Div) else "")
            case ast.JoinedStr(values=parts):
                inner_parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
                return self._join(inner_parts, glue="")
            case ast.Call():
                return self._call(node)
        return None

    def _call(self, node: ast.Call) -> str | None:  # noqa: PLR0911
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in {"dirname"} and node.args:
            return self._find_parent(self.text(node.args[0]))
        if name == "join" and node.args:
            return self._join(node.args, glue="/")
        if (
            name in {"abspath", "realpath", "normpath", "expanduser", "Path", "PurePath", "str", "fspath"}
            and node.args
        ):
            return self.text(node.args[0])
        if name in {"getcwd", "cwd"}:
            return "."
        if name in {"resolve", "absolute", "as_posix", "joinpath"} and isinstance(node.func, ast.Attribute):
            base = self.text(node.func.value)
            if not node.args or base is None:
                return base
            return self._join([node.func.value, *node.args], glue="/")
        return None

    def _join(self, nodes: list[ast.expr], glue: str) -> str | None:
        pieces = [self.text(item) for item in nodes]
        known = [piece for piece in pieces if piece is not None]
        return glue.join(known) if known and len(known) == len(pieces) else None

    @staticmethod
    def _find_parent(path: str | None) -> str | None:
        if path is None:
            return None
        mark = "\0" if path.startswith("\0") else ""
        bare = path.removeprefix("\0")
        if bare in {"", "."}:
            return "."
        parent = bare.rstrip("/").rpartition("/")[0]
        return f"{mark}{parent or '.'}"
