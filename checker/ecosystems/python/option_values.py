"""Puts values in place of marks that a script's own parser would refuse: `--seed SEED`, `[train|test]`, `<n>`."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from checker.ecosystems.python.import_scan import parse
from checker.ecosystems.python.placeholders import EDGES, MARKED, names_its_option

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


class _Option(NamedTuple):
    """An option of argparse that refuses a word: it takes a number, or one of `choices`."""

    answer: str
    choices: tuple[str, ...] = ()


def answered(text: str, arguments: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arguments with values in place of marks that the script's own parser would refuse, like `filled`.

    An option that takes a number gets its default, else 1; one that takes one of a list its default, else the
    list's first. Capitals in their place are marks too (`--seed SEED`, `--dataset DATASET`). Of what the command
    itself lists, `[a,b]` or `<a|b>`, the first is taken; what stands in brackets with its option, `[--quiet]`, may
    be left out, and is.
    """
    known = _options(text) if any(pattern.search(each) for each in arguments for pattern in _MAY_STAND_FOR) else {}
    found: list[str] = []
    arguments, done = _without_optional(arguments)
    before = ""
    for argument in arguments:
        joined = argument.startswith("-") and "=" in argument
        name, value = argument.split("=", 1) if joined else (before, argument)
        option = known.get(name)
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
    return (*kept, *optional), left_out


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


def _options(text: str) -> dict[str, _Option]:
    """Return the options of argparse that refuse a word."""
    tree = parse(text)
    found: dict[str, _Option] = {}
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            answer = _answer({k.arg: k.value for k in node.keywords if k.arg is not None})
            found |= {} if answer is None else dict.fromkeys((n for n in names if n.startswith("-")), answer)
    return found


def _answer(keywords: dict[str, ast.expr]) -> _Option | None:
    default = keywords.get("default")
    usual = default.value if isinstance(default, ast.Constant) else None
    choices = keywords.get("choices")
    if isinstance(choices, ast.List | ast.Tuple | ast.Set):
        listed = [item.value for item in choices.elts if isinstance(item, ast.Constant)]
        first = usual if usual in listed else next(iter(listed), None)
        return _Option(str(first), tuple(map(str, listed))) if listed else None
    number = isinstance(keywords.get("type"), ast.Name) and ast.unparse(keywords["type"]) in {"int", "float"}
    if not number:
        return None
    return _Option(str(usual) if isinstance(usual, int | float) else "1")
