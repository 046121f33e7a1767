"""Reasons to refuse a request, each with its HTTP status.

Refusal
├── NotAsked     400  the request is invalid, or not allowed here (`checker.core.errors.UsageError` becomes one)
├── Unknown      404  nothing of that name is known
├── TooMany      429  the client asks too often; `retry_after` seconds later it may again
└── Full         503  everybody has to wait; `retry_after` seconds later there may be room
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that is turned away with one line; `retry_after` is in seconds."""

    status = 400

    def __init__(self, text: str, retry_after: int | None = None) -> None:
        super().__init__(text)
        self.retry_after = None if retry_after is None else max(1, retry_after)


class NotAsked(Refusal):
    """What was asked for cannot be asked here."""


class Unknown(Refusal):
    """Nothing of that name is known."""

    status = 404


class TooMany(Refusal):
    """The client asks too often."""

    status = 429


class Full(Refusal):
    """There is no room for anybody now."""

    status = 503
