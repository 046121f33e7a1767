"""Papers from named fields: what the rows of tables, JSON and BibTeX have in common."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from checker.core.data_files import read_toml
from checker.core.values.base import Value
from checker.core.values.papers import LinkKind
from checker.papers.links import locate
from checker.papers.sources.base import Entry, read_day

_DATA = read_toml("checker.papers.sources", "records.toml")

#: Part of a paper → the names that it goes by (`normalise_name`).
NAMES: Mapping[str, tuple[str, ...]] = {part: tuple(names) for part, names in _DATA["names"].items()}
_EMPTY = frozenset(_DATA["empty"]["words"])
_KNOWN = frozenset(name for names in NAMES.values() for name in names)
_CODE_WORDS = frozenset(_DATA["words"]["code"].split())

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+\Z")
_YEAR = re.compile(r"(?:1[89]|20)\d\d\Z")


class Record(Value):
    """A paper as one row has it; `code` are the words of the row about its code, which go to the abstract."""

    entry: Entry
    code: tuple[str, ...] = ()


def normalise_name(name: str) -> str:
    """Return the name of a field as `records.toml` has it: `Paper Title` → `paper_title`."""
    return re.sub(r"[\s-]+", "_", name.strip().strip("*`\"'").strip()).lower()


def find_parts(names: Iterable[str]) -> frozenset[str]:
    """Return the parts of a paper that fields of these names hold."""
    known = {normalise_name(name) for name in names}
    return frozenset(part for part, spellings in NAMES.items() if known.intersection(spellings))


def normalise_names(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields under the names that `read_record` knows."""
    return {normalise_name(name): value for name, value in fields.items() if isinstance(name, str)}


def read_record(record: Mapping[str, object]) -> Record:
    """Return the paper that a row's fields describe (`normalise_names`); what else they hold is left alone.

    Raises:
        ValueError: they describe none; the message says what is wrong.

    """
    title, abstract = _read_text(record, "title"), _read_text(record, "abstract")
    if not title.strip() and not abstract.strip():
        names = ", ".join(name for name in list(record)[:8] if isinstance(name, str) and name)
        raise ValueError(f"neither a title nor an abstract{f' (found: {names[:200]})' if names else ''}")
    identifier = _take(record, "id")
    if isinstance(identifier, float):
        identifier = None if math.isnan(identifier) else f"{identifier:g}"
    if isinstance(identifier, bool) or not isinstance(identifier, (str, int, type(None))):
        raise ValueError(f"id must be text, found {name_kind(identifier)}")
    abstract = "\n\n".join(filter(None, (abstract, *_list_remarks(record, abstract))))
    entry = Entry(
        id=clean(str(identifier)).strip() or None if identifier is not None else None,
        title=" ".join(title.split()),
        abstract=abstract,
        published=_read_date(record),
        categories=_read_categories(_take(record, "categories")),
        venue=_read_line(_take(record, "venue")),
    )
    return Record(entry=entry, code=tuple(dict.fromkeys(_list_code(record))))


def unite_records(records: Iterable[Record]) -> tuple[Entry, ...]:
    """Return each paper once, with the code of all its rows: lists of code have a row for each repository."""
    kept: dict[tuple[str | None, str], Record] = {}
    for record in records:
        key = (record.entry.id, record.entry.title)
        before = kept.get(key)
        if before is None:
            kept[key] = record
        elif before.entry.abstract == record.entry.abstract:
            code = tuple(dict.fromkeys((*before.code, *record.code)))
            kept[key] = before.model_copy(update={"code": code})
        else:
            kept[record.entry.id, f"{record.entry.title}\0{len(kept)}"] = record
    return tuple(_add_code(record) for record in kept.values())


def _add_code(record: Record) -> Entry:
    """Return a paper whose abstract says where its code is, as papers themselves do."""
    known = record.entry.abstract
    lines = [f"Code: {said}" for said in record.code if said not in known]
    if not lines:
        return record.entry
    return record.entry.model_copy(update={"abstract": "\n\n".join(filter(None, (known, "\n".join(lines))))})


def _list_code(record: Mapping[str, object]) -> Iterator[str]:
    """Yield what a row says about the code; nothing where it says that the code is somebody else's."""
    told = [record[name] for name in NAMES["own"] if name in record]
    if told and not any(_is_true(value) for value in told):
        return
    for name in NAMES["code"]:
        for text in _list_texts(record.get(name)):
            if text.lower() not in _EMPTY:
                yield f"https://github.com/{text}" if _PLAIN.match(text) else text
    for name in NAMES["page"]:
        for text in _list_texts(record.get(name)):
            place = locate(text) if " " not in text else None
            if place is not None and place.kind is not LinkKind.OTHER and place.kind is not LinkKind.DOI:
                yield text
    for name in record.keys() - _KNOWN:
        for text in _list_texts(record[name]):
            place = locate(text) if "/" in text and " " not in text else None
            named = bool(_CODE_WORDS.intersection(name.split("_")))
            if place is not None and (named or (place.repository and not place.repository.may_be_data)):
                yield text


def _list_remarks(record: Mapping[str, object], abstract: str) -> Iterator[str]:
    """Yield the remarks of a row that hold an address: `10 pages; code: https://…`."""
    for name in NAMES["remarks"]:
        for text in _list_texts(record.get(name)):
            if ("://" in text or "www." in text) and text not in abstract:
                yield text


def _is_true(value: object) -> bool:
    return value.strip().lower() in ("true", "yes", "1") if isinstance(value, str) else bool(value)


def _list_texts(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and (text := " ".join(clean(item).split())):
            yield text[:2000]


def _take(record: Mapping[str, object], part: str) -> object:
    """Return the first value that a row has for a part, None where it has none."""
    found = (record.get(name) for name in NAMES[part])
    return next((value for value in found if value is not None and value != ""), None)


def _read_text(record: Mapping[str, object], part: str) -> str:
    value = _take(record, part)
    if value is None:
        return ""
    if part == "title" and isinstance(value, list) and len(value) == 1:  # as Crossref has titles
        value = value[0]
    if not isinstance(value, str):
        raise ValueError(f"{part} must be text, found {name_kind(value)}")
    return clean(value)


def _read_date(record: Mapping[str, object]) -> date | None:
    """Return the day of a paper; a year alone is none."""
    value = _take(record, "published")
    return None if isinstance(value, str) and _YEAR.match(value.strip()) else read_day(value)


def _read_line(value: object) -> str | None:
    return " ".join(clean(value).split()) or None if isinstance(value, str) else None


def _read_categories(value: object) -> tuple[str, ...]:
    """Return research fields: a list of them, or text with blanks between them, as arXiv's own lists have it."""
    parts = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(dict.fromkeys(clean(part).strip() for part in parts if isinstance(part, str) and part.strip()))


def clean(text: str) -> str:
    """Replace lone surrogates, which JSON can escape and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def name_kind(value: object) -> str:
    """Return what a value of JSON is called."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
