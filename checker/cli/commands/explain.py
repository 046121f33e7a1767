"""`checker explain`: what a rule, a cause or a fact of the tables says, and where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from checker.core.errors import UsageError
from checker.core.rules import PLACES
from checker.judging.causes import CAUSES

PACKAGE = Path(__file__).parents[2]

#: What is shown of a row before everything else it holds, and under which word; `excerpt` comes last.
_WORDS = {
    "says": "matches", "pattern": "matches", "lacks": "matches", "object_lacks": "matches",
    "unexpected": "matches", "unless": "unless", "cause": "cause", "summary": "meaning", "hint": "hint",
    "needs": "adds", "system_packages": "adds", "built_with": "builds with",
}  # fmt: skip

_WIDTH = 12


@dataclass(frozen=True)
class Entry:
    """One row of a table: its name, its file and line, and what it holds."""

    name: str
    place: str
    fields: dict[str, Any]


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule, a cause or a package, as reports name it.")],
) -> None:
    """Show what a rule of the tables matches, what it means and where it stands."""
    entries = list(read_entries())
    found = [entry for entry in entries if entry.name == rule]
    if not found:
        near = get_close_matches(rule, dict.fromkeys(entry.name for entry in entries), n=5, cutoff=0.5)
        raise UsageError(f"no rule is called {rule}" + (f"; near: {', '.join(near)}" if near else ""))
    typer.echo("\n\n".join("\n".join(render_entry(entry)) for entry in found))


def read_entries(package: Path = PACKAGE) -> Iterator[Entry]:
    """Yield every named row of every table that judges; other tables hold no rules."""
    for file in sorted(file for place in PLACES for file in (package / place).rglob("data/*.toml")):
        text = file.read_text(encoding="utf-8")
        place = f"{package.name}/{file.relative_to(package).as_posix()}"
        for key, value in tomllib.loads(text).items():
            rows = value if isinstance(value, list) else []
            named = [(str(row["name"]), row) for row in rows if isinstance(row, dict) and "name" in row]
            if isinstance(value, dict):
                named.append((key, value))
            for name, fields in named:
                yield Entry(name, f"{place}:{_find_line(text, name)}", fields)


def _find_line(text: str, name: str) -> int:
    head = re.search(rf'^(?:name = "{re.escape(name)}"|\["?{re.escape(name)}"?[\].])', text, re.MULTILINE)
    return text.count("\n", 0, head.start() if head else 0) + 1


def render_entry(entry: Entry) -> Iterator[str]:
    """Yield the lines that show an entry."""
    yield f"{entry.name}  {entry.place}"
    fields = dict(entry.fields)
    kind = CAUSES.get(fields.get("cause", ""))
    if kind is not None:
        fields.setdefault("summary", kind.summary)
        fields["hint"] = fields.get("hint") or kind.hint
    order = [*(key for key in _WORDS if key in fields), *(key for key in fields if key not in _WORDS)]
    for key in sorted(order, key=lambda key: key == "excerpt"):
        word = _WORDS.get(key, key.replace("_", " "))
        for line in _list_lines(fields[key]) if key != "name" else ():
            yield f"  {word:<{_WIDTH}}{line}"
            word = ""


def _list_lines(value: object) -> Iterator[str]:
    """Yield a value as lines of text; a rule has few, and all are shown."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (f"{key}: {line}" for line in _list_lines(item))
    elif isinstance(value, list):
        for item in value:
            yield from _list_lines(item)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    else:
        yield from str(value).rstrip("\n").splitlines() or [""]
