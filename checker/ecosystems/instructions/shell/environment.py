"""What a shell text has set so far: variables, arrays, arguments and functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Characters that a variable holds: a text that doubles a variable line by line ends there.
MAX_VALUE = 2_000
MAX_ELEMENTS = 500

#: What `$RANDOM` stands for: any number does (it mostly chooses a port), as long as it stays the same.
RANDOM = "1"

#: What `$(date +%s)` stands for, mostly in the name of a run: a number, and the same in every attempt.
DATE = "20000101"

#: Variables that have a value before the text begins, to which lines of the text add.
_OF_THE_SHELL = frozenset({"PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "HOME", "PWD", "USER", "CUDA_VISIBLE_DEVICES"})


class Environment:
    """Values that are known, line after line; of a loop those of its first turn.

    `arguments` are a script's; None where the text is no script, as on a page: `$1` then stays as it is.
    `uses_guess` is set once a value is looked up that is unknown, or known for one turn or one branch alone: what
    is decided by such a value is open. `exported` are the variables that every later command is given.
    """

    def __init__(self, arguments: Sequence[str] | None = None) -> None:
        self.arguments = None if arguments is None else list(arguments)
        self.is_function = False
        self.values: dict[str, str] = {"RANDOM": RANDOM}
        self.arrays: dict[str, dict[str, str]] = {}
        self.exported: dict[str, str] = {}
        self.functions: dict[str, Any] = {}
        self.guesses = {"RANDOM"}
        self.uses_guess = False
        self.keeps_first = False
        self.is_open_branch = False

    def copy(self) -> Environment:
        """Return what a subshell starts with."""
        inner = Environment(self.arguments)
        inner.is_function = self.is_function
        inner.values, inner.functions = dict(self.values), dict(self.functions)
        inner.exported = dict(self.exported)
        inner.arrays = {name: dict(held) for name, held in self.arrays.items()}
        inner.guesses = set(self.guesses)
        inner.is_open_branch = self.is_open_branch
        return inner

    def look_up(self, name: str) -> str | None:
        """Return the value of a variable or argument, None where it is not known."""
        found = self._read_argument(int(name)) if name.isdecimal() and len(name) < 5 else self._read_variable(name)
        self.uses_guess = self.uses_guess or found is None or name in self.guesses
        return found

    def _read_variable(self, name: str) -> str | None:
        if name in {"@", "*"}:
            return None if self.arguments is None else " ".join(self.arguments)
        if name == "#":
            return self._count()
        if name in self.values:
            return self.values[name]
        return next(iter(self.arrays.get(name, {}).values()), None)

    def _count(self) -> str | None:
        """Return how many arguments there are; open for a script without, and where some may be left out."""
        given = self.arguments or []
        may_be_left_out = any(word.startswith("[") or word.endswith(("]", "...", "…")) for word in given)
        return None if may_be_left_out or not (given or self.is_function) else str(len(given))

    def _read_argument(self, number: int) -> str | None:
        """Return an argument; one that is not given is empty in a function, and open for a script."""
        if number and self.arguments is not None and number <= len(self.arguments):
            return self.arguments[number - 1]
        return "" if number and self.is_function else None

    def assign(self, name: str, value: str, *, is_open: bool = False, key: str | None = None) -> None:
        """Keep a value; of several branches the first speaks, and what stays open replaces nothing there."""
        if name in _OF_THE_SHELL:
            return
        is_known = name in self.values or name in self.arrays
        if is_known and self.is_open_branch and (self.keeps_first or is_open):
            self.guesses.add(name)
            return
        if key is not None:
            held = self.arrays.setdefault(name, {})
            if len(held) < MAX_ELEMENTS:
                held[key] = value[:MAX_VALUE]
        elif "$(" in value or "`" in value:
            self.values.pop(name, None)
        else:
            self.values[name] = value[:MAX_VALUE]
        self._note(name, is_open=is_open)

    def export(self, name: str, value: str | None = None) -> None:
        """Give a variable to every later command; without a value, the one that it has."""
        found = self.values.get(name) if value is None else value
        if (
            name not in _OF_THE_SHELL
            and found is not None
            and (name in self.exported or len(self.exported) < MAX_ELEMENTS)
        ):
            self.exported[name] = found[:MAX_VALUE]

    def assign_array(self, name: str, elements: dict[str, str], *, is_open: bool = False) -> None:
        """Keep an array, or a table of names and values."""
        if self.is_open_branch and (self.keeps_first or is_open) and name in self.arrays:
            self.guesses.add(name)
            return
        self.values.pop(name, None)
        self.arrays[name] = dict(list(elements.items())[:MAX_ELEMENTS])
        self._note(name, is_open=is_open)

    def _note(self, name: str, *, is_open: bool) -> None:
        (self.guesses.add if is_open or self.is_open_branch else self.guesses.discard)(name)

    def forget(self, name: str) -> None:
        """Take a variable's value away: it is unknown from here."""
        self.values.pop(name, None)
        self.arrays.pop(name, None)
        self.exported.pop(name, None)
