"""Around every request: who may be called, from where a change may come, what browsers may do with an answer.

No cookie, no login and no token exists here. What a hostile page could do through a visitor's browser is start a
check in the visitor's name, so a change is taken only from our own pages: browsers say where a request comes from
(`Sec-Fetch-Site`, `Origin`), and what says nothing is no browser.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checker.web.refusals import Refusal

#: Makes the answer to a request that is turned away.
Turned = Callable[[Scope, Refusal], Response]

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: What every answer says unless it says otherwise itself. Without any referrer a form would have no origin.
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

READING = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})


class NotOurs(Refusal):
    """A change that comes from another site's page."""

    status = 403


class OurFault(Refusal):
    """A mistake of the checker itself."""

    status = 500


class Guard:
    """The outermost layer of the application."""

    def __init__(
        self, app: ASGIApp, names: frozenset[str] | None, turned: Turned, mistake: Callable[[str, str], None]
    ) -> None:
        """Wrap an application; `names` are the only hosts that it is called by (None: any)."""
        self._app, self._names, self._turned, self._mistake = app, names, turned, mistake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            refusal = self._find_refusal(scope)
            if refusal is not None:
                await self._turned(scope, refusal)(scope, receive, answer)
            else:
                await self._app(_answer_head_as_get(scope), receive, answer)
        except Exception as error:
            self._mistake(f"{type(error).__name__}: {error}", traceback.format_exc())
            if not begun:
                said = OurFault("a mistake of the checker itself; the operator finds its details in the log")
                await self._turned(scope, said)(scope, receive, answer)

    def _find_refusal(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        host = parse_host(headers.get("host", ""))
        if self._names is not None and host not in self._names:
            return Refusal("this service is not called by that name; the operator sets CHECKER_SERVE_NAMES")
        if scope["method"] not in READING and not comes_from_our_pages(headers):
            return NotOurs("a check is started from this site's own pages only")
        return None


def _answer_head_as_get(scope: Scope) -> Scope:
    """Let HEAD be answered as GET is; the server sends the headers alone."""
    if scope["method"] != "HEAD" or str(scope["path"]).endswith("/events"):
        return scope
    return {**scope, "method": "GET"}


#: A `Host` header: a name or an address, and a port; nothing that could begin a path, a user or another host.
_HOST = re.compile(r"([a-z0-9._-]{1,253}|\[(?P<v6>[0-9a-f:.]{2,45})\])(?::\d{1,5})?", re.IGNORECASE | re.ASCII)


def parse_host(header: str) -> str:
    """Return the host of a `Host` header without its port, in lower case; empty where it is malformed."""
    found = _HOST.fullmatch(header)
    return (found["v6"] or found[1]).lower() if found else ""


def comes_from_our_pages(headers: Mapping[str, str]) -> bool:
    """Whether a change is allowed: requested by one of our pages, by the visitor, or by no browser at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OURS
    origin = headers.get("origin")
    if origin is None:
        return True
    scheme, _, netloc = origin.lower().partition("://")
    return scheme in ("http", "https") and bool(parse_host(netloc)) and netloc == headers.get("host", "").lower()
