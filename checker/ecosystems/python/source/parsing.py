"""Parses Python source, one text at a time: CPython 3.11 counts the depth of a syntax tree across all threads."""

from __future__ import annotations

import ast
import threading

_ONE = threading.Lock()


def syntax_tree(text: str, feature_version: tuple[int, int] | None = None) -> ast.Module:
    """Return the syntax tree of a text, as `ast.parse` does.

    Two threads that build trees at once can end with a SystemError (cpython issue 106905), and a worker checks in
    many threads. Nothing is lost by taking turns: only one of them runs at a time anyway.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: the text is no Python, or nested too deeply.

    """
    with _ONE:
        return ast.parse(text, feature_version=feature_version)
