"""Hosts and ports, as addresses and settings name them; addresses without the secrets that stand in them."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

#: A host, lower case and without a dot at its end, and a port.
Endpoint = tuple[str, int]

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_])?")


def parse_literal(host: str) -> Address | None:
    """Return the address that a host is written as, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def parse_endpoint(text: str, port: int | None = None) -> Endpoint:
    """Read `host:port`; `port` is taken where none is written.

    Raises:
        ValueError: it is none.

    """
    parts = urlsplit(f"//{text}")
    host = (parts.hostname or "").rstrip(".")
    number = parts.port or port
    if "@" in text or parts.path or parts.query or number is None or "%" in host:
        raise ValueError(f"{text[:80]!r} is no host and port")
    if parse_literal(host) is None and not _HOST.fullmatch(host):
        raise ValueError(f"{text[:80]!r} is no host and port")
    return host, number


def read_endpoint(url: str) -> Endpoint | None:
    """Return host and port of an HTTP address, or None where it is none."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return None
        return parse_endpoint(parts.netloc.rpartition("@")[2], 443 if parts.scheme == "https" else 80)
    except ValueError:
        return None


#: An address in any text, from `://` or JSON's `:\/\/` on; it ends at a blank, a quotation mark or a bracket.
_ADDRESS = re.compile(r":(?P<slashes>//|\\/\\/)[^\s\"'<>`]{1,8192}")

#: What stands behind an image of a container, and is no host: `docker://python:3.8@sha256:…`.
_DIGEST = "sha256:"
_AUTHORITY = re.compile(r"[^/?#\\]*")

#: A password with a slash in it, as nobody should write it: no port is of letters.
_PORT_OF_LETTERS = re.compile(r"[^@:\[]*:(?!\d*$)[^@]*")

#: Parameters whose value opens a door: `token`, `X-Amz-Signature`, `api_key`, `sig`.
_SECRET = re.compile(
    r"([?&;#](?:[\w.-]{0,40}(?:token|secret|passw|signature|credential|api[_-]?key|access[_-]?key|auth|jwt)[\w.-]{0,40}"
    r"|sig|key|pwd|pass)=)[^&;#\s]+",
    re.IGNORECASE,
)

#: Tells code hosts that speak ssh nothing but which service is meant.
_NO_SECRET = frozenset({"", "git"})


def hide_secrets(text: str) -> str:
    """Return a text whose addresses hold no user, password or token: nothing else of it changes.

    `https://me:secret@host/simple?token=x` → `https://host/simple?token=***`. Whatever becomes evidence, a log or
    a message, and what a container is told, goes through here.
    """
    return _ADDRESS.sub(_hide_in_address, text) if "://" in text or ":\\/\\/" in text else text


def _hide_in_address(match: re.Match[str]) -> str:
    rest = match[0][1 + len(match["slashes"]) :]
    whole = _take_authority(rest, 0)
    by_ssh = match.string.endswith("ssh", 0, match.start())  # ssh://host:owner/name.git@tag
    if not by_ssh and _PORT_OF_LETTERS.fullmatch(whole) and "@" in rest:
        whole = rest[: rest.index("@") + 1] + _take_authority(rest, rest.index("@") + 1)
    user, _, host = whole.rpartition("@")
    shown = whole if user in _NO_SECRET or host.startswith(_DIGEST) else host
    return f":{match['slashes']}{shown}" + _SECRET.sub(r"\1***", rest[len(whole) :])


def _take_authority(text: str, start: int) -> str:
    found = _AUTHORITY.match(text, start)
    return found[0] if found else ""
