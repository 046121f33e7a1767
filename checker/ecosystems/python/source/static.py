"""Evaluates Python expressions as far as possible without running code."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable

from checker.ecosystems.python.source.static_scope import (
    MAX_SIZE,
    MAX_STEPS,
    FileText,
    Lines,
    Plain,
    Scope,
    Unknown,
    measure,
    split_lines,
)

__all__ = ["Lines", "Plain", "Scope", "Unknown", "evaluate", "read_file_call"]


#: What `%` may ask for; a width is none of it: `%1500000000d` is a text of gigabytes.
_PLACE = re.compile(r"%(?:%|(?:\(\w+\))?[sdr])")


def evaluate(scope: Scope, node: ast.AST | None) -> Plain:
    """Return the value of an expression.

    Raises:
        Unknown: it depends on something known only at run time.

    """
    scope.steps += 1
    handler = _HANDLERS.get(type(node))
    if handler is None or scope.steps > MAX_STEPS:
        raise Unknown
    try:
        return scope.take(handler(scope, node))
    except RecursionError:
        raise Unknown from None


def _evaluate_constant(scope: Scope, node: ast.Constant) -> Plain:
    if isinstance(node.value, str | int | float | bool) or node.value is None:
        return node.value
    raise Unknown


def _evaluate_sequence(scope: Scope, node: ast.List | ast.Tuple | ast.Set) -> Plain:
    values: list[Plain] = []
    for item in node.elts:
        if isinstance(item, ast.Starred):
            inner = evaluate(scope, item.value)
            values.extend(inner if isinstance(inner, list) else [])
        else:
            values.append(evaluate(scope, item))
    return values


def _evaluate_dict(scope: Scope, node: ast.Dict) -> Plain:
    found: dict[str, Plain] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            inner = evaluate(scope, value)
            found.update(inner if isinstance(inner, dict) else {})
        else:
            found[str(evaluate(scope, key))] = evaluate(scope, value)
    return found


def _name(scope: Scope, node: ast.Name) -> Plain:
    if node.id == "__file__":
        return "setup.py"
    if node.id not in scope.names:
        raise Unknown
    return scope.names[node.id]


def _evaluate_binary(scope: Scope, node: ast.BinOp) -> Plain:
    """Evaluate `a + b + c …` from the left, however many there are."""
    right: list[ast.BinOp] = []
    first: ast.expr = node
    while isinstance(first, ast.BinOp):
        right.append(first)
        first = first.left
    value = evaluate(scope, first)
    for step in reversed(right):
        value = scope.take(_combine(step.op, value, evaluate(scope, step.right)))
    return value


def _combine(operator: ast.operator, left: Plain, right: Plain) -> Plain:
    if isinstance(operator, ast.Add):
        if isinstance(left, str) and isinstance(right, str):
            return left + right
        if isinstance(left, list) and isinstance(right, list):
            return left + right
    if isinstance(operator, ast.Div) and isinstance(left, str) and isinstance(right, str):
        return posixpath.join(left, right)
    if isinstance(operator, ast.Mod) and isinstance(left, str):
        return _fill(left, right)
    raise Unknown


def _fill(pattern: str, values: Plain) -> str:
    """Format as `pattern % values` does, where it asks for plain values."""
    others, places = _PLACE.subn("", pattern)
    if "%" in others or len(pattern) + places * measure(values) > MAX_SIZE:
        raise Unknown
    try:
        return pattern % (tuple(values) if isinstance(values, list) else values)
    except (TypeError, ValueError, KeyError) as error:
        raise Unknown from error


def _evaluate_fstring(scope: Scope, node: ast.JoinedStr) -> Plain:
    parts = []
    for value in node.values:
        inner = value.value if isinstance(value, ast.FormattedValue) else value
        parts.append(str(evaluate(scope, inner)))
    return "".join(parts)


def _evaluate_subscript(scope: Scope, node: ast.Subscript) -> Plain:
    try:
        value = evaluate(scope, node.value)
    except Unknown:
        return scope.listed(node.slice)
    if isinstance(node.slice, ast.Slice):
        if node.slice.lower or node.slice.upper:
            raise Unknown
        return value
    key = evaluate(scope, node.slice)
    try:
        if isinstance(value, dict):
            return value[str(key)]
        if isinstance(value, list) and isinstance(key, int):
            return value[key]
    except (KeyError, IndexError) as error:
        raise Unknown from error
    raise Unknown


def _evaluate_attribute(scope: Scope, node: ast.Attribute) -> Plain:
    if node.attr == "parent" and isinstance(evaluate(scope, node.value), str):
        return ""
    raise Unknown


def _evaluate_comprehension(scope: Scope, node: ast.ListComp | ast.GeneratorExp) -> Plain:
    """Take a comprehension over known lines for the lines: its filters drop comments, which we drop ourselves."""
    if len(node.generators) != 1 or not isinstance(node.generators[0].target, ast.Name):
        raise Unknown
    values = evaluate(scope, node.generators[0].iter)
    if isinstance(values, FileText):
        return split_lines(values)
    if not isinstance(values, list):
        raise Unknown
    if isinstance(values, Lines):
        return values
    name, done = node.generators[0].target.id, list[Plain]()
    for value in values:
        inner = scope.with_name(name, value)
        try:
            done.append(evaluate(inner, node.elt))
        finally:
            scope.follow(inner)
    return done


def _call(scope: Scope, node: ast.Call) -> Plain:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if (known := _FUNCTIONS.get(name)) is not None:
        return known(scope, node)
    if name in scope.functions and node.args and not node.keywords:
        try:
            return [scope.listed(argument) for argument in node.args]
        except Unknown:
            pass
    return read_file_call(scope, node)


def read_file_call(scope: Scope, node: ast.Call) -> Plain:
    """Take a call that is given the name of a file, or of a function that names one, for that file's lines."""
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        try:
            return split_lines(scope.text(scope.file(evaluate(scope, argument))))
        except Unknown:
            continue
    function = scope.functions.get(getattr(node.func, "id", ""))
    for child in ast.walk(function) if function is not None else ():
        scope.take(None)
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and "req" in child.value:
            try:
                return split_lines(scope.text(scope.file(child.value)))
            except Unknown:
                continue
    raise Unknown


def _open(scope: Scope, node: ast.Call) -> Plain:
    if not node.args:
        raise Unknown
    return scope.text(scope.file(evaluate(scope, node.args[0])))


def _evaluate_method(scope: Scope, node: ast.Call) -> Plain:
    """Follow a method that leaves the text of a file, or a path, what it is."""
    if not isinstance(node.func, ast.Attribute):
        raise Unknown
    value = evaluate(scope, node.func.value)
    if node.func.attr == "read_text" and isinstance(value, str) and not isinstance(value, FileText):
        return scope.text(scope.file(value))
    return value


def _split(scope: Scope, node: ast.Call) -> Plain:
    if not isinstance(node.func, ast.Attribute):
        raise Unknown
    value = evaluate(scope, node.func.value)
    if isinstance(value, FileText):
        return split_lines(value)
    if isinstance(value, str):
        separator = evaluate(scope, node.args[0]) if node.args else None
        pieces = (
            value.splitlines() if node.func.attr != "split" else value.split(str(separator) if separator else None)
        )
        return list(pieces)
    if isinstance(value, list):
        return value
    raise Unknown


def _evaluate_first(scope: Scope, node: ast.Call) -> Plain:
    if len(node.args) != 1:
        raise Unknown
    return evaluate(scope, node.args[0])


def _evaluate_path_join(scope: Scope, node: ast.Call) -> Plain:
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant):
        raise Unknown
    parts = [evaluate(scope, argument) for argument in node.args]
    return posixpath.normpath(posixpath.join("", *(str(part) for part in parts)))


def _evaluate_dirname(scope: Scope, node: ast.Call) -> Plain:
    return ""


def _evaluate_dict_call(scope: Scope, node: ast.Call) -> Plain:
    found: dict[str, Plain] = {}
    for keyword in node.keywords:
        value = evaluate(scope, keyword.value)
        if keyword.arg is not None:
            found[keyword.arg] = value
        elif isinstance(value, dict):
            found.update(value)
    return found


_HANDLERS: dict[type, Callable[[Scope, ast.AST | None], Plain]] = {
    ast.Constant: _evaluate_constant,  # type: ignore[dict-item]
    ast.List: _evaluate_sequence,  # type: ignore[dict-item]
    ast.Tuple: _evaluate_sequence,  # type: ignore[dict-item]
    ast.Set: _evaluate_sequence,  # type: ignore[dict-item]
    ast.Dict: _evaluate_dict,  # type: ignore[dict-item]
    ast.Name: _name,  # type: ignore[dict-item]
    ast.BinOp: _evaluate_binary,  # type: ignore[dict-item]
    ast.JoinedStr: _evaluate_fstring,  # type: ignore[dict-item]
    ast.Attribute: _evaluate_attribute,  # type: ignore[dict-item]
    ast.Subscript: _evaluate_subscript,  # type: ignore[dict-item]
    ast.ListComp: _evaluate_comprehension,  # type: ignore[dict-item]
    ast.GeneratorExp: _evaluate_comprehension,  # type: ignore[dict-item]
    ast.Call: _call,  # type: ignore[dict-item]
}

_FUNCTIONS: dict[str, Callable[[Scope, ast.Call], Plain]] = {
    "open": _open,
    "read": _evaluate_method,
    "decode": _evaluate_method,
    "strip": _evaluate_method,
    "rstrip": _evaluate_method,
    "read_text": _evaluate_method,
    **dict.fromkeys(("resolve", "absolute", "as_posix", "as_uri"), _evaluate_method),
    "splitlines": _split,
    "readlines": _split,
    "split": _split,
    "list": _evaluate_first,
    "sorted": _evaluate_first,
    "set": _evaluate_first,
    "tuple": _evaluate_first,
    "str": _evaluate_first,
    "Path": _evaluate_first,
    "join": _evaluate_path_join,
    "joinpath": _evaluate_path_join,
    "dirname": _evaluate_dirname,
    "abspath": _evaluate_first,
    "realpath": _evaluate_first,
    "getcwd": _evaluate_dirname,
    "dict": _evaluate_dict_call,
}
