"""BibTeX and RIS: each entry with a title is a paper; abstract, note and addresses are what is read for links.

The grammar is that of "Tame the BeaST" (N. Markey, 2009): `@kind{key, name = value, …}`, values in braces or
quotes, numbers, or names of strings, joined by `#`. Everything outside entries is a comment. An entry ends at the
latest where a line begins with the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from checker.core.data_files import read_toml
from checker.core.text import LineNumbers
from checker.papers.sources.base import Content, Problem, parse_arxiv_id
from checker.papers.sources.records import Record, read_record, unite_records

_HEAD = re.compile(r"@[ \t]*([A-Za-z]{1,40})[ \t]*([{(])")
_LOOKS = re.compile(r"(?m)^[ \t]*@[A-Za-z]{3,20}[ \t]*\{[^\s{}=,]{1,200},")
_KEY = re.compile(r"\s*([^\s,{}=]{0,200})\s*,?")
_NAME = re.compile(r"\s*([^\s{}()\",=#%]{1,100})\s*=\s*")
_WORD = re.compile(r"[^\s,{}()\"#=]{1,200}")
_BRACE = re.compile(r"[{}\\]")
_BRACE_OR_QUOTE = re.compile(r"[{}\"\\]")
_FIRST_ON_LINE = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]{1,40}[ \t]*[{(]", re.MULTILINE)

#: Entries that hold no paper.
_NO_PAPERS = frozenset({"comment", "preamble", "string"})

#: Fields whose words are part of what the paper says of itself.
_REMARKS = ("note", "howpublished", "annote", "addendum")

#: Characters of a field, and of what a name of `@string` stands for: such names can stand for each other, twice.
MOST_CHARACTERS, MOST_OF_A_STRING = 1_000_000, 2_000


class _Broken(ValueError):
    """An entry that does not end, or is none."""


def looks_like_bibtex(text: str) -> bool:
    """Tell whether a text holds an entry near its beginning."""
    return _LOOKS.search(text[:20_000]) is not None


def read_bibtex(text: str, name: str) -> Content:
    """Return the papers of the entries that can be read, and a problem for each entry that cannot."""
    lines, strings = LineNumbers(text), dict[str, str]()
    records: list[Record] = []
    problems: list[Problem] = []
    starts = [match.start() for match in _FIRST_ON_LINE.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        part, place = text[start:end], 0
        while (head := _HEAD.search(part, place)) is not None:
            key, place = "", len(part)
            try:
                key, fields, place = _read_entry(part, head.end(), head[1].lower(), strings)
                if head[1].lower() == "string":
                    strings |= {name: value[:MOST_OF_A_STRING] for name, value in fields.items()}
                elif head[1].lower() not in _NO_PAPERS:
                    records.append(read_record(_describe(key, fields)))
            except ValueError as error:
                said = f"@{head[1]}{{{key}}}: {error}" if key else str(error)
                problems.append(Problem(source=name, line=lines.find(start + head.start()), message=said))
    if not records and not problems:
        problems.append(Problem(source=name, message="holds no papers: there is no entry"))
    return Content(entries=unite_records(records), problems=tuple(problems))


def _read_entry(text: str, place: int, kind: str, strings: Mapping[str, str]) -> tuple[str, dict[str, str], int]:
    """Return an entry's key, its fields in small letters, and the place behind it."""
    if kind in ("comment", "preamble"):
        return "", {}, _skip_braces(text, place, kind)
    key = ""
    if kind != "string":
        found = _KEY.match(text, place)
        key, place = (found[1], found.end()) if found else ("", place)
    fields: dict[str, str] = {}
    while True:
        named = _NAME.match(text, place)
        if named is None:
            break
        value, place = _read_value(text, named.end(), strings, key)
        fields.setdefault(named[1].lower(), value)
        while text[place : place + 1] in (",", " ", "\t", "\n", "\r") and place < len(text):
            place += 1
    place = _skip_blanks(text, place)
    if text[place : place + 1] not in ("}", ")"):
        where = f"the entry {key}" if key else "an entry"
        rest = text[place : place + 20]
        raise _Broken(f"{where} goes on with {rest!r}" if rest else f"{where} does not end")
    return key, fields, place + 1


def _read_value(text: str, place: int, strings: Mapping[str, str], key: str) -> tuple[str, int]:
    """Return a value, joined from its parts, and the place behind it."""
    parts: list[str] = []
    while True:
        place = _skip_blanks(text, place)
        sign = text[place : place + 1]
        if sign == "{":
            end = _skip_braces(text, place + 1, key)
            parts.append(text[place + 1 : end - 1])
        elif sign == '"':
            end = _skip_quotes(text, place + 1, key)
            parts.append(text[place + 1 : end - 1])
        else:
            word = _WORD.match(text, place)
            if word is None:
                raise _Broken(f"the entry {key} has a field without a value")
            parts.append(strings.get(word[0].lower(), word[0]))
            end = word.end()
        if sum(map(len, parts)) > MOST_CHARACTERS:
            raise _Broken(f"the entry {key} has a field that is longer than any abstract")
        place = _skip_blanks(text, end)
        if text[place : place + 1] != "#":
            return "".join(parts), place
        place += 1


def _skip_braces(text: str, place: int, key: str) -> int:
    """Return the place behind the brace that closes what is open at a place."""
    depth = 1
    while (sign := _BRACE.search(text, place)) is not None:
        place = sign.end() + (sign[0] == "\\")
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if depth == 0:
            return place
    raise _Broken(f"the entry {key} does not end: a brace is not closed")


def _skip_quotes(text: str, place: int, key: str) -> int:
    depth = 0
    while (sign := _BRACE_OR_QUOTE.search(text, place)) is not None:
        place = sign.end() + (sign[0] == "\\")
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
        if depth <= 0 and sign[0] == '"':
            return place
    raise _Broken(f"the entry {key} does not end: a quote is not closed")


def _skip_blanks(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place


# ---------------------------------------------------------------- what the fields say


def _describe(key: str, fields: Mapping[str, str]) -> dict[str, object]:
    """Return an entry as a record: an arXiv identifier, else the DOI, else the key is its id."""
    plain: dict[str, object] = {name: _read_tex(value) for name, value in fields.items()}
    eprint = str(plain.get("eprint", ""))
    arxiv = parse_arxiv_id(eprint) or parse_arxiv_id(str(plain.get("url", "")))
    remarks = [str(plain[name]) for name in _REMARKS if plain.get(name)]
    abstract = "\n\n".join(filter(None, (str(plain.get("abstract", "")), *remarks)))
    wanted = {
        "id": arxiv or plain.get("doi") or key or None,
        "abstract": abstract,
        "title": plain.get("title", ""),
    }
    return {**plain, **wanted, "arxiv": None, "date": plain.get("date")}


#: TeX's accents, as characters that combine with the letter before them.
_ACCENTS = {
    "\"": "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "u": "\u0306", "v": "\u030c", "H": "\u030b", "r": "\u030a", "k": "\u0328",
}  # fmt: skip
_ACCENT = re.compile(r"\\(?:([\"'`^~=.])\s*\{?\\?([A-Za-z])\}?|([cuvHrk])\s*\{\\?([A-Za-z])\})")
_URL = re.compile(r"\\(?:url|href|path)\s*\{([^{}]{0,2000})\}")
_COMMAND = re.compile(r"\\[A-Za-z]{1,40}\s*|\\(?=[&%$#_{}~:/ -])")
_LETTERS = {
    "o": "ø", "O": "Ø", "ss": "ß", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ",
}  # fmt: skip
_LETTER = re.compile(r"\\(ss|aa|AA|ae|AE|oe|OE|[oOlLij])(?![A-Za-z])(?:\{\}|\s{1,10})?")


def _read_tex(value: str) -> str:
    """Return a value as text: addresses whole, accents as letters, other commands and braces dropped."""
    text = _URL.sub(r" \1 ", value) if "\\" in value else value
    text = _ACCENT.sub(lambda m: unicodedata.normalize("NFC", (m[2] or m[4]) + _ACCENTS[m[1] or m[3]]), text)
    text = _LETTER.sub(lambda m: _LETTERS[m[1]], text)
    text = _COMMAND.sub("", text).replace("{", "").replace("}", "")
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n[ \t]*\n", text)).strip()


# ---------------------------------------------------------------- RIS, and PubMed's lists

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}- ?(.*)\Z")
_LOOKS_TAGGED = re.compile(r"(?m)\A\s*(?:TY {1,3}- |PMID- ?\d)")

#: What the tags of both are called in a record; the first that is there counts.
_TAGS: Mapping[str, str] = read_toml("checker.papers.sources", "records.toml")["tags"]


def looks_tagged(text: str) -> bool:
    """Tell whether a text begins as RIS or a list of PubMed does."""
    return _LOOKS_TAGGED.match(text) is not None


def read_tagged(text: str, name: str) -> Content:
    """Return the papers of `TI  - Title` lines, a problem for each that has neither title nor abstract."""
    records: list[Record] = []
    problems: list[Problem] = []
    fields: dict[str, list[str]] = {}
    begun, last = 1, ""

    def close() -> None:
        if fields:
            lists = {part: found if part == "url" else " ".join(found) for part, found in fields.items()}
            try:
                records.append(read_record(lists))
            except ValueError as error:
                problems.append(Problem(source=name, line=begun, message=str(error)))

    for number, line in enumerate([*text.split("\n"), "ER  - "], start=1):
        found = _TAG.match(line)
        if found is None:
            if last and line.strip():
                fields[last][-1] += f" {line.strip()}"
            continue
        if found[1] in ("TY", "PMID", "ER"):
            close()
            fields, begun = {}, number
        last = _TAGS.get(found[1], "")
        if last:
            fields.setdefault(last, []).append(found[2].strip())
    return Content(entries=unite_records(records), problems=tuple(problems))
