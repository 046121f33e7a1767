"""Parses shell text by its grammar, within bounds: what cannot be parsed in time counts as not parsed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from checker.ecosystems.instructions.shell.text import ShellText

#: How often the parser may report progress before it is stopped, for a text and for each of its bytes. Scripts
#: that people wrote need at most 0.013 for each byte, long ones 0.005; text made to be slow needs more and more.
BASE_PROGRESS = 40
PROGRESS_OF_A_BYTE = 0.006
MAX_PROGRESS = 500

#: Rows of a construct in a text that does not parse as a whole, and tries in one text to find where they end.
MAX_ROWS_OF_A_CONSTRUCT = 60
MAX_TRIES = 600

#: Characters of a line that is parsed by itself, and lines of a text that are read without the grammar.
MAX_LINE = 4_000
MAX_UNPARSED = 2_000

#: How a row may be completed that opens a construct whose other rows do not parse.
_HEAD = re.compile(r"\s*(?:for|while|until|if|select)\b")
_COMPLETIONS = ("\n:\ndone", "\n:\nfi", "\ndo :; done", "\nthen :; fi")

_OPENS = re.compile(
    r"^\s*(?:for|while|until|if|case|function|select)\b|^\s*[\w-]+\s*\(\)|<<|[({|&]\s*$|^[^'\"]*[\"'][^'\"]*$"
)
_WITHIN = re.compile(r"^\s*(?:then|do|else|fi|done|esac|;;|\}|\{)(?:\s+|\s*;\s*|$)|^\s*[\w*|\"'.-]+\)\s|;;\s*$")
#: What a text is made of, and what stands between.
_STATEMENT_NAMES = """
command redirected_statement list pipeline negated_command subshell compound_statement if_statement
while_statement for_statement c_style_for_statement case_statement function_definition variable_assignment
variable_assignments declaration_command unset_command test_command
"""
_STATEMENTS = frozenset(_STATEMENT_NAMES.split())
_BETWEEN = frozenset({"comment", ";", "&", ";;", "\n", "ERROR"})
_LANGUAGE = Language(tree_sitter_bash.language())
_local = threading.local()


class Piece(NamedTuple):
    """A part of a text that was parsed: its node, and the row that the node's first row is in the text."""

    node: Node
    row: int


class Unparsed(NamedTuple):
    """A logical line that the grammar does not cover, and its row."""

    line: str
    row: int


class _Budget:
    """What is left for parsing one text, all tries together."""

    def __init__(self, text: str) -> None:
        self.left = min(BASE_PROGRESS + int(len(text) * PROGRESS_OF_A_BYTE), MAX_PROGRESS)

    def is_spent(self, _offset: int, _has_error: bool) -> bool:
        """Count a report of the parser; True tells it to stop."""
        self.left -= 1
        return self.left < 0


def _parse(text: str, budget: _Budget) -> Node | None:
    """Return the root of a text's syntax tree, with errors in it or without; None where parsing took too long."""
    if budget.left < 0:
        return None
    parser: Parser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = Parser(_LANGUAGE)
    data = text.encode("utf-8", "replace")
    try:
        return parser.parse(lambda at, _: data[at:], progress_callback=budget.is_spent).root_node
    except ValueError:
        parser.reset()
        return None


def read_pieces(text: ShellText) -> Iterator[Piece | Unparsed]:
    """Yield the statements of a text in order; where it has errors, those of the lines that parse."""
    root = _parse(text.prepared, _Budget(text.prepared))
    if root is not None and not root.has_error:
        yield Piece(root, 0)
        return
    lines = text.prepared.split("\n")
    reader = _ByLines(text, lines)
    nodes = root.children if root is not None else []
    broken = _find_broken_rows(nodes, len(lines)) if root is not None else set(range(len(lines)))
    done = 0
    for node in nodes:
        row = node.start_point.row
        if row in broken or row < done:
            continue
        yield from reader.read(done, row, broken)
        yield Piece(node, 0)
        done = max(done, node.start_point.row)
        broken -= set(range(node.start_point.row))
    yield from reader.read(done, len(lines), broken)


def _find_broken_rows(nodes: list[Node], count: int) -> set[int]:
    """Return the rows of the statements that hold an error, and of those that share a row with them."""
    broken: set[int] = set()
    debris = next((node for node in nodes if node.type not in _STATEMENTS and node.type not in _BETWEEN), None)
    if debris is not None:  # the parser lost its way here, and what follows is what it stumbled over
        broken.update(range(debris.start_point.row, count))
    for node in nodes:
        if node.has_error or node.is_error or node.is_missing:
            broken.update(range(node.start_point.row, node.end_point.row + 1))
    for _ in range(2):
        for node in nodes:
            rows = range(node.start_point.row, min(node.end_point.row + 1, count))
            if broken.intersection(rows):
                broken.update(rows)
    return broken


class _ByLines:
    """Reads the rows of a text that does not parse as a whole, line by line."""

    def __init__(self, text: ShellText, lines: list[str]) -> None:
        self._text, self._lines, self._tries = text, lines, MAX_TRIES
        self._budget = _Budget(text.prepared)
        self._unparsed = MAX_UNPARSED

    def read(self, start: int, end: int, broken: set[int]) -> Iterator[Piece | Unparsed]:
        """Yield what the broken rows from `start` to before `end` hold."""
        at = start
        while at < end:
            if at not in broken or not self._lines[at].strip():
                at += 1
                continue
            last = min(self._text.end_of_line(at), len(self._lines) - 1)
            line = "\n".join(self._lines[at : last + 1]).rstrip("\\\n")
            piece, after = self._parse_construct(line, at, last, end)
            if piece is not None:
                yield Piece(piece, at)
            elif self._unparsed > 0:
                self._unparsed -= 1
                yield Unparsed(line, at)
            at = after + 1

    def _parse_construct(self, line: str, row: int, last: int, end: int) -> tuple[Node | None, int]:
        """Parse a line by itself, or with those that complete it; return its node and its last row."""
        bare = line
        while (within := _WITHIN.search(bare)) is not None and within[0]:
            bare = bare[: within.start()] + bare[within.end() :]
            if not bare.strip():
                return self._parse(":"), last
        node = self._parse(bare)
        if node is None and self._tries > 0 and _OPENS.search(line):
            for until in range(last + 1, min(row + MAX_ROWS_OF_A_CONSTRUCT, end)):
                self._tries -= 1
                whole = self._parse("\n".join(self._lines[row : until + 1]))
                if whole is not None:
                    return whole, until
        for completion in _COMPLETIONS if node is None and _HEAD.match(bare) else ():
            node = node or self._parse(bare + completion)
        return node, last

    def _parse(self, text: str) -> Node | None:
        if self._tries <= 0 or len(text) > MAX_LINE:
            return None
        root = _parse(text + "\n", self._budget)
        return root if root is not None and not root.has_error else None
