"""The scope for static evaluation: known names, functions and files."""

from __future__ import annotations

import ast
import posixpath
import re
from dataclasses import dataclass, field

from checker.core.tree import Tree

#: Expressions evaluated for one file at most.
MAX_STEPS = 20_000

#: Characters or items of a value at most.
MAX_LENGTH = 300_000

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


@dataclass
class Scope:
    """Names known so far in a module, and where its relative paths start."""

    tree: Tree
    folder: str
    names: dict[str, Plain] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    steps: int = 0

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
