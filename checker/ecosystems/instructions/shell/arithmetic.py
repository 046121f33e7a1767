"""Works out a shell's `$((…))` from the values that are known; whole numbers alone, as a shell does."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from tree_sitter import Node

from checker.ecosystems.instructions.shell.environment import Environment

#: The largest number that an expression comes to: a seed, a port or a count is smaller.
MAX_NUMBER = 10**12
MAX_DEPTH = 20

_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: int(left / right),
    "%": lambda left, right: left - right * int(left / right),
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def evaluate(node: Node, environment: Environment) -> int | None:
    """Return what an expression comes to; None where that cannot be told. What it assigns is kept."""
    try:
        result = _evaluate(node, environment, MAX_DEPTH)
    except (ValueError, ArithmeticError):
        environment.uses_guess = True
        return None
    return result if abs(result) <= MAX_NUMBER else None


def _evaluate(node: Node, environment: Environment, depth: int) -> int:
    """Return the value of a node.

    Raises:
        ValueError: it is no arithmetic of whole numbers that are known, or nested too deeply.
        ZeroDivisionError: it divides by zero.

    """
    if depth <= 0:
        raise ValueError("nested too deeply")
    named = [child for child in node.children if child.is_named]
    signs = [child.type.strip() for child in node.children if not child.is_named]
    match node.type:
        case "number" | "word" | "variable_name" | "simple_expansion" | "expansion" | "test_operator":
            return _read_leaf(node, environment)
        case "arithmetic_expansion" | "parenthesized_expression" if len(named) == 1:
            return _evaluate(named[0], environment, depth - 1)
        case "unary_expression" if len(named) == 1 and signs in (["-"], ["+"]):
            value = _evaluate(named[0], environment, depth - 1)
            return -value if signs == ["-"] else value
        case "postfix_expression" if len(named) == 1 and signs in (["++"], ["--"]):
            value = _evaluate(named[0], environment, depth - 1)
            _assign(named[0], value + (1 if signs == ["++"] else -1), environment)
            return value
        case "binary_expression" if len(named) == 2 and len(signs) == 1:
            return _compute_binary(named[0], signs[0], named[1], environment, depth)
    raise ValueError("no arithmetic of whole numbers")


def _compute_binary(left: Node, sign: str, right: Node, environment: Environment, depth: int) -> int:
    value = _evaluate(right, environment, depth - 1)
    if sign == "=" or (len(sign) == 2 and sign[1] == "=" and sign[0] in "+-*/%"):
        result = value if sign == "=" else _OPERATORS[sign[0]](_evaluate(left, environment, depth - 1), value)
        _assign(left, result, environment)
    elif sign in _OPERATORS:
        result = int(_OPERATORS[sign](_evaluate(left, environment, depth - 1), value))
    else:
        raise ValueError("no arithmetic of whole numbers")
    if abs(result) > MAX_NUMBER:
        raise ValueError("too large")
    return result


def _assign(target: Node, value: int, environment: Environment) -> None:
    if target.type in {"word", "variable_name"}:
        environment.assign((target.text or b"").decode(), str(value), is_open=environment.uses_guess)


def _read_leaf(node: Node, environment: Environment) -> int:
    text = (node.text or b"").decode("utf-8", "replace").strip()
    name = re.fullmatch(r"\$?\{?([A-Za-z_]\w*|\d|#)\}?", text)
    if name is not None and not text.isdecimal():
        text = (environment.look_up(name[1]) or "").strip()
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise ValueError("not a number that is known")
    return int(text)
