"""Limits how often each client may ask: rates in memory, with the seconds after which to ask again."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from fastapi import Request
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from checker.web.refusals import TooMany
from checker.web.settings import ServeSettings, parse_rate_limit

#: One customer of a provider has at least so many bits to himself: the rest tells no clients apart.
V6_PREFIX = 64


def identify_client(request: Request) -> str:
    """Return the client of a request: its address, of IPv6 the network.

    Behind a proxy that the settings name, the address is the forwarded one (`checker.web.app`).
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, V6_PREFIX), strict=False))
    return str(address)


class Rates:
    """What each client may still do."""

    def __init__(self, settings: ServeSettings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = {
            "checks": parse_rate_limit(settings.rate),
            "lookups": parse_rate_limit(settings.lookups),
            "queries": parse_rate_limit(settings.queries),
        }

    def spend(self, what: str, client: str) -> None:
        """Count one deed of a client.

        Raises:
            TooMany: the client has done that as often as it may; says in how many seconds it may again.

        """
        limit = self._limits[what]
        if self._limiter.hit(limit, what, client):
            return
        again = self._limiter.get_window_stats(limit, what, client).reset_time - time.time()
        raise TooMany(
            f"that is more than {limit.amount} in {limit.get_expiry() // 60 or 1} minutes", math.ceil(again)
        )


class Streams:
    """Counts the live pages that are being watched."""

    def __init__(self, most: int, most_per_client: int) -> None:
        self._most, self._most_per_client = most, most_per_client
        self._open: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def count_viewer(self, client: str) -> Iterator[None]:
        """Count one stream inside the block.

        Raises:
            TooMany: the client, or all of them together, watch as many as may be.

        """
        with self._lock:
            if self._open.total() >= self._most or self._open[client] >= self._most_per_client:
                raise TooMany("too many live pages are open", 10)
            self._open[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[client] -= 1
                self._open += Counter()
