"""Tells whether a release has a part (module, name, argument) from the texts in its files; nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from checker.ecosystems.python.distributions.archive_contents import bound_names
from checker.ecosystems.python.source.parsing import parse_syntax_tree
from checker.judging.repair_engine import Part

#: Returns the text of a file, None where it cannot be read.
Read = Callable[[str], str | None]

#: Files that star imports and re-exports are followed through.
MOST_FOLLOWED = 8

_COMPILED = (".so", ".pyd", ".pyx")


def has_part(part: Part, listed: Sequence[str], read: Read) -> bool | None:
    """Return whether an archive with these files has a part; None where its texts do not tell.

    A name that a module makes at run time (star import, `__getattr__`, tables of lazy imports) counts as there
    where the module's text holds it as a string: that is how such tables are written.
    """
    archive = _Archive(listed, read)
    path = archive.find(part.module)
    if path is None:
        return None if archive.is_compiled(part.module) else False
    if not part.name:
        return True
    if part.argument:
        return archive.takes(part.module, part.name, part.argument)
    return archive.binds(part.module, part.name)


@dataclass
class _Archive:
    listed: Sequence[str]
    read: Read
    followed: int = 0

    def find(self, module: str) -> str | None:
        """Return the file of a module, wherever the archive keeps it; the shortest path wins."""
        stem = module.replace(".", "/")
        found = (
            name
            for end in (f"{stem}/__init__.py", f"{stem}.py")
            for name in self.listed
            if name == end or name.endswith(f"/{end}")
        )
        return min(found, key=lambda name: (name.count("/"), name), default=None)

    def is_compiled(self, module: str) -> bool:
        """Whether a module is there and has no text."""
        stem = module.replace(".", "/")
        return any(
            f"/{name}".rpartition("/")[0].endswith(f"/{stem}".rpartition("/")[0])
            and name.rpartition("/")[2].partition(".")[0] == stem.rpartition("/")[2]
            and name.endswith(_COMPILED)
            for name in self.listed
        )

    def binds(self, module: str, name: str) -> bool | None:
        text = self._follow(module)
        names = None if text is None else bound_names(text)
        if text is None or names is None:
            return None
        if name in names or self.find(f"{module}.{name}") is not None or self.is_compiled(f"{module}.{name}"):
            return True
        told = [self.binds(other, name) for other in _find_stars(module, text, self.find(module) or "")]
        if True in told:
            return True
        if None in told:
            return None
        return _holds_string(text, name) if "*" in names else False

    def takes(self, module: str, name: str, argument: str) -> bool | None:
        """Return whether a function, or the class's `__init__`, takes a keyword argument."""
        text = self._follow(module)
        tree = None if text is None else _parse(text)
        if tree is None:
            return None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                return _accepts(node, argument)
            if isinstance(node, ast.ClassDef) and node.name == name:
                made = [n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
                return _accepts(made[0], argument) if made else None
        path = self.find(module) or ""
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                original = next((a.name for a in node.names if (a.asname or a.name) == name), None)
                if original is not None:
                    return self.takes(_resolve(module, path, node), original, argument)
        told = [self.takes(other, name, argument) for other in _find_stars(module, text or "", path)]
        return next((each for each in told if each is not None), None)

    def _follow(self, module: str) -> str | None:
        path = self.find(module)
        self.followed += 1
        return None if path is None or self.followed > MOST_FOLLOWED else self.read(path)


def _parse(text: str) -> ast.Module | None:
    try:
        return parse_syntax_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _find_stars(module: str, text: str, path: str) -> Iterator[str]:
    """Give the modules that a module star-imports."""
    tree = _parse(text)
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            other = _resolve(module, path, node)
            if other != module and other.partition(".")[0] == module.partition(".")[0]:
                yield other


def _resolve(module: str, path: str, node: ast.ImportFrom) -> str:
    """Return the full name of the module that a statement imports from."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    package = parts if path.endswith("__init__.py") else parts[:-1]
    kept = package[: len(package) - (node.level - 1)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _holds_string(text: str, name: str) -> bool:
    tree = _parse(text)
    return tree is not None and any(
        isinstance(node, ast.Constant) and node.value == name for node in ast.walk(tree)
    )


def _accepts(node: ast.FunctionDef | ast.AsyncFunctionDef, argument: str) -> bool:
    given = node.args
    return given.kwarg is not None or any(a.arg == argument for a in (*given.args, *given.kwonlyargs))
