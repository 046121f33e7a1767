"""Puts the plain variables and arguments of shell text in where its commands use them; runs nothing."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from checker.ecosystems.instructions.shell_arithmetic import EXPRESSION, work_out

SHELLS = frozenset({"bash", "sh", "zsh", "source", "."})
_SCRIPT = (".sh", ".bash", ".slurm", ".sbatch")
"""How shell scripts end; `sbatch` runs them as well."""

MAX_LINE = 20_000
MAX_VALUE = 2_000
"""Characters of a line, and of what a variable holds: a text that doubles a variable line by line ends there."""

_ASSIGNMENT = re.compile(
    r"^\s*(?:export\s+|local\s+)?(\w+)=(\"[^\"]*\"|'[^']*'|[^\s;&|()]*|\$\(\([^;&|]{1,100}\)\))\s*(?:#.*)?$"
)
_ARRAY = re.compile(r"^\s*(?:export\s+|local\s+)?(\w+)=\(([^()]*)\)\s*(?:#.*)?$")
_OPEN = re.compile(r"^\s*(?:export\s+|local\s+)?\w+=(?:\"[^\"]*|'[^']*|[^\s;&|()\"']*)\\$")
"""An assignment that goes on in the next line."""

_ECHOED = re.compile(
    r"^\s*(\w+)=\(\s*[$`]\(?\s*for\s+(\w+)\s+in\s+(?P<each>[^;]+);\s*do\s+echo\s+(?P<echo>[^;]+);"
    r"\s*done\s*[)`]\s*\)\s*$"
)
"""What a loop over another array prints: `flags=($(for d in "${names[@]}"; do echo '-d '"${d}"; done))`."""

MAX_CONTINUED = 20
"""Lines that one assignment may go over."""

_FOR = re.compile(r"^\s*for\b")
_LOOP = re.compile(r"^\s*for\s+(\w+)\s+in\s+([^;#]+)")
_COUNTED = re.compile(r"^\s*for\s*\(\(\s*(\w+)\s*=\s*(\d+)\s*;")
_SHIFT = re.compile(r"^shift(?:\s+(\d{1,4}))?\s*(?:[;#].*)?$")
"""Arguments dropped for good; an indented one stands in a loop over options, whose turns are not read."""

_OTHERWISE = re.compile(r"^\s*(?:else|elif)\b")
_END = re.compile(r"^\s*fi\b")
_RANGE = re.compile(r"^\{(-?\d+)\.\.-?\d+(?:\.\.-?\d+)?\}$")
_SEQUENCE = re.compile(r"^[$`]\(?\s*seq\s+(?:-\w+\s+)*(?:(-?\d+)\s+)?-?\d+\s*[`)]$")
_USE = re.compile(
    r"\$(?:\{(?P<braced>\w+|@|\*)(?::?[-=](?P<default>[^}]*))?\}|\{[@*]:(?P<start>\d{1,4})\}"
    r"|\{(?P<array>\w+)\[(?P<index>\d{1,4}|@|\*)\]\}|(?P<plain>\w+|@|\*))"
)
_EACH = re.compile(r"(?<!=)\"\$(?:@|\{@(?::(?P<start>\d{1,4}))?\}|\{(?P<array>\w+)\[@\]\})\"")
"""All arguments, or all of an array, within quotes: a word for each."""

RANDOM = "1"
"""What `$RANDOM` stands for: any number does (it chooses a port, mostly), as long as it stays the same."""

DATE = "20000101"
"""What `$(date +%s)` stands for, a name for a run mostly: a number, and the same in every attempt."""

_DATE = re.compile(r"\$\(\s*date\b[^()`\n]{0,80}\)|`\s*date\b[^()`\n]{0,80}`")

_OF_THE_SHELL = frozenset({"PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "HOME", "PWD", "USER", "CUDA_VISIBLE_DEVICES"})
"""What has a value before the text begins, which lines of the text add to."""


def script_of(argv: Sequence[str]) -> str | None:
    """Return the shell script that a command runs, as it names it; None where it runs none."""
    script = next((part for part in argv if part.endswith(_SCRIPT)), None)
    runs = bool(argv) and (argv[0] in SHELLS or argv[0].endswith((".sh", ".bash")) or argv[0] == "sbatch")
    return script if runs else None


class Variables:
    """What the variables of a shell text hold, line after line; of a loop the first turn is read.

    `arguments` are those of a script; None where the text is no script's, as on a page: its marks stay.
    """

    def __init__(self, arguments: Sequence[str] | None = None) -> None:
        self._arguments = None if arguments is None else list(arguments)
        self._known: dict[str, str] = {"RANDOM": RANDOM}
        self._arrays: dict[str, list[str]] = {}
        self._otherwise = False

    def expand(self, text: str) -> str:
        """Put values in, and keep what the lines of this text assign; what is unknown stays as it is."""
        lines = _DATE.sub(DATE, text).split("\n")
        read: list[str] = []
        for at, line in enumerate(lines):
            if _OPEN.match(line) is None:
                read.append(self._line(line))
            else:
                self._line(_joined(lines[at : at + MAX_CONTINUED]))
                read.append(self.use(line))
        return "\n".join(read)

    def use(self, text: str) -> str:
        """Put values in, and keep nothing."""
        counted = EXPRESSION.sub(self._number, text[:MAX_LINE])
        return _USE.sub(self._value, _EACH.sub(self._words_of, counted))[:MAX_LINE]

    def _line(self, line: str) -> str:
        """Put values into a line; what stands behind the head of a loop is read after it."""
        head, do, body = line.partition("; do ") if _FOR.match(line) else (line, "", "")
        return self._part(head) + do + (self._part(body) if do else "")

    def _part(self, line: str) -> str:
        expanded = self.use(line)
        self._otherwise = bool(_OTHERWISE.match(line)) or (self._otherwise and not _END.match(line))
        for part in line.split(";") if "=" in line else ():
            self._assigned(part.strip().removeprefix("$ "))
        if array := _ARRAY.match(expanded):
            self._arrays[array[1]] = _words(array[2][:MAX_VALUE])
        if echoed := _ECHOED.match(expanded):
            printed = (_named(echoed["echo"], echoed[2], value) for value in _words(echoed["each"][:MAX_VALUE]))
            self._arrays[echoed[1]] = [word for text in printed for word in text.split()]
        if loop := _LOOP.match(expanded):
            self._looped(loop[1], loop[2].strip())
        if counted := _COUNTED.match(line):
            self._known[counted[1]] = counted[2]
        if (shift := _SHIFT.match(line)) and self._arguments is not None:
            self._arguments = self._arguments[int(shift[1] or 1) :]
        return expanded

    def _assigned(self, part: str) -> None:
        """Keep an assignment; of two branches the first speaks.

        A shell does not split what it assigns: `REST=${@:2}` holds all of them.
        """
        match = _ASSIGNMENT.match(part)
        value = self.use(match[2]) if match is not None else ""
        if match is None or match[1] in _OF_THE_SHELL or "$(" in value or "`" in value:
            return
        if not (self._otherwise and match[1] in self._known):
            self._known[match[1]] = value.strip("\"'")[:MAX_VALUE]

    def _looped(self, name: str, listed: str) -> None:
        sequence = _SEQUENCE.match(listed)
        first = (sequence[1] or "1") if sequence else next(iter(_words(listed)), "")
        if counted := _RANGE.match(first):
            first = counted[1]
        if first and not set(first) & set("$`*?{}"):
            self._known[name] = first[:MAX_VALUE]
        else:
            self._known.pop(name, None)

    def _words_of(self, match: re.Match[str]) -> str:
        held = self._arrays.get(match["array"]) if match["array"] else self._arguments
        if held is None:
            return match[0]
        return shlex.join(held[max(int(match["start"] or 1) - 1, 0) :])

    def _number(self, match: re.Match[str]) -> str:
        """Return what `$((…))` comes to, unchanged where it names what is not known."""
        found = work_out(_USE.sub(self._value, match[1]), self._known)
        return match[0] if found is None else found

    def _value(self, match: re.Match[str]) -> str:
        arguments = self._arguments or []
        if match["start"]:
            return match[0] if self._arguments is None else " ".join(arguments[max(int(match["start"]) - 1, 0) :])
        if match["array"]:
            return self._of_array(match)
        name = match["braced"] or match["plain"]
        if name in {"@", "*"}:
            return match[0] if self._arguments is None else " ".join(arguments)
        if name.isdecimal() and len(name) < 5:
            found = arguments[int(name) - 1] if 0 < int(name) <= len(arguments) else None
        else:
            first = next(iter(self._arrays.get(name, ())), None)
            found = self._known.get(name, first)
        if found is None:
            return match[0] if match["default"] is None else match["default"]
        return found

    def _of_array(self, match: re.Match[str]) -> str:
        held = self._arrays.get(match["array"])
        if held is None:
            return match[0]
        if match["index"] in {"@", "*"}:
            return " ".join(held)
        return held[int(match["index"])] if int(match["index"]) < len(held) else ""


def _named(text: str, name: str, value: str) -> str:
    """Return what `echo` prints of a text with one variable in it."""
    put = re.sub(rf"\$(?:\{{{name}\}}|{name}\b)", lambda _: value, text)
    return " ".join(_words(put))


def _joined(lines: Sequence[str]) -> str:
    """Join the lines of an assignment as a shell does: what a backslash ends goes on without a space."""
    text = ""
    for line in lines:
        text += line.removesuffix("\\")
        if not line.endswith("\\"):
            break
    return text.strip()


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def expand(text: str, arguments: Sequence[str]) -> str:
    """Put the values of a shell script's own plain variables and arguments in; what is unknown stays."""
    return Variables(arguments).expand(text)
