"""Finds what an author left for the user to fill in: `<path>`, `/path/to/data`, `$DATA`, `YOUR_KEY`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MARK = (
    r"<[^<>\s=][^<>]*>?|\{[^{}\s]*\}|\{[A-Za-z][\w ,.'()*-]{1,200}\}|\[[A-Za-z][^\[\]]*\]"
    r"|\$\{?\w+\}?|\.\.\.|…|^\*{1,2}[A-Za-z][\w -]*\*{1,2}$"
)
"""What stands in place of a value: `<x>`, `{x}`, `{words in braces}`, `[x]`, `$X`, `*x*`, an ellipsis."""

MARKED = re.compile(_MARK)
EDGES = "<>{}[]$"
"""What stands around the words of a mark."""

#: Words that a placeholder of several words has at most, by what opens it, and as the value of an option: no
#: program is given an open bracket.
MOST_WORDS = {"<": 12, "[": 6, "{": 25}
MOST_WORDS_OF_A_VALUE = 25

#: Placeholders of one text that are hidden from the shell's grammar, by the private characters that there are.
MOST_HIDDEN = 6_000
_FIRST_HIDDEN = 0xE100

_INNER = r"(?:[^<>\[\]{}\"'`$;&\n]|(?<=\w)'(?=\w)|`\w+`)"
_TO_HIDE = re.compile(
    rf"(?P<before>(?:(?<=[\s=\"'])|^)[\w.+~@/-]*=)?"
    rf"(?:(?<![<$&])<[A-Za-z]{_INNER}{{0,200}}(?<!\s)>"
    rf"|(?<![<$&\w)])<\s[A-Za-z]\w*(?:\s+\w+){{1,5}}\s>(?=\s*$|\s+-)"
    rf"|(?:(?<=[\s=\"'])|^)\[[A-Za-z]{_INNER}{{0,200}}\]"
    rf"|(?<=\s)\[--?[a-z][\w -]*\|[\w |-]*\]"
    rf"|(?<![$\\])\{{[A-Za-z]{_INNER}{{0,200}}\}})"
    r"|<\$\w+>|\$\{\{[^{}\n]{1,200}\}\}|\{\{[^{}\n]{1,200}\}\}"
)
_BAR = re.compile(r" *\| *")


_NEVER_CLOSED = re.compile(r"(?<=\s)(?P<before>)<[A-Za-z][\w-]*(?=\s[^>]*$|$)")


def hide_placeholders(line: str, table: dict[int, str], *, is_typed: bool = False) -> str:
    """Return a line with one private character for each placeholder that a shell would take for something else.

    `fit.py --out <path to results> [a|b]` → `fit.py --out X Y`: no shell redirects there, and none has a pipe.
    `table` is filled, as `str.translate` wants it: alternatives have commas between them. `is_typed`: one that its
    author forgot to close is one as well.
    """
    hidden = _TO_HIDE.sub(lambda found: _hide(found, table), line)
    return _NEVER_CLOSED.sub(lambda found: _hide(found, table), hidden) if is_typed else hidden


def _hide(found: re.Match[str], table: dict[int, str]) -> str:
    before = found["before"] or ""
    text = found[0].removeprefix(before)
    most = MOST_WORDS_OF_A_VALUE if before else MOST_WORDS.get(text[0], MOST_WORDS_OF_A_VALUE)
    if len(text.split()) > most or len(table) >= MOST_HIDDEN:
        return found[0]
    code = _FIRST_HIDDEN + len(table)
    table[code] = text if text[0] == "$" else _BAR.sub(",", text)
    return before + chr(code)


_PLACEHOLDER = re.compile(
    _MARK
    + r"|(?i:/?(?:path|dir)[_/-]?(?:to|of)[_/-]?)|(?i:\byour[ _-]?\w+)|(?i:\bmy[_-](?:data|path|dataset|dir)\w*)"
    r"|(?i:\bxxx+\b)|(?i:\b(?:data|dataset|model|output|save|ckpt|checkpoint|image)[_-](?:path|dir|root|file|name)$)"
    r"|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$|^(?:DATA|PATH|DIR|ROOT|CONFIG|GPU|SEED|NAME|DATASET|MODEL|FILE|CHECKPOINT|OUTPUT|PORT|IMAGE|VIDEO|INPUT|TEXT|URL|KEY|TOKEN)$"
)
_ABSOLUTE = re.compile(r"^(?:~|/(?!dev/null|tmp\b))[\w./-]*")


def placeholders(arguments: Iterable[str]) -> tuple[str, ...]:
    """Return the arguments (or values of `--name=value`) that a user is meant to replace.

    A path that starts at the root of the author's own machine is one as well.
    """
    found: list[str] = []
    option = ""
    for argument in arguments:
        if argument.startswith("-") and "=" not in argument:
            option = argument
            continue
        name, value = argument.split("=", 1) if "=" in argument else (option, argument)
        if _PLACEHOLDER.search(value) or _ABSOLUTE.match(value) or names_its_option(name, value):
            found.append(argument)
        option = ""
    return tuple(dict.fromkeys(found))


_KIND = re.compile(r"(?i)(?:your_|my_|some_)?(?P<option>\w+?)_(?:name|id|type|number|index|file|path|dir|folder)")


def names_its_option(option: str, value: str) -> bool:
    """Say whether a value only says what the option takes: `--env env_id`, `--algo algo_name`."""
    kind = _KIND.fullmatch(value.replace("-", "_"))
    return kind is not None and kind["option"].lower() == option.lstrip("-").replace("-", "_").lower()


def left_open(arguments: Iterable[str]) -> bool:
    """Say whether an argument holds a mark in place of a value: such a command is no command yet.

    Other placeholders, a path on the author's machine for one, are values: a program may end well with them.
    """
    return any(MARKED.search(argument) for argument in arguments)


def is_placeholder(argument: str) -> bool:
    """Say whether one argument is meant to be replaced."""
    return bool(placeholders([argument]))
