"""Environment variables that authors state: which are set in the run of the code, and where pages set them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from checker.core.container import SOURCE
from checker.core.data_files import read_toml
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.placeholders import has_placeholder

#: Variables of one tree that are set, and characters of a value.
MAX_VARIABLES = 60
MAX_VALUE = 2_000

_HERE = re.compile(r"\$\(pwd\)|`pwd`|\$\(realpath \.\)|\$PWD\b|\$\{PWD\}")


class Variable(Value):
    """A variable that an author sets: `TOY_MODE=fast`, and where it is said."""

    name: str
    value: str
    evidence: Evidence


class _Rules(Value):
    """The fields of data/variables.toml, explained there."""

    never: tuple[str, ...]
    open_value: tuple[str, ...]


@cache
def _read_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rules = _Rules.model_validate(read_toml(__package__, "variables.toml"))
    return re.compile("|".join(rules.never)), re.compile("|".join(rules.open_value))


def is_for_the_code(name: str) -> bool:
    """Say whether a variable may be set for the code: none that steers tools, or names what a machine has."""
    return re.fullmatch(r"[A-Za-z_]\w{0,100}", name, re.ASCII) is not None and not _read_patterns()[0].fullmatch(
        name
    )


def is_stated(value: str) -> bool:
    """Say whether a value is one, and not left to the reader: `fast`, but not `<your key>` or `sk-xxxx`."""
    opens = has_placeholder(value) or _read_patterns()[1].search(value) is not None
    return bool(value) and len(value) <= MAX_VALUE and value.isprintable() and not opens


def keep_stated(pairs: Iterable[tuple[str, str]], cwd: str = ".") -> tuple[tuple[str, str], ...]:
    """Return the variables that are set for the code; `$(pwd)` in a value is the folder of the tree."""
    here = SOURCE if cwd == "." else f"{SOURCE}/{cwd}"
    filled = ((name, _HERE.sub(lambda _: here, value)) for name, value in pairs)
    return tuple((name, value) for name, value in filled if is_for_the_code(name) and is_stated(value))


def find_exports(commands: Iterable[Command]) -> Iterator[Variable]:
    """Yield the variables that commands set for all that follow: `export A=b`, `setenv A b`, `set A=b`."""
    for command in commands:
        program, *words = command.argv
        pairs: list[tuple[str, str]] = []
        if program in {"export", "declare"}:
            pairs = [(name, value) for name, mark, value in (word.partition("=") for word in words) if mark]
        elif program == "setenv" and len(words) == 2:
            pairs = [(words[0], words[1])]
        elif program == "set" and words:  # of Windows, `set A=b`, and of fish, `set -x A b`
            name, mark, value = " ".join(words).partition("=")
            is_fish = re.fullmatch(r"-[gU]?x|--export", words[0]) is not None and len(words) == 3
            pairs = [(words[1], words[2])] if is_fish else [(name, value)] if mark else []
        for name, value in keep_stated(pairs, command.cwd):
            yield Variable(name=name, value=value, evidence=command.evidence)


def keep_first(variables: Iterable[Variable]) -> tuple[Variable, ...]:
    """Keep the first value of each name, at most `MAX_VARIABLES`."""
    kept: dict[str, Variable] = {}
    for variable in variables:
        if len(kept) < MAX_VARIABLES:
            kept.setdefault(variable.name, variable)
    return tuple(kept.values())


_LINE = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<value>.*)$", re.ASCII)


def read_assignments(text: str, path: str) -> Iterator[Variable]:
    """Yield the variables that a file of `NAME=value` lines states, as `.env.example` does."""
    for number, line in enumerate(text.split("\n")[:500], 1):
        match = _LINE.match(line[:MAX_VALUE])
        if match is None:
            continue
        value = match["value"].strip()
        quoted = re.match(r"([\"'])(.*?)\1\s*(?:#.*)?$", value)
        value = quoted[2] if quoted else re.split(r"\s#|^#", value, maxsplit=1)[0].strip()
        for name, kept in keep_stated([(match["name"], value)]):
            evidence = Evidence(claim="a variable's example", source=path, line=number, text=line.strip()[:300])
            yield Variable(name=name, value=kept, evidence=evidence)
