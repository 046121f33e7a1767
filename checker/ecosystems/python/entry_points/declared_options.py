"""The options and arguments that a script's parser declares, and what they would take: argparse and Click."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checker.core.tree import Tree
from checker.ecosystems.python.source.parsing import parse_module

_NUMBER_TYPES = frozenset({"int", "float", "click.INT", "click.FLOAT"})

#: Calls that declare an option or argument: those of argparse, and the decorators of Click.
_DECLARING = frozenset({"add_argument", "option", "argument"})

_SEVERAL_COMMANDS = frozenset({"add_subparsers", "group"})


class Option(NamedTuple):
    """An option or argument that refuses some words: it takes a number, or one of `choices`.

    `usual` is its default; else 1, or the first of the choices.
    """

    usual: str
    choices: tuple[str, ...] = ()


class Options(NamedTuple):
    """What a script declares that refuses some words: by its name, and by its order alone.

    In order None stands for an argument that takes any word.
    """

    by_name: Mapping[str, Option] = {}
    in_order: tuple[Option | None, ...] = ()


def read_options(tree: Tree, text: str, elsewhere: Iterable[str] = ()) -> Options:
    """Read what a script declares, and the options that other files declare for it.

    `text` is the script's, `elsewhere` that of the other files.
    """
    options = _read_text(tree, text)
    by_name = dict(options.by_name)
    for other in elsewhere:
        by_name = {**_read_text(tree, other).by_name, **by_name}
    return Options(by_name, options.in_order)


def _read_text(tree: Tree, text: str) -> Options:
    """Read what one file declares.

    Arguments in order end where one takes several, and are left alone where the first decides about the others.
    """
    module = parse_module(tree, text)
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)] if module is not None else []
    options: dict[str, Option] = {}
    in_order: list[Option | None] = []
    several = any(getattr(call.func, "attr", "") in _SEVERAL_COMMANDS for call in calls)
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        kind = getattr(call.func, "attr", "")
        if kind not in _DECLARING:
            continue
        names = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        keywords = {k.arg: k.value for k in call.keywords if k.arg is not None}
        option = _read_option(keywords, typed=kind != "add_argument")
        by_name = [name for name in names if name.startswith("-")]
        options |= {} if option is None else dict.fromkeys(by_name, option)
        if names and not by_name and not several:
            several = "nargs" in keywords
            in_order += [] if several else [option]
    return Options(options, tuple(in_order))


def _read_option(keywords: dict[str, ast.expr], *, typed: bool) -> Option | None:
    """Return what a declaration takes; `typed`: a default says of which type the value is, as with Click."""
    usual = _read_default(keywords.get("default"))
    kind = keywords.get("type")
    choices = keywords.get("choices")
    if isinstance(kind, ast.Call) and ast.unparse(kind.func).rpartition(".")[2] == "Choice" and kind.args:
        choices = kind.args[0]
    if isinstance(choices, ast.List | ast.Tuple | ast.Set):
        listed = [item.value for item in choices.elts if isinstance(item, ast.Constant)]
        first = usual if usual in listed else next(iter(listed), None)
        return Option(str(first), tuple(map(str, listed))) if listed else None
    if isinstance(default := keywords.get("default"), ast.List) and default.elts:  # one that takes several
        usual = _read_default(default.elts[0])
    is_number = isinstance(usual, int | float) and not isinstance(usual, bool)
    if kind is not None and ast.unparse(kind) not in _NUMBER_TYPES:
        return None
    if kind is None and not (typed and is_number):
        return None
    return Option(str(usual) if is_number else "1")


def _read_default(default: ast.expr | None) -> object:
    """Return a default that is written out, -1 as well; None for everything else."""
    sign = -1 if isinstance(default, ast.UnaryOp) and isinstance(default.op, ast.USub) else 1
    inner = default.operand if isinstance(default, ast.UnaryOp) and sign == -1 else default
    value = inner.value if isinstance(inner, ast.Constant) else None
    return sign * value if isinstance(value, int | float) and not isinstance(value, bool) else value
