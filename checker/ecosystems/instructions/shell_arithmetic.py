"""Works out a shell's `$((…))` from the values that are known; whole numbers alone, as a shell does."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping

MAX_EXPRESSION = 100
MAX_NUMBER = 10**12
"""Characters of an expression, and the largest number that one comes to: a seed, a port or a count is smaller."""

EXPRESSION = re.compile(r"\$\(\(([\w\s${}+*/%()-]{1,100}?)\)\)")
"""An expression as it stands in a text, with names with and without `$`."""

_NAME = re.compile(r"\$?\{?([A-Za-z_]\w*)\}?")
_OPERATORS: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: int(left / right),
    ast.Mod: lambda left, right: left - right * int(left / right),
}


def work_out(expression: str, values: Mapping[str, str]) -> str | None:
    """Return what an expression (without its parentheses) comes to; None where that cannot be told."""
    text = _NAME.sub(lambda match: values.get(match[1], match[0]), expression[:MAX_EXPRESSION])
    try:
        return str(_value(ast.parse(text.strip(), mode="eval").body))
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _value(node: ast.AST) -> int:
    """Return the value of a node.

    Raises:
        ValueError: it is no arithmetic of whole numbers, or too large.
        ZeroDivisionError: it divides by zero.

    """
    match node:
        case ast.Constant(value=int(found)) if not isinstance(found, bool):
            result = found
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            result = -_value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            result = _OPERATORS[type(op)](_value(left), _value(right))
        case _:
            raise ValueError("no arithmetic of whole numbers")
    if abs(result) > MAX_NUMBER:
        raise ValueError("too large")
    return result
