"""Fills in what an author left for the reader to replace, where the repository says what may stand there.

`fit.py --config configs/<name>.yaml --seed SEED [--quiet]` → `fit.py --config configs/mnist.yaml --seed 1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from checker.core.tree import Tree
from checker.ecosystems.instructions.placeholders import has_placeholder, names_its_option, read_placeholder
from checker.ecosystems.python.entry_points.declared_options import Option, Options, read_options
from checker.ecosystems.python.entry_points.settings_files import choose_settings_file

_CAPITALS = re.compile(r"(?<![^=])[A-Z][A-Z0-9_]*$")
_KIND = re.compile(r"[a-z]_[a-z]+$")

#: Capitals that Python reads as a number.
_NUMBERS = frozenset({"NAN", "INF", "INFINITY"})

_WORD = re.compile(r"[A-Za-z][\w.-]*")

_OPTIONAL = re.compile(r"\[--?[A-Za-z]")

#: How a bracket begins that holds what may be left out: an option, or words for options in general.
_MORE = re.compile(r"\[(?:\w+=\w|(?i:(?:option|optional|arg|argument|flag)s?)\b|\.\.\.)")

#: What pages write after the arguments that they show.
_AND_SO_ON = frozenset({"...", "…"})

#: An override of Hydra's whose value the page leaves open; `[a,b]` and `{a: 1}` are values that Hydra reads.
_OPEN_OVERRIDE = re.compile(
    r"[+~]{0,2}[A-Za-z_][\w./@-]*="
    r"(?:\S*<[^<>]+>\S*|\S*\{[A-Za-z][\w ,.'()*-]{0,200}\}\S*|\[[\w ',.-]{0,100}\w \w[\w ',.-]{0,200}\])"
)


@dataclass(frozen=True)
class Script:
    """The script that is given the arguments: its text, and that of files which declare options for it."""

    tree: Tree
    cwd: str = "."
    text: str = ""
    elsewhere: Iterable[str] = ()
    is_hydra: bool = False


@dataclass(frozen=True)
class Context:
    """What is known where a value stands: the tree, the folder, the option before it and what that takes.

    `is_setting`: it stands behind a bare name, `sets=[a,b]`, where brackets hold a list.
    """

    tree: Tree
    cwd: str
    name: str = ""
    option: Option | None = None
    is_setting: bool = False


def fill_arguments(script: Script, arguments: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arguments with values in place of placeholders, and `placeholder → value` for each change.

    What stands in brackets with its option, `[--quiet]`, is left out, as are dots for more of the same at the end,
    and overrides of Hydra's whose value is open: the settings hold a default. Arguments without an option are read
    by their order, up to the first option: whether that takes the word behind it is not known.
    """
    arguments, changes = _leave_out_optional(arguments)
    options = Options()
    if any(has_placeholder(each) or _CAPITALS.search(each) or _KIND.search(each) for each in arguments):
        options = read_options(script.tree, script.text, script.elsewhere)
    in_order = options.in_order
    found: list[str] = []
    before = ""
    for at, argument in enumerate(arguments):
        prefix, joined, value = argument.rpartition("=")
        is_option = argument.startswith("-")
        in_order = () if is_option else in_order
        name = prefix if joined else before
        option = in_order[at] if at < len(in_order) else options.by_name.get(name)
        is_setting = bool(joined) and not is_option
        choice = fill(value, Context(script.tree, script.cwd, name, option, is_setting=is_setting))
        found.append(argument if choice is None else f"{prefix}{joined}{choice}")
        changes += [] if choice is None else [f"{value} → {choice}"]
        before = argument
    if script.is_hydra:
        open_ends = [argument for argument in found if _OPEN_OVERRIDE.fullmatch(argument)]
        found = [argument for argument in found if argument not in open_ends]
        changes += [f"{argument} → left out" for argument in open_ends]
    return tuple(found), tuple(changes)


def fill(value: str, context: Context) -> str | None:
    """Return what may stand in place of a placeholder; None where nothing tells, or the value is no placeholder.

    A settings file that fits, `configs/<name>.yaml`; else what the option before it takes, its default,
    1 or the first of its choices; else the first of what the placeholder lists, `<a|b>`. Where the option refuses
    words, its own name (`--seed SEED`, `--env env_id`) is a placeholder as well.
    """
    settings = choose_settings_file(context.tree, context.cwd, value)
    if settings is not None or context.is_setting:
        return settings
    option = context.option
    placeholder = read_placeholder(value)
    if placeholder is not None:
        names = placeholder.split("|,")  # a slash is a path's own
        listed = names[0] if names[1:] and all(map(_WORD.fullmatch, names)) else None
        return option.usual if option is not None else listed
    return option.usual if option is not None and _is_refused(value, context.name, option) else None


def _is_refused(value: str, name: str, option: Option) -> bool:
    """Say whether a word is no value: no number where one is wanted, or the name of the option itself."""
    if names_its_option(name, value):
        return value not in option.choices
    if not _CAPITALS.fullmatch(value) or value in option.choices or value in _NUMBERS:
        return False
    return not option.choices or name.lstrip("-").replace("-", "_").upper() in value


def _leave_out_optional(arguments: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
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
    if not optional and kept[-1:] and kept[-1] in _AND_SO_ON and not _wants_value(kept[-2:-1]):
        left_out.append(f"{kept.pop()} → left out")
    return (*kept, *optional), left_out


def _wants_value(before: list[str]) -> bool:
    """Say whether the last word is an option, so that the next may be its value."""
    return any(word.startswith("-") and "=" not in word for word in before)
