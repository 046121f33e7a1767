"""Decides what a shell's tests come to where their values are known: `[ "$MODE" = train ]`, `[[ $# -gt 2 ]]`."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from tree_sitter import Node

from checker.ecosystems.instructions.shell.words import Words, get_text

_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
_TESTS = frozenset({"test_command", "negated_command"})
_WHOLE_NUMBER = re.compile(r"-?\d{1,12}")

MAX_DEPTH = 20


def is_test(node: Node) -> bool:
    """Whether a statement only tests something, and runs no program."""
    if node.type == "command":
        return get_text(node.children[0]) in {"true", "false", ":", "test"} if node.children else False
    if node.type in {"list", "negated_command"}:
        return all(is_test(child) for child in node.children if child.is_named)
    return node.type in _TESTS


def decide(node: Node, words: Words, depth: int = MAX_DEPTH) -> bool | None:
    """Return whether a test holds; None where a value is unknown, or holds for one turn of a loop alone."""
    environment = words.environment
    if depth <= 0:
        return None
    named = [child for child in node.children if child.is_named]
    if node.type == "negated_command" and len(named) == 1:
        inner = decide(named[0], words, depth - 1)
        return None if inner is None else not inner
    if node.type == "list" and len(named) == 2:
        return _decide_both(decide(named[0], words, depth - 1), node.children[1].type, named[1], words, depth)
    environment.uses_guess = False
    found = _decide_command(node, words) if node.type == "command" else _test(node, words, depth)
    return None if environment.uses_guess else found


def _decide_both(left: bool | None, operator: str, right: Node, words: Words, depth: int) -> bool | None:
    decides = operator == "||"
    if left is decides:
        return left
    other = decide(right, words, depth - 1)
    return other if left is not None or other is decides else None


def _decide_command(node: Node, words: Words) -> bool | None:
    argv = words.read_all(node.children)
    if argv[:1] == ["test"]:
        return _compare(argv[1], argv[2], argv[3]) if len(argv) == 4 else None
    return {"true": True, ":": True, "false": False}.get(argv[0] if argv else "")


def _test(node: Node, words: Words, depth: int) -> bool | None:
    named = [child for child in node.children if child.is_named]
    if node.type in {"test_command", "parenthesized_expression"} and len(named) == 1:
        return _test(named[0], words, depth - 1) if depth > 0 else None
    if node.type == "unary_expression":
        return _decide_unary(node, named, words, depth)
    if node.type == "binary_expression" and len(node.children) == 3:
        left, operator, right = node.children
        if "expression" in left.type or "expression" in right.type:
            return None
        return _compare(words.read_text(left), get_text(operator).strip(), words.read_text(right))
    if node.type in {"string", "raw_string", "simple_expansion", "expansion"}:
        text = words.read_text(node)
        return None if "$" in text or "`" in text else bool(text)
    return None


def _decide_unary(node: Node, named: list[Node], words: Words, depth: int) -> bool | None:
    operator = get_text(node.children[0]).strip()
    operand = named[-1] if named else None
    if operand is None or depth <= 0:
        return None
    if operator == "!":
        inner = _test(operand, words, depth - 1)
        return None if inner is None else not inner
    if operator not in {"-n", "-z"} or operand.type == "test_operator":
        return None
    text = words.read_text(operand)
    return None if "$" in text or "`" in text else bool(text) == (operator == "-n")


def _compare(left: str, operator: str, right: str) -> bool | None:
    if "$" in left + right or "`" in left + right:
        return None
    if operator in {"=", "=="}:
        return fnmatchcase(left, right)
    if operator == "!=":
        return not fnmatchcase(left, right)
    if operator in _NUMBERS and _WHOLE_NUMBER.fullmatch(left) and _WHOLE_NUMBER.fullmatch(right):
        return _NUMBERS[operator](int(left), int(right))
    return None
