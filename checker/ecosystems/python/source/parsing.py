"""Parses Python source without warnings, one text at a time, and each text of a tree once."""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from checker.core.memo import Memo
from checker.core.text import replace_half_characters
from checker.core.tree import Tree, once_per_tree

#: Characters of source whose syntax trees one tree keeps; a syntax tree takes about forty bytes for each.
MAX_PARSED = 4_000_000

#: What parsing raises for invalid Python, or a text nested too deeply.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)

#: Constants that cannot be written out again: half a character, an integer of thousands of digits.
_ODD = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]|0[xXoObB][\da-fA-F_]{2000}")

_LARGEST = 2**64

_ONE = threading.Lock()


def parse_syntax_tree(text: str, feature_version: tuple[int, int] | None = None) -> ast.Module:
    """Return the syntax tree of a text, as `ast.parse` does, without its warnings.

    One thread parses at a time. CPython before 3.11.8 counts the depth of a syntax tree across all threads, and
    two that build trees at once can end with a SystemError (cpython issue 106905); and filters of warnings belong
    to the whole process. Nothing is lost by taking turns: parsing does not let another thread run anyway.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: the text is no Python, or nested too deeply.

    """
    with _ignore_warnings():
        module = ast.parse(text, feature_version=feature_version)
    if _ODD.search(text):
        for node in ast.walk(module):
            if isinstance(node, ast.Constant):
                node.value = _make_writable(node.value)
    return module


def _make_writable(value: object) -> Any:
    """Return a constant that can be written out."""
    if isinstance(value, str):
        return replace_half_characters(value)
    return min(value, _LARGEST) if isinstance(value, int) else value


def can_compile(text: str) -> bool:
    """Whether this interpreter compiles a text; what is too deep for it counts as read."""
    try:
        with _ignore_warnings():
            compile(text, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    except (RecursionError, MemoryError):
        return True
    return True


@contextmanager
def _ignore_warnings() -> Iterator[None]:
    with _ONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse_in(tree: Tree, text: str) -> ast.Module:
    """Return the syntax tree of a text of the tree, parsed once and shared: it must not be changed.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `parse_syntax_tree` does, each time.

    """
    found = _cache_parsed_texts(tree.whole).get(text, lambda: _try(text), lambda _: len(text))
    if isinstance(found, ast.Module):
        return found
    raise type(found)(*found.args)  # a fresh one: it takes the frames along that it passes through


def parse_module(tree: Tree, text: str) -> ast.Module | None:
    """Return the syntax tree of a text of the tree, or None where it does not parse."""
    try:
        return parse_in(tree, text)
    except UNREADABLE:
        return None


def forget_syntax(tree: Tree) -> None:
    """Let go of the syntax trees once plans are made: what follows rarely needs one, and they are large."""
    _cache_parsed_texts(tree.whole).clear()


@once_per_tree
def _cache_parsed_texts(tree: Tree) -> Memo[str, ast.Module | Exception]:
    return Memo(MAX_PARSED)


def _try(text: str) -> ast.Module | Exception:
    try:
        return parse_syntax_tree(text)
    except UNREADABLE as error:
        return error.with_traceback(None)
