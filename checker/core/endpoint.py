"""Hosts and ports, as addresses and settings name them."""

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
