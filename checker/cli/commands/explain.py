"""`checker explain`: what a rule, a cause or a fact of the tables says, and where it stands."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from checker.core.errors import UsageError
from checker.core.rules import PLACES
from checker.core.text import join_lines
from checker.judging.causes import CAUSES

PACKAGE = Path(__file__).parents[2]

#: What is shown of a row before everything else it holds, and under which word; `excerpt` comes last.
_WORDS = {
    "says": "matches", "pattern": "matches", "lacks": "matches", "object_lacks": "matches",
    "unexpected": "matches", "unless": "unless", "cause": "cause", "summary": "meaning", "hint": "hint",
    "needs": "adds", "system_packages": "adds", "built_with": "builds with",
}  # fmt: skip

#: Fields whose values are other names of a row: modules of a package, how prose and conda call it.
_ALIASES = ("short", "modules", "prose", "conda", "formerly", "git_names", "distribution")

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
    """Show what a rule, a cause or a package means.

    Capitals, hyphens and blanks do not matter; a package is found by its modules and other names as well.
    """
    entries = list(read_entries())
    found = find_entries(rule, entries)
    if not found:
        raise UsageError(_explain_absence(rule, entries))
    typer.echo("\n\n".join("\n".join(render_entry(entry)) for entry in found))


def find_entries(asked: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries of a name: as it is written, else spelled otherwise, else by another name of theirs."""
    wanted = _normalise(asked)
    kinds: tuple[Callable[[Entry], bool], ...] = (
        lambda entry: entry.name == asked,
        lambda entry: _normalise(entry.name) == wanted,
        lambda entry: wanted in _list_aliases(entry),
    )
    return next((found for kind in kinds if wanted and (found := [e for e in entries if kind(e)])), [])


def _normalise(name: str) -> str:
    return re.sub(r"[\s._-]+", "_", name.strip().casefold())


def _list_aliases(entry: Entry) -> frozenset[str]:
    values = (entry.fields.get(key, ()) for key in _ALIASES)
    texts = (text for value in values for text in ([value] if isinstance(value, str) else value))
    return frozenset(_normalise(text) for text in texts if isinstance(text, str))


def _explain_absence(asked: str, entries: Sequence[Entry]) -> str:
    """Say that there is no such name, with up to five that are near: spelled alike, or holding the word."""
    shown = join_lines(asked, 80)
    wanted = _normalise(shown)
    if not wanted:
        return "name a rule, a cause or a package, as reports do"
    names: dict[str, str] = {}
    for entry in entries:
        for known in (_normalise(entry.name), *_list_aliases(entry)):
            names.setdefault(known, entry.name)
    holding = [name for name in sorted(names, key=len) if len(wanted) > 2 and wanted in name.split("_")]
    alike = get_close_matches(wanted, names, n=5, cutoff=0.6)
    near = list(dict.fromkeys(names[known] for known in (*alike[:2], *holding, *alike)))[:5]
    return f"no rule, cause or package is called {shown!r}" + (f"; near: {', '.join(near)}" if near else "")


def read_entries(package: Path = PACKAGE) -> Iterator[Entry]:
    """Yield every named row of every table that judges; other tables hold no rules."""
    for file in sorted(file for place in PLACES for file in (package / place).rglob("data/*.toml")):
        text = file.read_text(encoding="utf-8")
        before: Counter[str] = Counter()
        place = f"{package.name}/{file.relative_to(package).as_posix()}"
        for key, value in tomllib.loads(text).items():
            rows = value if isinstance(value, list) else []
            named = [(str(row["name"]), row) for row in rows if isinstance(row, dict) and "name" in row]
            if isinstance(value, dict):
                named.append((key, value))
            for name, fields in named:
                before[name] += 1
                yield Entry(name, f"{place}:{_find_line(text, name, before[name])}", fields)


def _find_line(text: str, name: str, count: int) -> int:
    """Return the line of the row that is the `count`th of its name in a file."""
    head = rf'^(?:name = "{re.escape(name)}"|\["?{re.escape(name)}"?[\].])'
    starts = [match.start() for match in re.finditer(head, text, re.MULTILINE)] or [0]
    return text.count("\n", 0, starts[min(count, len(starts)) - 1]) + 1


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
