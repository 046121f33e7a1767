"""One request to a service, with its failures told apart: ours to try again, or the caller's mistake."""

from __future__ import annotations

import time

import httpx

from checker.core.errors import NetworkFailure, UsageError

#: Seconds for one answer.
TIMEOUT = 30.0

TRIES = 3

#: Seconds before the second and the third try; arXiv asks for three between requests.
WAITS = (1.0, 3.0)

#: Bytes of an answer at most: a day's list is about one megabyte.
LIMIT = 50_000_000

_AGAIN = frozenset({429, 500, 502, 503, 504})


def get(url: str, parameters: dict[str, str], source: str) -> bytes:
    """Return the body of an answer.

    Raises:
        UsageError: the service says that there is no such thing.
        NetworkFailure: no answer, a rate limit or a failure of the service, three times over.

    """
    said = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(WAITS[attempt - 1])
        try:
            answer, body = _fetch_once(url, parameters)
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            continue
        if answer in _AGAIN:
            said = f"answered {answer}"
            continue
        if answer != httpx.codes.OK:
            raise UsageError(f"{source}: the service answered {answer}")
        return body
    raise NetworkFailure(f"{source}: {said} ({TRIES} tries)")


def _fetch_once(url: str, parameters: dict[str, str]) -> tuple[int, bytes]:
    with (
        httpx.Client(timeout=TIMEOUT, follow_redirects=True) as client,
        client.stream("GET", url, params=parameters) as answer,
    ):
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > LIMIT:
                raise httpx.ReadError(f"the answer is longer than {LIMIT} bytes")
        return answer.status_code, bytes(body)
