"""Puts values in place of marks that a script's own parser would refuse: `--seed SEED`, `[train|test]`, `<n>`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import NamedTuple

from checker.core.tree import Tree
from checker.ecosystems.instructions.placeholders import EDGES, MARKED, names_its_option
from checker.ecosystems.python.source.parsing import parse_module

_LISTED = re.compile(r"[|,]")
"""What parts alternatives outside of a path, where a slash is the path's own."""

_CAPITALS = re.compile(r"(?<![^=])[A-Z][A-Z0-9_]*$")
_MAY_STAND_FOR = (MARKED, _CAPITALS, re.compile(r"[a-z]_[a-z]+$"))
"""What an argument has that may be a mark: without any, the script's parser need not be read."""

_NUMBERS = frozenset({"NAN", "INF", "INFINITY"})
"""Capitals that Python reads as a number."""

_OPTIONAL = re.compile(r"\[--?[A-Za-z]")
_MORE = re.compile(r"\[(?:\w+=\w|(?i:(?:option|optional|arg|argument|flag)s?)\b|\.\.\.)")
"""How a bracket begins that holds what may be left out: an option, or words for options in general."""

_WORD = re.compile(r"[A-Za-z][\w.-]*")

_AND_SO_ON = frozenset({"...", "…"})
"""What pages write after the arguments that they show."""

_NUMBER_TYPES = frozenset({"int", "float", "click.INT", "click.FLOAT"})

_DECLARING = frozenset({"add_argument", "option", "argument"})
"""Calls that declare an option or argument: those of argparse, and the decorators of Click."""

_SEVERAL_COMMANDS = frozenset({"add_subparsers", "group"})


class _Option(NamedTuple):
    """An option that refuses a word: it takes a number, or one of `choices`."""

    answer: str
    choices: tuple[str, ...] = ()


def answered(
    tree: Tree, text: str, arguments: tuple[str, ...], elsewhere: Iterable[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arguments with values in place of marks that the script's own parser would refuse, like `filled`.

    `text` is the script's, `elsewhere` that of files which declare options for it; it is read where it is needed.

    An option that takes a number gets its default, else 1; one that takes one of a list its default, else the
    list's first. Capitals in their place are marks too (`--seed SEED`, `--dataset DATASET`). Of what the command
    itself lists, `[a,b]` or `<a|b>`, the first is taken; what stands in brackets with its option, `[--quiet]`, may
    be left out, and is, as are the dots for more of the same at its end. Arguments without an option are read by
    their order, up to the first option: whether that takes the word behind it is not known.
    """
    may_stand = any(pattern.search(each) for each in arguments for pattern in _MAY_STAND_FOR)
    known, in_order = _declared(tree, text) if may_stand else ({}, [])
    for held in elsewhere if may_stand else ():
        known = {**_declared(tree, held)[0], **known}
    found: list[str] = []
    arguments, done = _without_optional(arguments)
    before = ""
    for at, argument in enumerate(arguments):
        joined = argument.startswith("-") and "=" in argument
        name, value = argument.split("=", 1) if joined else (before, argument)
        in_order = [] if argument.startswith("-") else in_order
        option = in_order[at] if at < len(in_order) else known.get(name)
        answer = option.answer if option is not None else None
        if MARKED.fullmatch(value):
            answer = answer or _first_listed(value)
        elif option is None or not _stands_for(name, value, option):
            answer = None
        found.append(argument if answer is None else f"{name}={answer}" if joined else answer)
        done += [] if answer is None else [f"{value} → {answer}"]
        before = argument
    return tuple(found), tuple(done)


def _without_optional(arguments: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """Leave out what stands in brackets with its option, and tell of each; one may end some words further on."""
    kept: list[str] = []
    left_out: list[str] = []
    optional: list[str] = []
    for argument in arguments:
        more = _MORE.match(argument) and not (kept and kept[-1].startswith("-"))
        if optional or more or _OPTIONAL.match(argument):
            optional.append(argument)
            if argument.endswith("]"):
                left_out.append(f"{' '.join(optional)} → left out")
                optional = []
        else:
            kept.append(argument)
    if not optional and kept[-1:] and kept[-1] in _AND_SO_ON and not _waits_for_a_value(kept[-2:-1]):
        left_out.append(f"{kept.pop()} → left out")
    return (*kept, *optional), left_out


def _waits_for_a_value(before: list[str]) -> bool:
    """Whether the last word is an option, so that the next may be its value."""
    return any(word.startswith("-") and "=" not in word for word in before)


_OPEN_OVERRIDE = re.compile(
    r"[+~]{0,2}[A-Za-z_][\w./@-]*="
    r"(?:\S*<[^<>]+>\S*|\S*\{[A-Za-z][\w ,.'()*-]{0,200}\}\S*|\[[\w ',.-]{0,100}\w \w[\w ',.-]{0,200}\])"
)
"""An override of Hydra's whose value the page leaves open; `[a,b]` and `{a: 1}` are values that Hydra reads."""


def without_open_overrides(arguments: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Leave out what a page tells to override with something of the reader's: the settings hold a default."""
    out = [argument for argument in arguments if _OPEN_OVERRIDE.fullmatch(argument)]
    return tuple(each for each in arguments if each not in out), tuple(f"{each} → left out" for each in out)


def _first_listed(value: str) -> str | None:
    """Return the first of the words that a mark lists, or None where it lists none."""
    names = [name.strip() for name in _LISTED.split(value.strip(EDGES))]
    return names[0] if names[1:] and all(_WORD.fullmatch(name) for name in names) else None


def _stands_for(name: str, value: str, option: _Option) -> bool:
    """Whether a word is no value: no number where one is wanted, or the name of the option itself."""
    if names_its_option(name, value):
        return value not in option.choices
    if not _CAPITALS.fullmatch(value) or value in option.choices or value in _NUMBERS:
        return False
    return not option.choices or name.lstrip("-").replace("-", "_").upper() in value


def _declared(tree: Tree, text: str) -> tuple[dict[str, _Option], list[_Option | None]]:
    """Return the options of argparse and Click that refuse a word, and what they take by its order alone.

    Of the latter None where any word will do; they end where one takes several, and are left alone where the
    first decides about the others.
    """
    module = parse_module(tree, text)
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)] if module is not None else []
    options: dict[str, _Option] = {}
    in_order: list[_Option | None] = []
    several = any(getattr(call.func, "attr", "") in _SEVERAL_COMMANDS for call in calls)
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        kind = getattr(call.func, "attr", "")
        if kind not in _DECLARING:
            continue
        names = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        keywords = {k.arg: k.value for k in call.keywords if k.arg is not None}
        answer = _answer(keywords, typed=kind != "add_argument")
        by_name = [name for name in names if name.startswith("-")]
        options |= {} if answer is None else dict.fromkeys(by_name, answer)
        if names and not by_name and not several:
            several = "nargs" in keywords
            in_order += [] if several else [answer]
    return options, in_order


def _answer(keywords: dict[str, ast.expr], *, typed: bool) -> _Option | None:
    """Return what a declaration takes; `typed`: a default says of which type the value is, as with Click."""
    usual = _number_or_word(keywords.get("default"))
    kind = keywords.get("type")
    choices = keywords.get("choices")
    if isinstance(kind, ast.Call) and ast.unparse(kind.func).rpartition(".")[2] == "Choice" and kind.args:
        choices = kind.args[0]
    if isinstance(choices, ast.List | ast.Tuple | ast.Set):
        listed = [item.value for item in choices.elts if isinstance(item, ast.Constant)]
        first = usual if usual in listed else next(iter(listed), None)
        return _Option(str(first), tuple(map(str, listed))) if listed else None
    if isinstance(default := keywords.get("default"), ast.List) and default.elts:  # one that takes several
        usual = _number_or_word(default.elts[0])
    is_number = isinstance(usual, int | float) and not isinstance(usual, bool)
    if kind is not None and ast.unparse(kind) not in _NUMBER_TYPES:
        return None
    if kind is None and not (typed and is_number):
        return None
    return _Option(str(usual) if is_number else "1")


def _number_or_word(default: ast.expr | None) -> object:
    """Return a default that is written out, -1 as well; None for everything else."""
    sign = -1 if isinstance(default, ast.UnaryOp) and isinstance(default.op, ast.USub) else 1
    inner = default.operand if isinstance(default, ast.UnaryOp) and sign == -1 else default
    value = inner.value if isinstance(inner, ast.Constant) else None
    return sign * value if isinstance(value, int | float) and not isinstance(value, bool) else value
