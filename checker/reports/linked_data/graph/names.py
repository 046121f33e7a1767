"""How things are named in the graph: prefixes, and an IRI for everything, the same on every machine (pure).

The forms are documented in docs/linked-data.md. What has a name of its own in the world keeps it (a repository its
address, a paper its DOI or arXiv page, a commit its SWHID); everything else is a URN below `BASE`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from urllib.parse import quote

from checker.core.data_files import read_toml
from checker.reports.site.places import paper_address

#: Everything that nobody else has named; `checker export --base` puts another beginning in its place.
BASE = "urn:reproducibility-checker:"

TERMS = f"{BASE}terms:"

#: Prefixes of our own names; `checker` stands for the terms.
_OWN = ("availability", "blame", "cause", "rung", "tally", "way")

#: Prefixes that every query may use without declaring them.
PREFIXES: Mapping[str, str] = dict(
    sorted(
        {
            "checker": TERMS,
            **{name: f"{BASE}{name}:" for name in _OWN},
            **read_toml("checker.reports.linked_data.graph", "vocabulary.toml")["prefixes"],
        }.items()
    )
)

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
_PLAIN = re.compile(r"[\w.~+-]+", re.ASCII)
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/[\w.;()/:-]+)", re.IGNORECASE | re.ASCII)
_SWHID = re.compile(r"swh:1:(?:rev|dir):[0-9a-f]{40}")


def part(text: str) -> str:
    """Return a text as one segment of an IRI; two texts never give the same."""
    if text.isascii() and text.isalnum():
        return text
    return quote(text, safe="~+", errors="replace")


def term(name: str) -> str:
    """Return the IRI of a term of the checker's own vocabulary."""
    return TERMS + name


def concept(scheme: str, name: str) -> str:
    """Return the IRI of a value of a closed list, such as the rung `runs` or the cause `needs_data`."""
    return f"{BASE}{scheme}:{part(name)}"


def repository(host: str, owner: str, name: str) -> str:
    """Return the IRI of a repository: its address, in lower case because hosts ignore case."""
    path = "/".join(part(piece) for piece in (*owner.lower().split("/"), name.lower()))
    if "." not in host or not _HOST.fullmatch(host.lower()):
        return f"{BASE}folder:{part(host)}/{path}"
    return f"https://{host.lower()}/{path}"


def paper(identifier: str) -> str:
    """Return the IRI of a paper: its page at arXiv, its DOI, else a URN with the identifier of its source."""
    address = paper_address(identifier)
    if address is not None:
        return address
    doi = _DOI.fullmatch(identifier)
    return f"https://doi.org/{doi[1].lower()}" if doi else f"{BASE}paper:{part(identifier)}"


def doi(identifier: str) -> str | None:
    """Return the DOI that the identifier of a paper is, None where it is none."""
    match = _DOI.fullmatch(identifier)
    return match[1].lower() if match else None


def swhid(text: str | None) -> str | None:
    """Return a Software Heritage identifier, which is an IRI of itself, None where the text is none."""
    return text if text and _SWHID.fullmatch(text) else None


def run(day: date, number: int) -> str:
    """Return the IRI of a run: its date, and its number in this store."""
    return f"{BASE}run:{day.isoformat()}/{number}"


def check(target: str, started_at: datetime, commit: str | None, version: str) -> str:
    """Return the IRI of a check: its target (`Target.key`), the moment, and a print of all four."""
    moment = f"{started_at:%Y%m%dT%H%M%SZ}"
    seen = "\n".join((target, started_at.isoformat(), commit or "", version))
    path = "/".join(part(piece) for piece in target.split("/"))
    return f"{BASE}check:{path}/{moment}-{sha256(seen.encode('utf-8', 'replace')).hexdigest()[:8]}"


def inner(owner: str, *pieces: object) -> str:
    """Return the IRI of a part of a thing, such as the second attempt of a check."""
    return "/".join((owner, *(part(str(piece)) for piece in pieces)))


def named(kind: str, text: str) -> str:
    """Return the IRI of something that is known by its name alone, such as a venue."""
    return f"{BASE}{kind}:{part(text) if _PLAIN.fullmatch(text) else part(' '.join(text.split()))}"
