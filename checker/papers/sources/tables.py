"""Tables of papers: CSV with a header that names titles or abstracts, and the tables of Markdown pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from checker.papers.sources.base import Content, Problem, parse_arxiv_id
from checker.papers.sources.records import (
    NAMES,
    Record,
    find_parts,
    normalise_name,
    normalise_names,
    read_record,
    unite_records,
)

_DELIMITERS = (",", ";", "\t", "|")

#: What a spreadsheet writes on top to name the delimiter, and remarks there.
_ABOVE = re.compile(r"(?:[ \t]*(?:\"?sep=(?P<sign>[,;|\t])\"?[ \t]*|#[^\n]{0,500})?\n)*+")

#: Lines above a header at most, besides remarks.
MOST_ABOVE = 10

#: How often a table is read in all where quotes are not closed.
MOST_AGAIN = 10

#: Characters of a cell of a header at most: names of columns are short.
_NAME = 60

_MISTAKES = {
    "unexpected end of data": "a quote is opened and not closed",
    "' expected after '": "something stands behind a closing quote",
    "field larger than field limit": "a cell is longer than any abstract",
}


def find_header(text: str, *, below: bool) -> tuple[str, int] | None:
    """Return what separates the columns of a table of papers, and where its header stands; None: it is no table.

    The header is the first line, or with `below` one under a few words on the table: `Accepted papers`.
    """
    head = text[:20_000]
    above = _ABOVE.match(head)
    place = above.end() if above else 0
    for number in range(MOST_ABOVE if below else 1):
        header = head[place:].partition("\n")[0]
        delimiter = _find_delimiter(header, least=1 if number == 0 else 2)
        if delimiter is not None:
            return delimiter, place
        place += len(header) + 1
        if place >= len(head):
            return None
    return None


def _find_delimiter(header: str, least: int) -> str | None:
    """Return what separates the names of columns, of which at least so many are parts of a paper."""
    for delimiter in _DELIMITERS:
        names = [cell.strip().strip('"') for cell in header.split(delimiter)]
        parts = find_parts(names)
        commits = {"commit", "sha"} & {normalise_name(name) for name in names}
        if len(parts) >= least and ("abstract" in parts or ("title" in parts and not commits)):
            short = all(len(name) <= _NAME for name in names)
            return delimiter if short and (len(names) > 1 or parts) else None
    return None


def read_csv(text: str, delimiter: str, start: int, name: str) -> Content:
    """Return the papers of the rows that can be read, and a problem for each row that cannot."""
    header: list[str] = []
    records: list[Record] = []
    problems: list[Problem] = []
    for line, row in _list_rows(text, start, delimiter):
        if isinstance(row, str):
            problems.append(Problem(source=name, line=line, message=row))
        elif not header:
            header = [normalise_name(name) for name in row]
        elif [normalise_name(name) for name in row] != header:
            try:
                records.append(read_record(_name_cells(header, row)))
            except ValueError as error:
                problems.append(Problem(source=name, line=line, message=str(error)))
    if not records and not problems:
        problems.append(Problem(source=name, message="holds no papers: a header without rows"))
    return Content(entries=unite_records(records), problems=tuple(problems))


def _list_rows(text: str, start: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with the number of its line, or what is wrong with it.

    After a quote that is opened and not closed the next line counts again, unless that becomes most of the work.
    Of these lines those count that have as many cells as the header: the others belong to the broken cell.
    """
    cells: int | None = None
    place, line, budget = start, 1 + text.count("\n", 0, start), MOST_AGAIN * len(text)
    while place < len(text):
        source = io.StringIO(text, newline="")
        source.seek(place)
        rows = csv.reader(source, delimiter=delimiter, strict=True)
        first = line
        while True:
            begun = first + rows.line_num
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield (
                    begun,
                    next((meaning for sign, meaning in _MISTAKES.items() if sign in str(error)), str(error)),
                )
                break
            if row is None:
                return
            if any(cell.strip() for cell in row) and (place == start or cells is None or len(row) == cells):
                cells = cells or len(row)
                yield begun, row
        budget -= source.tell() - place
        place, line = _find_line(text, place, begun - line + 1), begun + 1
        if budget < 0:
            yield line, "too many quotes are not closed; the rest is left out"
            return


def _find_line(text: str, place: int, lines: int) -> int:
    """Return the place that many lines further on."""
    for _ in range(lines):
        end = text.find("\n", place)
        if end < 0:
            return len(text)
        place = end + 1
    return place


def _name_cells(header: Sequence[str], row: Sequence[str]) -> dict[str, object]:
    """Return a row's cells by the names of their columns.

    Raises:
        ValueError: the row has more cells than the header has names.

    """
    if any(cell.strip() for cell in row[len(header) :]):
        counts = f"{len(row)} cells, and the header names {len(header)}"
        raise ValueError(f"{counts}; is a text with commas not quoted?")
    return {name: cell.strip() for name, cell in zip(header, row, strict=False)}


# ---------------------------------------------------------------- Markdown

_LINK = re.compile(
    r"\[([^\[\]\n]{0,500})\]\(<?([^()\s<>]{1,1000})>?\)|<(https?://[^\s<>]{1,1000})>|(https?://[^\s|<>()]{1,1000})"
)


def split_tables(lines: Sequence[str]) -> tuple[list[str], list[Record]]:
    """Part the tables of papers from the other lines of a Markdown text."""
    rest: list[str] = []
    records: list[Record] = []
    place = 0
    while place < len(lines):
        header = _read_cells(lines[place])
        rule = lines[place + 1] if place + 1 < len(lines) else ""
        ruled = "|" in rule and "-" in rule and not rule.strip(" \t|:-")
        if ruled and "title" in find_parts(header):
            place += 2
            while place < len(lines) and "|" in lines[place]:
                records.extend(_read_row(header, _read_cells(lines[place])))
                place += 1
            continue
        rest.append(lines[place])
        place += 1
    return rest, records


def _read_cells(line: str) -> list[str]:
    """Return the cells of a line; a bar behind a backslash does not end one."""
    if "|" not in line:
        return []
    inner = line.strip().removeprefix("|")
    cells = [""]
    for piece in re.split(r"((?<!\\)\|)", inner):
        if piece == "|":
            cells.append("")
        else:
            cells[-1] += piece
    if cells and not cells[-1].strip():
        cells.pop()
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _read_row(header: Sequence[str], cells: Sequence[str]) -> Iterator[Record]:
    """Yield the paper of a row, if it names one: links of any column may be its number or its code."""
    fields: dict[str, object] = {}
    links: list[str] = []
    for name, cell in zip(header, cells, strict=False):
        found = [next(filter(None, match.groups()[1:])) for match in _LINK.finditer(cell)]
        links += found
        known = normalise_name(name)
        if known in NAMES["abstract"]:
            fields[name] = cell
        elif known in NAMES["code"] and found:
            fields[name] = found
        else:
            fields[name] = strip_emphasis(_LINK.sub(lambda match: match[1] or "", cell))
    fields["links"] = links
    number = next(filter(None, map(parse_arxiv_id, links)), None)
    if number is not None and "id" not in find_parts(header):
        fields["id"] = number
    try:
        yield read_record(normalise_names(fields))
    except ValueError:
        return


def strip_emphasis(text: str) -> str:
    """Return a line without the marks of emphasis and code."""
    return re.sub(r"\s+", " ", re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", text)).strip()
