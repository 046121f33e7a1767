"""What a visitor asks for: a repository of an allowed host, or a paper; everything else is refused. Pure.

The address that git is given later is made of checked words (host, owner, name), never of the visitor's text.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from checker.core.errors import HostRefusal, UsageError
from checker.core.text import join_lines
from checker.core.values.base import Value
from checker.core.values.repositories import Target
from checker.hosts.urls import check_repository
from checker.papers.sources.base import parse_arxiv_id
from checker.papers.sources.repositories import parse_target

#: Characters of what is asked at most: the longest names that hosts allow, with room to spare.
MAX_TEXT = 500

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}(?:@[A-Za-z0-9._/-]{1,200})?")
_SCHEMELESS = re.compile(r"[A-Za-z0-9.-]+\.[A-Za-z]{2,}/\S+")
_OLD_ARXIV = re.compile(r"arxiv:|https?://", re.IGNORECASE)


class PaperAsked(Value):
    """A paper by its arXiv identifier."""

    arxiv: str


def read_asked(text: str, hosts: frozenset[str]) -> Target | PaperAsked:
    """Read what a visitor asks for.

    Raises:
        UsageError: it is neither a repository of one of the hosts nor an arXiv identifier; the message says why.

    """
    text = text.strip()
    if not text:
        raise UsageError(
            "nothing was asked for: name a repository (owner/name or its address) or an arXiv identifier"
        )
    if len(text) > MAX_TEXT or not text.isascii() or not text.isprintable() or "\\" in text:
        raise UsageError(
            "that is neither a repository nor an arXiv identifier: too long, or with characters of no name"
        )
    if (number := parse_arxiv_id(text)) is not None and ("/" not in number or _OLD_ARXIV.match(text)):
        return PaperAsked(arxiv=number)
    return read_repository(text, hosts)


def read_repository(text: str, hosts: frozenset[str]) -> Target:
    """Read a repository of one of the hosts: `owner/name`, `owner/name@commit`, or its address.

    Raises:
        UsageError: it is invalid, or of another host; no port, user, other protocol or folder is ever accepted.

    """
    if _PLAIN.fullmatch(text):
        host, address = "github.com", text
    else:
        host, address = _parse_address(text)
    if host not in hosts:
        raise UsageError(
            f"{join_lines(host, 100)} is not among the code hosts that are asked here: {list_hosts(hosts)}"
        )
    try:
        target = parse_target(address)
        check_repository(target.repository)
    except (ValueError, HostRefusal):
        raise UsageError(f"{join_lines(text, 100)!r} names no repository") from None
    if target.repository.host != host:
        raise UsageError(f"{join_lines(text, 100)!r} names no repository of {host}")
    return target


def list_hosts(hosts: frozenset[str]) -> str:
    """List host names, the usual one first."""
    return ", ".join(sorted(hosts, key=lambda host: (host != "github.com", host)))


def _parse_address(text: str) -> tuple[str, str]:
    """Return the host of an address and the address itself; UsageError where it must not be asked."""
    if _SCHEMELESS.fullmatch(text) and "@" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        raise UsageError(f"{join_lines(text, 100)!r} is no address") from None
    if parts.scheme not in ("https", "http"):
        raise UsageError(
            f"{join_lines(text, 100)!r} is neither owner/name nor an address that begins with https://"
        )
    if parts.username is not None or port is not None or not host or "@" in parts.netloc or ":" in parts.netloc:
        raise UsageError("an address with a user, a password or a port is not asked")
    return host, f"https://{host}{parts.path}"
