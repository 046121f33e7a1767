"""JSON: one paper a line, an array of papers (also Papers with Code's dumps), or an object that holds either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeGuard

from checker.papers.sources.base import Content, Problem
from checker.papers.sources.records import (
    Record,
    find_parts,
    name_kind,
    normalise_names,
    read_record,
    unite_records,
)
from checker.papers.sources.repositories import read_repository_items

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

#: Objects inside one another in which a list of papers may lie.
NESTED = 3


def read_jsonl(text: str, name: str) -> Content:
    """Return the papers of the lines that can be read, and a problem for each line that cannot."""
    items: list[tuple[int | None, object]] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                items.append((number, _load(line)))
            except ValueError as error:
                problems.append(Problem(source=name, line=number, message=str(error)))
    return _read_items(iter(items), name, problems)


def is_array(text: str) -> bool:
    """Tell whether a text begins like a JSON array of objects or of texts."""
    return re.match(r"\s*\[\s*(?:\{|\"[^\"\n]{0,300}\"\s*[,\]]|\]\s*\Z)", text) is not None


def read_json(text: str, name: str) -> Content:
    """Return the papers of a JSON document: an array, an object with one, a single paper, or JSON Lines."""
    if text.lstrip().startswith("["):
        return _read_array(text, name)
    try:
        document = _load(text)
    except ValueError:
        return _read_documents(text, name) or read_jsonl(text, name)
    return _read_items(((None, item) for item in _find_items(document)), name, [])


def _read_documents(text: str, name: str) -> Content | None:
    """Read objects that follow each other over several lines; None where the first of them ends its line."""
    items: list[tuple[int | None, object]] = []
    place = _skip_blanks(text, 0)
    try:
        while place < len(text):
            item, end = _DECODER.raw_decode(text, place)
            items.append((1 + text.count("\n", 0, place), item))
            if "\n" not in text[place:end]:
                return None
            place = _skip_blanks(text, end)
    except (ValueError, RecursionError):
        if not items:
            return None
        line = 1 + text.count("\n", 0, place)
        return _read_items(
            iter(items), name, [Problem(source=name, line=line, message="broken JSON from here on")]
        )
    return _read_items(iter(items), name, [])


def _find_items(document: object) -> list[object]:
    """Return the papers of a document: its longest list of objects, what an object of papers holds, or itself."""
    if not isinstance(document, dict) or _is_paper(document):
        return [document]
    lists = list(_find_lists(document, NESTED))
    if lists:
        return max(lists, key=len)
    if document and all(isinstance(value, dict) and _is_paper(_flatten(value)) for value in document.values()):
        return [{"id": name, **value} for name, value in document.items()]
    return [document]


def _holds_objects(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _find_lists(document: dict[str, object], depth: int) -> Iterator[list[object]]:
    for value in document.values():
        if _holds_objects(value):
            yield value
        elif isinstance(value, dict) and depth and not _is_paper(value):
            yield from _find_lists(value, depth - 1)


def _unwrap(fields: dict[str, object]) -> dict[str, object]:
    return {
        name: value["value"] if isinstance(value, dict) and "value" in value else value
        for name, value in fields.items()
    }


def _is_paper(fields: dict[str, object]) -> bool:
    return "title" in find_parts(name for name, value in fields.items() if not isinstance(value, dict))


def _flatten(item: dict[str, object]) -> dict[str, object]:
    """Return an item whose paper is an object inside it, or whose values are, as one object.

    `{"paper": {"title": …}}` (Hugging Face), `{"content": {"title": {"value": …}}}` (OpenReview); an abstract that
    is an index of its words (OpenAlex) becomes text.
    """
    item = _unwrap(item)
    if not _is_paper(item):
        inside = (_unwrap(value) for value in item.values() if isinstance(value, dict))
        inner = next(filter(_is_paper, inside), {})
        item = {
            **{name: value for name, value in item.items() if not (inner and isinstance(value, dict))},
            **inner,
        }
    words = item.get("abstract_inverted_index")
    if isinstance(words, dict) and "abstract" not in find_parts(item):
        places = [(at, word) for word, found in words.items() if isinstance(found, list) for at in found]
        item["abstract"] = " ".join(word for at, word in sorted(p for p in places if isinstance(p[0], int)))
    return item


def _read_array(text: str, name: str) -> Content:
    """Read an array item by item, so that each has its line and what comes before a mistake counts."""
    broken: list[Problem] = []
    return _read_items(_list_items(text, name, broken), name, broken)


def _read_items(items: Iterator[tuple[int | None, object]], name: str, problems: list[Problem]) -> Content:
    """Read items with their lines; `problems` may grow while the items are listed."""
    listed = [(line, each) for line, item in items for each in (item if _holds_objects(item) else [item])]
    if repositories := read_repository_items(listed, name):
        return repositories.model_copy(update={"problems": (*problems, *repositories.problems)})
    records: list[Record] = []
    for line, item in listed:
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
    return read_record(normalise_names(_flatten(item)))
