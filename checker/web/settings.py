"""Settings of the web application, each with a documented default (docs/serve.md)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

from limits import RateLimitItem, parse
from pydantic import Field, ValidationError

from checker.core.errors import UsageError
from checker.core.settings import parse_host_names
from checker.core.values.base import Value
from checker.hosts.urls import KNOWN_HOSTS


class ServeSettings(Value):
    """The operator's choices for the web application.

    hosts: the only code hosts that a visitor may name.
    names: host names under which the application may be called; none means any, and on loopback its usual names.
    proxies: addresses or networks whose forwarded headers are trusted; none by default.
    waiting: checks that wait at most; one client has at most `open_per_client` that wait or run.
    rate: checks that one client may begin; `lookups` is for questions to arXiv, `queries` for SPARQL.
    fresh_for: how long a conclusive check of the same commit counts again instead of being repeated.
    streams: live pages at most that are watched at once, and by one client.
    """

    hosts: frozenset[str] = KNOWN_HOSTS
    names: frozenset[str] = frozenset()
    proxies: tuple[str, ...] = ()
    waiting: Annotated[int, Field(gt=0, le=10_000)] = 20
    open_per_client: Annotated[int, Field(gt=0)] = 4
    rate: str = "10/hour"
    lookups: str = "30/hour"
    queries: str = "60/minute"
    fresh_for: timedelta = timedelta(days=7)
    streams: Annotated[int, Field(gt=0)] = 200
    streams_per_client: Annotated[int, Field(gt=0)] = 10

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> ServeSettings:
        """Read the settings out of environment variables.

        Raises:
            UsageError: a variable holds something that cannot be; the message names it.

        """
        env = os.environ if env is None else env
        values: dict[str, object] = {}
        for name, (field, convert) in VARIABLES.items():
            if text := env.get(name, "").strip():
                try:
                    values[field] = convert(text)
                    cls.model_validate({field: values[field]})
                except (ValueError, ValidationError, OverflowError):
                    raise UsageError(f"{name}={text!r} is not a value that can be used") from None
        return cls.model_validate(values)


def parse_rate_limit(text: str) -> RateLimitItem:
    """Read a rate such as `10/hour` or `5 per 10 minutes` (ValueError where it is not one)."""
    return parse(text)


def _check_rate(text: str) -> str:
    if parse_rate_limit(text).amount < 1:
        raise ValueError(text)
    return text


def _parse_networks(text: str) -> tuple[str, ...]:
    words = tuple(text.replace(",", " ").split())
    for word in words:
        ipaddress.ip_network(word, strict=False)
    return words


def _parse_days(text: str) -> timedelta:
    days = float(text)
    if not 0 <= days <= 3650:
        raise ValueError(text)
    return timedelta(days=days)


#: Variable → (field, how to read it).
VARIABLES: dict[str, tuple[str, Callable[[str], object]]] = {
    "CHECKER_CODE_HOSTS": ("hosts", parse_host_names),
    "CHECKER_SERVE_NAMES": ("names", parse_host_names),
    "CHECKER_SERVE_PROXIES": ("proxies", _parse_networks),
    "CHECKER_SERVE_QUEUE": ("waiting", int),
    "CHECKER_SERVE_OPEN": ("open_per_client", int),
    "CHECKER_SERVE_RATE": ("rate", _check_rate),
    "CHECKER_SERVE_LOOKUPS": ("lookups", _check_rate),
    "CHECKER_SERVE_QUERIES": ("queries", _check_rate),
    "CHECKER_SERVE_FRESH_DAYS": ("fresh_for", _parse_days),
    "CHECKER_SERVE_STREAMS": ("streams", int),
}
