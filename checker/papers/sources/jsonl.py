"""JSON Lines: one paper a line, `{"id", "title", "abstract"}`; what else a line holds is left alone."""

from __future__ import annotations

import json

from checker.papers.sources.base import Content, Entry, Problem, read_day


def read_jsonl(text: str, name: str) -> Content:
    """Return the papers of the lines that can be read, and a problem for each line that cannot."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(_read_entry(line))
        except ValueError as error:
            problems.append(Problem(source=name, line=number, message=str(error)))
    return Content(entries=tuple(entries), problems=tuple(problems))


def _read_entry(line: str) -> Entry:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"broken JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise ValueError("broken JSON: nested too deeply") from None
    if not isinstance(record, dict):
        raise ValueError(f"expected an object with id, title and abstract, found {_name_kind(record)}")
    title, abstract = _read_text(record, "title"), _read_text(record, "abstract")
    if not title.strip() and not abstract.strip():
        raise ValueError("neither a title nor an abstract")
    identifier = record.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int, type(None))):
        raise ValueError(f"id must be text, found {_name_kind(identifier)}")
    return Entry(
        id=_clean(str(identifier)).strip() or None if identifier is not None else None,
        title=title,
        abstract=abstract,
        published=read_day(record.get("published", record.get("date"))),
        categories=_read_categories(record.get("categories")),
        venue=_read_venue(record.get("venue")),
    )


def _read_venue(value: object) -> str | None:
    return " ".join(_clean(value).split()) or None if isinstance(value, str) else None


def _read_categories(value: object) -> tuple[str, ...]:
    """Return research fields: a list of them, or text with blanks between them, as arXiv's own lists have it."""
    parts = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(dict.fromkeys(_clean(part).strip() for part in parts if isinstance(part, str) and part.strip()))


def _read_text(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} must be text, found {_name_kind(value)}")
    return _clean(value)


def _clean(text: str) -> str:
    """Replace lone surrogates, which JSON can escape and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _name_kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
