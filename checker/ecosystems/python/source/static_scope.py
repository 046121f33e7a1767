"""The scope for static evaluation: known names, functions and files."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import ChainMap
from collections.abc import MutableMapping
from dataclasses import dataclass, field

from checker.core.tree import Tree

#: Expressions evaluated for one file at most.
MAX_STEPS = 20_000

#: Characters and items of one value at most, with all that it holds.
MAX_SIZE = 300_000

#: Characters and items of all values at most that the expressions of one file take, each time they take them.
MAX_TAKEN = 10 * MAX_SIZE

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]


class Unknown(Exception):
    """The value is not statically known."""


class Lines(list[Plain]):
    """Lines of a file of the tree, with its path."""

    path: str = ""


class FileText(str):
    """Text of a file of the tree, with its path."""

    __slots__ = ("path",)
    path: str


def measure(value: Plain) -> int:
    """Return the characters and items of a value, with all that it holds as often as it holds it.

    Counting ends where there are too many: a list may hold one value many times, or itself.
    """
    size, waiting = 0, [value]
    while waiting and size <= MAX_SIZE:
        item = waiting.pop()
        size += 1
        if isinstance(item, str):
            size += len(item)
        elif isinstance(item, list):
            size += len(item)
            waiting += item[:MAX_SIZE]
        elif isinstance(item, dict):
            size += sum(map(len, item))
            waiting += item.values()
    return size


@dataclass
class Scope:
    """Names known so far in a module, and where its relative paths start."""

    tree: Tree
    folder: str
    names: MutableMapping[str, Plain] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    steps: int = 0
    taken: int = 0

    def take(self, value: Plain) -> Plain:
        """Return a value that an expression has; what is made of several is no larger than what was taken.

        Raises:
            Unknown: it is too large, or the file has taken too much.

        """
        if self.taken > MAX_TAKEN:
            raise Unknown
        size = measure(value)
        self.taken += size
        whole_file = isinstance(value, FileText | Lines)  # bounded where it was read
        if size > MAX_SIZE and not whole_file:
            raise Unknown
        return value

    def with_name(self, name: str, value: Plain) -> Scope:
        """Return the scope inside a comprehension; `follow` counts what it took."""
        names = ChainMap({name: value}, self.names)
        return Scope(self.tree, self.folder, names, self.functions, self.steps, self.taken)

    def follow(self, inner: Scope) -> None:
        """Count what an inner scope took."""
        self.steps, self.taken = inner.steps, inner.taken

    def listed(self, key: ast.AST) -> str:
        """Return the requirement of that name from a list that the module holds.

        Larger projects keep one list of all requirements and pick from it by name: `deps["numpy"]`.

        Raises:
            Unknown: there is none.

        """
        wanted = key.value if isinstance(key, ast.Constant) else None
        lists = (
            value for value in self.names.values() if isinstance(value, list) and not isinstance(value, Lines)
        )
        for item in (item for value in lists for item in value if isinstance(item, str)):
            self.take(None)
            if isinstance(wanted, str) and re.match(rf"{re.escape(wanted)}(?![\w.-])", item):
                return item
        raise Unknown

    def file(self, path: Plain) -> str:
        """Return the path in the tree of a file that the module names.

        Raises:
            Unknown: there is none.

        """
        if not isinstance(path, str):
            raise Unknown
        for folder in (self.folder, "."):
            inside = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/").lstrip("/")))
            if inside in self.tree:
                return inside
        raise Unknown

    def text(self, path: str) -> FileText:
        """Return the text of a file of the tree."""
        text = FileText(self.tree.read(path))
        text.path = path
        return text


def split_lines(text: FileText) -> Lines:
    """Return the lines of a file's text."""
    lines = Lines(text.split("\n"))
    lines.path = text.path
    return lines
