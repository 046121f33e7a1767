"""Finds what an author left for the user to fill in: `<path>`, `/path/to/data`, `$DATA`, `YOUR_KEY`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checker.core.values.base import Value

#: What stands in place of a value: `<x>`, `{x}`, `{words in braces}`, `[x]`, `$X`, `*x*`, an ellipsis.
_WRITTEN = (
    r"<[^<>\s=][^<>]*>?|\{[^{}\s]*\}|\{[A-Za-z][\w ,.'()*-]{1,200}\}|\[[A-Za-z][^\[\]]*\]"
    r"|\$\{?\w+\}?|\.\.\.|…|^\*{1,2}[A-Za-z][\w -]*\*{1,2}$"
)
_PLACEHOLDER = re.compile(_WRITTEN)

#: What stands around the words of a placeholder.
_EDGES = "<>{}[]$"

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
_BAR = re.compile(r"(?<! ) *\| *")


_NEVER_CLOSED = re.compile(r"(?<=\s)(?P<before>)<[A-Za-z][\w-]*(?=\s[^>]*$|$)")


class Placeholder(Value):
    """A part of an argument that is written as a placeholder: `<name>` in `configs/<name>.yaml`.

    `start` and `end` are where it stands in the argument.
    """

    text: str
    start: int
    end: int

    def split(self, separators: str) -> tuple[str, ...]:
        """Return the words that it lists, one where it lists none: `<a|b>` → a, b."""
        words = re.split(f"[{re.escape(separators)}]", self.text.strip(_EDGES))
        return tuple(word.strip() for word in words)


def find_placeholders(argument: str) -> tuple[Placeholder, ...]:
    """Return the placeholders within an argument, in their order."""
    found = _PLACEHOLDER.finditer(argument)
    return tuple(Placeholder(text=match[0], start=match.start(), end=match.end()) for match in found)


def read_placeholder(argument: str) -> Placeholder | None:
    """Return the placeholder that an argument is as a whole, or None."""
    whole = _PLACEHOLDER.fullmatch(argument)
    return Placeholder(text=argument, start=0, end=len(argument)) if whole is not None else None


def has_placeholder(*arguments: str) -> bool:
    """Say whether one of the arguments holds a placeholder in place of a value.

    What else is meant to be replaced, a path on the author's machine for one, is a value: a program may end well
    with it.
    """
    return any(_PLACEHOLDER.search(argument) for argument in arguments)


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


#: What is not marked as a placeholder and is meant to be replaced: a path on somebody's machine, `YOUR_TOKEN`.
_TO_REPLACE = re.compile(
    _WRITTEN
    + r"|(?i:/?(?:path|dir)[_/-]?(?:to|of)[_/-]?)|(?i:\byour[ _-]?\w+)|(?i:\bmy[_-](?:data|path|dataset|dir)\w*)"
    r"|(?i:\bxxx+\b)|(?i:\b(?:data|dataset|model|output|save|ckpt|checkpoint|image)[_-](?:path|dir|root|file|name)$)"
    r"|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$|^(?:DATA|PATH|DIR|ROOT|CONFIG|GPU|SEED|NAME|DATASET|MODEL|FILE|CHECKPOINT|OUTPUT|PORT|IMAGE|VIDEO|INPUT|TEXT|URL|KEY|TOKEN)$"
)
_ABSOLUTE = re.compile(r"^(?:~|/(?!dev/null|tmp\b))[\w./-]*")


def list_to_replace(arguments: Iterable[str]) -> tuple[str, ...]:
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
        if _TO_REPLACE.search(value) or _ABSOLUTE.match(value) or names_its_option(name, value):
            found.append(argument)
        option = ""
    return tuple(dict.fromkeys(found))


_KIND = re.compile(
    r"(?i)(?:your_|my_|some_)?(?P<option>\w{1,80}?)_(?:name|id|type|number|index|file|path|dir|folder)"
)


def names_its_option(option: str, value: str) -> bool:
    """Say whether a value only says what the option takes: `--env env_id`, `--algo algo_name`."""
    kind = _KIND.fullmatch(value.replace("-", "_"))
    return kind is not None and kind["option"].lower() == option.lstrip("-").replace("-", "_").lower()


def is_to_replace(argument: str) -> bool:
    """Say whether one argument is meant to be replaced."""
    return bool(list_to_replace([argument]))
