"""Archives by their addresses: DOIs, Software Heritage, copies of web archives, arXiv's ancillary files; pure.

`https://web.archive.org/web/2020/https://github.com/a/b` is a copy of a repository, which it names.
`swh:1:rev:<commit>;origin=https://github.com/a/b` names a commit of it as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from checker.core.data_files import read_toml
from checker.core.values.papers import LinkKind
from checker.papers.links.patterns import load_patterns
from checker.papers.links.place import Place

_DATA = read_toml("checker.papers.links", "archives.toml")
_PATTERNS = load_patterns("archives")
_RESOLVERS, _COPIES = frozenset(_DATA["resolvers"]), frozenset(_DATA["copies"])
_RECORDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    host: (re.compile(row["regex"]), row["doi"]) for host, row in _DATA["records"].items()
}
_HERITAGE = "archive.softwareheritage.org"

#: Where bare identifiers are resolved; the address stands for the identifier.
DOI_ADDRESS, SWHID_ADDRESS = "https://doi.org/", f"https://{_HERITAGE}/"

Locate = Callable[[str], Place | None]


def read_archive(host: str, rest: str, locate: Locate) -> Place | None:
    """Say what the address of an archive points at, or None where it is no archive's.

    `rest` is what follows the host; `locate` reads the address that was copied.
    """
    if host in _COPIES:
        return _read_copy(host, rest, locate)
    if host == _HERITAGE:
        return _read_heritage(unquote(rest), locate)
    if host == "arxiv.org" and _PATTERNS["ancillary_address"].match(rest):
        return Place(kind=LinkKind.ANCILLARY, host=host)
    return _read_record(host, unquote(rest))


def find_ancillary(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places at which a text speaks of files beside the paper: `as ancillary files`."""
    return tuple(match.span() for match in _PATTERNS["ancillary"].finditer(text))


def _read_record(host: str, rest: str) -> Place | None:
    """Read a record with a DOI: at a resolver, in an archive, or named in the address of any host."""
    named = _PATTERNS["named_doi"].search(rest)
    if named is not None:
        return _make_record(host, named[1])
    if host in _RESOLVERS or host.startswith("doi."):
        found = _PATTERNS["doi"].search(rest)
        return _make_record(host, found.group()) if found else None
    known = next((row for name, row in _RECORDS.items() if f".{host}".endswith(f".{name}")), None)
    if known is None:
        return None
    pattern, template = known
    if found := _PATTERNS["doi"].search(rest):
        return _make_record(host, found.group())
    record = pattern.search(rest.partition("?")[0])
    if record is None:
        return None
    number = record[1] if pattern.groups else None
    return _make_record(host, template.format(number) if number and template else "")


def _make_record(host: str, doi: str) -> Place:
    return Place(kind=LinkKind.DOI, host=host, name=doi.removesuffix(".svg").rstrip(".,;:/").lower() or None)


def _read_copy(host: str, rest: str, locate: Locate) -> Place:
    """Read `/web/20200101000000/https://github.com/a/b`."""
    found = _PATTERNS["copied"].match(rest)
    place = locate(f"https://{found['whole'] or found['bare']}") if found else None
    if place is None or place.repository is None:
        return Place(kind=LinkKind.ARCHIVED if len(rest) > 1 else LinkKind.OTHER, host=host)
    return place.model_copy(update={"kind": LinkKind.ARCHIVED})


def _read_heritage(rest: str, locate: Locate) -> Place:
    """Read an identifier with its qualifiers, or a page of Software Heritage about an origin."""
    identifier, origin = _PATTERNS["swhid"].search(rest), _PATTERNS["origin"].search(rest)
    where = locate(_PATTERNS["origin_page"].sub("", origin[1])) if origin else None
    if where is None or where.repository is None:
        kind = LinkKind.SWHID if identifier or "/browse/" in rest else LinkKind.OTHER
        return Place(kind=kind, host=_HERITAGE, name=identifier.group() if identifier else None)
    anchor, place = _PATTERNS["anchor"].search(rest), _PATTERNS["place"].search(rest)
    commit = (anchor[1] or anchor[2]) if anchor else None
    if commit is None and identifier is not None and identifier[1] == "rev":
        commit = identifier[2]
    inside = tuple(part for part in (place[1] if place else "").split("/") if part)
    return where.model_copy(
        update={
            "kind": LinkKind.SWHID,
            "ref": commit or where.ref,
            "parts": ("tree", commit, *inside) if commit else where.parts,
        }
    )
