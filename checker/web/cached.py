"""Responses that may be cached: an entity tag of the content, how long it is fresh, 304 where unchanged."""

from __future__ import annotations

import hashlib

from fastapi import Request
from starlette.responses import Response


def answer_cached(
    request: Request, content: bytes, media_type: str, *, seconds: int, status: int = 200, **headers: str
) -> Response:
    """Return the content with its tag; only that it has not changed, where the caller holds it already.

    `seconds` is how long it may be shown without asking again.
    """
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    said = {"ETag": tag, "Cache-Control": f"public, max-age={seconds}"}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    if status == 200 and _is_held(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=said)
    return Response(content, status_code=status, media_type=media_type, headers=said)


def _is_held(header: str, tag: str) -> bool:
    """Compare tags weakly, as RFC 9110 (13.1.2) says for this header."""
    return any(held.strip().removeprefix("W/") in (tag, "*") for held in header.split(","))
