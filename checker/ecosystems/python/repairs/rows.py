"""The table of repairs: rows of `data/*.toml`, validated when they are read.

    [[rule]]
    name = "scipy_linalg"
    lacks."scipy.linalg" = ["triu", "tril"]   # no such attribute, or no such name to import
    needs = ["scipy<1.13"]
    excerpt = "ImportError: cannot import name 'triu' from 'scipy.linalg' (/env/…)"

What a log must say: `says` (literal texts), `pattern` (regular expressions, where `{NAME}` stands for the name of
a distribution), `lacks` (module → names), `object_lacks` (type → attributes), `unexpected` (keyword arguments).
Names may be regular expressions.

What is done about it, all of it as one repair:

- `needs`: a range narrows a distribution, a bare name adds it, `python<=3.9` moves the interpreter.
- `only_required`: only what the plan requires is narrowed; `if_required`: only where the plan requires one of
  these (`mmcv<2`: in a version that may not be 2).
- `system_packages`, `env`: what is installed and set besides.
- `built_with`: the package whose build failed is built with these.
- `replace`: one distribution takes the place of another; where that changes something, nothing else is done.
- `action`: what needs code, `module.function` of this package; of several the first that changes something.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from packaging.requirements import Requirement
from pydantic import BeforeValidator, Field, model_validator

from checker.core.values.base import Value
from checker.ecosystems.python import plan_edits

DATA = Path(__file__).parent / "data"

BUILD_HINT = "Name the build requirements with their versions in `[build-system] requires` of a pyproject.toml."

_PYTHON = re.compile(r"^python[<>]=")


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Lines = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_as_tuple)]


class Row(Value):
    """One repair, as the module's description has it.

    Of the rows of one `group` only the first fires per attempt; a `fallback` fires only when no other row does.
    `hint` is what the author can do to make the repair unnecessary.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    says: Lines = ()
    pattern: Lines = ()
    lacks: dict[str, Lines] = Field(default_factory=dict)
    object_lacks: dict[str, Lines] = Field(default_factory=dict)
    unexpected: Lines = ()
    needs: Lines = ()
    only_required: bool = False
    if_required: Lines = ()
    system_packages: Lines = ()
    env: dict[str, str] = Field(default_factory=dict)
    built_with: Lines = ()
    replace: dict[str, str] = Field(default_factory=dict)
    action: Lines = ()
    phases: Literal["any", "build", "resolve", "run", "test"] | None = None
    group: str | None = None
    fallback: bool = False
    hint: str = ""
    excerpt: str = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not any((self.needs, self.system_packages, self.env, self.built_with, self.replace, self.action)):
            raise ValueError(f"{self.name}: nothing is done about it")
        if not self.get_advice():
            raise ValueError(f"{self.name}: no hint")
        for line in (*self.needs, *self.if_required, *self.built_with, *self.replace.values()):
            Requirement(line)
        try:
            pattern = self.compile()
        except re.error as error:
            raise ValueError(f"{self.name}: {error}") from error
        if not pattern.pattern or pattern.search(self.excerpt) is None:
            raise ValueError(f"{self.name}: the excerpt does not match")
        return self

    def compile(self) -> re.Pattern[str]:
        """Return what a log must say as one expression; `^` and `$` mean a line's."""
        parts = [*map(re.escape, self.says), *(part.replace("{NAME}", plan_edits.NAME) for part in self.pattern)]
        for module, names in self.lacks.items():
            path, either = re.sub(r"(?<!\\)\.", r"\.", module), "|".join(names)
            parts += [f"module '{path}' has no attribute '(?:{either})'"]
            parts += [f"cannot import name '(?:{either})' from '{path}'"]
        for kind, names in self.object_lacks.items():
            parts.append(f"'(?:{kind})' object has no attribute '(?:{'|'.join(names)})'")
        if self.unexpected:
            parts.append(f"got an unexpected keyword argument '(?:{'|'.join(self.unexpected)})'")
        return re.compile("|".join(parts), re.MULTILINE)

    def get_advice(self) -> str:
        """Return the hint, or the one that goes with what is done; '' where that needs a hint of its own."""
        lines = ", ".join(self.needs)
        ranges = any(Requirement(line).specifier for line in self.needs)
        if self.hint:
            return self.hint
        if self.system_packages:
            return "Name the system package in the README, for instance as an `apt install` line."
        if self.built_with:
            return BUILD_HINT
        if self.moves_interpreter and "<" in lines:
            return f"Use what replaced it, or state that {_PYTHON.sub('Python ', lines)} or older is needed."
        if self.moves_interpreter:
            return f"State that {_PYTHON.sub('Python ', lines)} or newer is needed (`requires-python`)."
        words = f"State {lines}, or use what replaced it." if ranges else f"Add {lines} to the specification."
        return words if lines else ""

    @property
    def moves_interpreter(self) -> bool:
        """Whether nothing but another interpreter is called for."""
        return len(self.needs) == 1 and Requirement(self.needs[0]).name == "python"


class Table(Value):
    """One file."""

    rule: tuple[Row, ...]


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    """Return the rows of `data/NAME.toml`.

    Raises:
        ValueError: a row is not valid.

    """
    text = (DATA / f"{name}.toml").read_text(encoding="utf-8")
    return Table.model_validate(tomllib.loads(text)).rule
