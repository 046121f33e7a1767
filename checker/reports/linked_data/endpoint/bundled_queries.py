"""The queries that come along: files in `queries/`, each beginning with a comment that says what it answers."""

from __future__ import annotations

import re
from importlib.resources import files
from types import MappingProxyType

_FOLDER = files("checker.reports.linked_data.endpoint").joinpath("queries")
_COMMENT = re.compile(r"#[ \t]*+([^\n]*+)\n")

#: Name → text.
QUERIES = MappingProxyType(
    {
        entry.name.removesuffix(".rq"): entry.read_text("utf-8")
        for entry in sorted(_FOLDER.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".rq")
    }
)


def read_question(name: str) -> str:
    """Return the question that a shipped query answers."""
    match = _COMMENT.match(QUERIES[name])
    return match[1] if match else ""
