"""Puts the plain variables and arguments of a shell script in where its commands use them; runs nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+|local\s+)?(\w+)=(\"[^\"]*\"|'[^']*'|[^\s;&|]*)\s*(?:#.*)?$")
_USE = re.compile(r"\$(?:\{(\w+|@|\*)(?::?[-=]([^}]*))?\}|(\w+|@|\*))")


def expand(text: str, arguments: Sequence[str]) -> str:
    """Put the values of a shell script's own plain variables and arguments in; what is unknown stays."""
    known = {str(index): value for index, value in enumerate(arguments, 1)}
    known.update({"@": " ".join(arguments), "*": " ".join(arguments)})

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        default = match[2]
        found = known.get(name)
        if found is None and name in {"@", "*"}:
            return ""
        if found is None and default is not None:
            return default
        return found if found is not None else match[0]

    lines: list[str] = []
    for line in text.split("\n"):
        expanded = _USE.sub(value, line)
        match = _ASSIGNMENT.match(expanded)
        if match and "$(" not in match[2] and "`" not in match[2]:
            known.setdefault(match[1], match[2].strip("\"'"))
        lines.append(expanded)
    return "\n".join(lines)
