"""JSON: one paper a line, an array of papers (also Papers with Code's dumps), or an object that holds either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from checker.papers.sources.base import Content, Problem
from checker.papers.sources.records import Record, name_kind, normalise_names, read_record, unite_records

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_jsonl(text: str, name: str) -> Content:
    """Return the papers of the lines that can be read, and a problem for each line that cannot."""
    records: list[Record] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(_read_item(_load(line)))
        except ValueError as error:
            problems.append(Problem(source=name, line=number, message=str(error)))
    return Content(entries=unite_records(records), problems=tuple(problems))


def is_array(text: str) -> bool:
    """Tell whether a text begins like a JSON array of objects."""
    return re.match(r"\s*\[\s*(?:\{|\]\s*\Z)", text) is not None


def read_json(text: str, name: str) -> Content:
    """Return the papers of a JSON document: an array, an object with one, a single paper, or JSON Lines."""
    if text.lstrip().startswith("["):
        return _read_array(text, name)
    try:
        document = _load(text)
    except ValueError:
        return read_jsonl(text, name)
    lists = [value for value in document.values() if _holds_objects(value)] if isinstance(document, dict) else []
    items = max(lists, key=len) if lists else [document]
    return _read_items(((None, item) for item in items), name, [])


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _read_array(text: str, name: str) -> Content:
    """Read an array item by item, so that each has its line and what comes before a mistake counts."""
    broken: list[Problem] = []
    return _read_items(_list_items(text, name, broken), name, broken)


def _read_items(items: Iterator[tuple[int | None, object]], name: str, problems: list[Problem]) -> Content:
    """Read items with their lines; `problems` may grow while the items are listed."""
    records: list[Record] = []
    for line, item in items:
        try:
            records.append(_read_item(item))
        except ValueError as error:
            problems.append(Problem(source=name, line=line, message=str(error)))
    return Content(entries=unite_records(records), problems=tuple(problems))


def _list_items(text: str, name: str, broken: list[Problem]) -> Iterator[tuple[int, object]]:
    """Yield the items of an array, each with its line, up to the first that is broken."""
    place, line = text.index("[") + 1, 1
    counted = 0

    def complain(message: str) -> None:
        broken.append(Problem(source=name, line=line, message=f"broken JSON: {message}"))

    while True:
        place = _skip_blanks(text, place)
        line, counted = line + text.count("\n", counted, place), place
        if text[place : place + 1] == "]":
            return
        try:
            item, place = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            at = error.lineno
            broken.append(
                Problem(source=name, line=at, message=f"broken JSON: {error.msg} (column {error.colno})")
            )
            return
        except (RecursionError, ValueError) as error:
            complain("nested too deeply" if isinstance(error, RecursionError) else str(error))
            return
        yield line, item
        place = _skip_blanks(text, place)
        if text[place : place + 1] == ",":
            place += 1
        elif text[place : place + 1] != "]":
            line += text.count("\n", counted, place)
            complain("the array does not end" if place >= len(text) else "a comma or ] is missing")
            return


def _skip_blanks(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _load(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"broken JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise ValueError("broken JSON: nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"broken JSON: {error}") from None


def _read_item(item: object) -> Record:
    if not isinstance(item, dict):
        raise ValueError(f"expected an object with id, title and abstract, found {name_kind(item)}")
    return read_record(normalise_names(item))
