"""What a query may not do: it is refused before an engine sees it (pure).

The engine itself only reads: it knows no update in a query. `SERVICE` would let it call other hosts, so it is
looked for among the words of the query, with comments, strings and IRIs left out, and escapes undone. The process
that runs the query has no network besides (`checker.reports.linked_data.endpoint.child`).
"""

from __future__ import annotations

import re

from checker.core.errors import UsageError

#: Characters of a query at most.
LONGEST = 50_000

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n\r]|\\.)*\''
    r'|<[^<>"{}|^`\\\x00-\x20]*>'
    r"|\#[^\n\r]*"
    r"|(?P<word>[?$@]?[^\W\d][\w-]*)(?P<prefix>:)?|.",
    re.DOTALL,
)
_UPDATES = frozenset({"ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE"})
_FORMS = frozenset({"ASK", "CONSTRUCT", "DESCRIBE", "SELECT"})


def find_words(query: str) -> list[str]:
    """Return the words of a query in capitals, without strings, IRIs, comments, variables and language tags.

    `SERVICE` counts as a word even where a colon follows and it may be a prefix: whoever uses it as one can choose
    another name, and nothing then rests on how an engine splits `SERVICE:x`.
    """
    plain = _ESCAPE.sub(_unescape, query)
    found = ((match["word"] or "", match["prefix"]) for match in _TOKEN.finditer(plain))
    words = [(word.upper(), prefix) for word, prefix in found if word and word[0] not in "?$@"]
    return [word for word, prefix in words if word == "SERVICE" or not prefix]


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


def refuse_what_is_not_reading(query: str) -> None:
    """Refuse a query that does more than read this graph.

    Raises:
        UsageError: it is empty or too long, calls other hosts, or would change something.

    """
    if len(query) > LONGEST:
        raise UsageError(f"query: longer than {LONGEST:,} characters")
    words = find_words(query)
    form = next((word for word in words if word in _FORMS | _UPDATES), None)
    if form is None:
        raise UsageError("query: neither SELECT nor ASK, CONSTRUCT or DESCRIBE stands in it")
    if form in _UPDATES:
        raise UsageError(f"query: {form} would change the graph; only reading is offered")
    if "SERVICE" in words:
        raise UsageError("query: SERVICE would call another host; only this graph is read")
