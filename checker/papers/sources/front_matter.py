"""A paper that is a Markdown page of its own, with what is known of it on top: `title`, `authors`, `bibliography`.

The Journal of Open Source Software has such pages (https://joss.readthedocs.io/en/latest/paper.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import yaml

from checker.papers.sources.base import Entry
from checker.papers.sources.records import normalise_names, read_record, unite_records

#: Lines and characters of such a block at most: a hundred authors with their affiliations.
MOST_LINES, MOST_CHARACTERS = 2_000, 100_000

#: Fields that only the page of one paper has.
_SIGNS = frozenset({"affiliations", "bibliography", "abstract"})


def find_end(lines: Sequence[str]) -> int | None:
    """Return the place of the line that ends the block on top of a page, None where there is no such block."""
    if not lines or lines[0].strip() != "---":
        return None
    return next((i for i, line in enumerate(lines[1:MOST_LINES], start=1) if line.strip() in ("---", "...")), None)


def read_paper_page(text: str) -> Entry | None:
    """Return the one paper that a page is, None where it is another kind of page."""
    lines = text.split("\n")
    end = find_end(lines)
    if end is None:
        return None
    fields = _load("\n".join(lines[1:end]))
    title = fields.get("title")
    if not isinstance(title, str) or not _SIGNS & fields.keys():
        return None
    body = "\n".join(lines[end + 1 :]).strip()
    said = fields.get("abstract")
    summary = said.strip() if isinstance(said, str) else ""
    found = {**fields, "title": " ".join(title.split()), "date": _read_date(fields.get("date"))}
    found["abstract"] = "\n\n".join(filter(None, (summary, body)))
    found.pop("id", None)
    try:
        (entry,) = unite_records([read_record(normalise_names(found))])
    except ValueError:
        return None
    return entry


class _Loader(yaml.SafeLoader):
    """Reads an alias as an empty text: eleven lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if not self.check_event(yaml.AliasEvent):
            return super().compose_node(parent, index)
        event = self.get_event()  # type: ignore[no-untyped-call]
        return yaml.ScalarNode("tag:yaml.org,2002:str", "", event.start_mark, event.end_mark)


def _load(text: str) -> dict[str, object]:
    """Return the fields of a block, {} where it is no mapping or cannot be read; nothing is made of its tags."""
    if len(text) > MOST_CHARACTERS:
        return {}
    try:
        fields = yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return {}
    return (
        {name: value for name, value in fields.items() if isinstance(name, str)}
        if isinstance(fields, dict)
        else {}
    )


def _read_date(value: object) -> str | None:
    """Return a date in ISO 8601: YAML's own, or `13 August 2017`."""
    if isinstance(value, date):
        return value.isoformat()
    for form in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(value).strip(), form).date().isoformat()
        except ValueError:
            continue
    return None
