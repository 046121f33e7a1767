"""Decides, without running anything, whether an `if` around an import holds for an interpreter on Linux."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from enum import Enum, auto

from checker.ecosystems.python.source.stdlib import parse_version


class Verdict(Enum):
    """What an `if` means for the imports below it."""

    TRUE = auto()
    FALSE = auto()
    TYPING = auto()
    AVAILABILITY = auto()
    MAIN = auto()
    UNKNOWN = auto()


_OPPOSITE = {Verdict.TRUE: Verdict.FALSE, Verdict.FALSE: Verdict.TRUE}
_COMPARE: Mapping[type[ast.cmpop], Callable[[object, object], object]] = {
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}
_KNOWN: Mapping[str, object] = {
    "sys.platform": "linux",
    "os.name": "posix",
    "platform.system()": "Linux",
    "platform.python_implementation()": "CPython",
    "platform.machine()": "x86_64",
    "platform.processor()": "x86_64",
    "six.PY2": False,
    "six.PY3": True,
    "PY2": False,
    "PY3": True,
    "IS_WINDOWS": False,
    "False": False,
    "True": True,
}
_AVAILABILITY = re.compile(
    r"(?i)\b(_?(is|has|have|with|use)_?\w*_?(available|installed|importable)\b|_?has_\w+|have_\w+|find_spec|find_loader"
    r"|is_\w+_available|package_available|module_available|\w+_available\b|_module_installed|\w+_installed\b)"
)


def judge(test: ast.expr, python: str) -> Verdict:
    """Say what the condition is under `python` ("3.8") on Linux, as far as it can be told."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = judge(test.operand, python)
        return _OPPOSITE.get(inner, inner if inner is Verdict.AVAILABILITY else Verdict.UNKNOWN)
    return _combine(test, python) if isinstance(test, ast.BoolOp) else _judge_plain(test, python)


def _judge_plain(test: ast.expr, python: str) -> Verdict:
    text = ast.unparse(test)
    if text in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING", "MYPY"}:
        return Verdict.TYPING
    if text.replace('"', "'") == "__name__ == '__main__'":
        return Verdict.MAIN
    known, value = _evaluate(test, python)
    if known:
        return Verdict.TRUE if value else Verdict.FALSE
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compare(test, python, text)
    return Verdict.AVAILABILITY if _AVAILABILITY.search(text) else Verdict.UNKNOWN


def _combine(test: ast.BoolOp, python: str) -> Verdict:
    verdicts = [judge(value, python) for value in test.values]
    decisive = Verdict.FALSE if isinstance(test.op, ast.And) else Verdict.TRUE
    for verdict in (decisive, Verdict.TYPING, Verdict.AVAILABILITY):
        if verdict in verdicts:
            return verdict
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else _OPPOSITE[decisive]


def _compare(test: ast.Compare, python: str, text: str) -> Verdict:
    left_known, left = _evaluate(test.left, python)
    right_known, right = _evaluate(test.comparators[0], python)
    compare = _COMPARE.get(type(test.ops[0]))
    if left_known and right_known:
        if isinstance(test.ops[0], ast.In | ast.NotIn) and isinstance(right, tuple | str):
            inside = left in right if isinstance(right, tuple) else str(left) in right
            return Verdict.TRUE if inside == isinstance(test.ops[0], ast.In) else Verdict.FALSE
        if compare is not None:
            try:
                return Verdict.TRUE if compare(left, right) else Verdict.FALSE
            except TypeError:
                return Verdict.UNKNOWN
    return Verdict.AVAILABILITY if _AVAILABILITY.search(text) else Verdict.UNKNOWN


def _evaluate(node: ast.expr, python: str) -> tuple[bool, object]:
    """Return (True, value) where the value of an expression is known."""
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    text = ast.unparse(node)
    version = (*parse_version(python), 0)
    if text in _KNOWN:
        return True, _KNOWN[text]
    table: Mapping[str, object] = {
        "sys.version_info": version,
        "sys.version_info.major": version[0],
        "sys.version_info.minor": version[1],
        "sys.version_info[0]": version[0],
        "sys.version_info[1]": version[1],
        "sys.version_info[:2]": version[:2],
        "sys.version_info[0:2]": version[:2],
        "sys.version_info[:3]": version,
        "sys.version[0]": str(version[0]),
        "sys.version[:1]": str(version[0]),
        "python_version": version[:2],
        "platform.system().lower()": "linux",
    }
    if text in table:
        return True, table[text]
    started = re.fullmatch(
        r"(sys\.platform|platform\.system\(\)(?:\.lower\(\))?)\.startswith\((['\"])(\w+)\2\)", text
    )
    if started:
        return True, str(table.get(started[1], _KNOWN.get(started[1], ""))).startswith(started[3])
    return False, None
