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
