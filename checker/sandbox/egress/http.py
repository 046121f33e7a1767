"""The little of HTTP that a forward proxy needs: the head of a request, read strictly and written anew. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from checker.core.data_files import read_toml
from checker.core.endpoint import Endpoint, parse_endpoint

#: Bytes of a request's head at most.
HEAD_BYTES = 32 * 1024

_METHOD = re.compile(r"[A-Z]{3,10}")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VISIBLE = re.compile(r"[\x21-\x7e]+")

#: Headers that concern one connection, or that are written anew.
_HOP: frozenset[str] = frozenset(read_toml("checker.sandbox.egress", "networks.toml")["hop_headers"])


class BadRequest(ValueError):
    """A request that is malformed, or not supported."""


@dataclass(frozen=True)
class Request:
    """`head` is what a server is sent, None for a tunnel; `body` the bytes that follow it; `login` the proxy's."""

    end: Endpoint
    method: str
    path: str = ""
    head: bytes | None = None
    body: int = 0
    login: str = ""

    @property
    def is_tunnel(self) -> bool:
        """Whether everything after the head is passed on unread."""
        return self.head is None

    def write_for_upstream(self, authorization: str | None) -> bytes:
        """Return the head as another proxy wants it: with the whole address in it."""
        assert self.head is not None  # noqa: S101 - for the type checker: a tunnel has none
        rest = self.head.partition(b"\r\n")[2]
        login = f"Proxy-Authorization: {authorization}\r\n".encode() if authorization else b""
        return (
            f"{self.method} http://{write_address(self.end, 80)}{self.path} HTTP/1.1\r\n".encode() + login + rest
        )


def read_request(head: bytes) -> Request:
    """Read the head of a request, up to and with its empty line.

    Raises:
        BadRequest: it is not a request to a proxy for a tunnel or for a plain HTTP address.

    """
    try:
        first, *lines = head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
    except UnicodeDecodeError:
        raise BadRequest("the head is not ASCII") from None
    words = first.split(" ")
    if len(words) != 3 or words[2] not in ("HTTP/1.0", "HTTP/1.1") or not _METHOD.fullmatch(words[0]):
        raise BadRequest("no request line")
    method, target = words[:2]
    headers = [_parse_header(line) for line in lines]
    login = next((value for name, value in headers if name.lower() == "proxy-authorization"), "")
    try:
        if method == "CONNECT":
            return Request(end=parse_endpoint(target), method=method, login=login)
        return replace(_parse_plain(method, target, headers), login=login)
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _parse_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name) or any(sign in value for sign in "\r\n\0"):
        raise BadRequest("a header that is none")
    return name, value.strip()


def _parse_plain(method: str, target: str, headers: list[tuple[str, str]]) -> Request:
    parts = urlsplit(target)
    if parts.scheme != "http" or not _VISIBLE.fullmatch(target):
        raise BadRequest("only http:// addresses and tunnels are served")
    end = parse_endpoint(parts.netloc.rpartition("@")[2], 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    dropped = _HOP | {
        word.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for word in value.split(",")
    }
    kept = [(name, value) for name, value in headers if name.lower() not in dropped]
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {write_address(end, 80)}",
        *(f"{name}: {value}" for name, value in kept),
        "Connection: close",
    ]
    head = "\r\n".join((*lines, "", "")).encode()
    return Request(end=end, method=method, path=path, head=head, body=_read_body_length(headers))


def _read_body_length(headers: list[tuple[str, str]]) -> int:
    """Return the length of the body: exactly so many bytes are passed on, and no second request hides in it."""
    if any(name.lower() == "transfer-encoding" for name, _ in headers):
        raise BadRequest("a body without a length")
    lengths = {value for name, value in headers if name.lower() == "content-length"}
    if not lengths:
        return 0
    if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,15}", text := lengths.pop()):
        raise BadRequest("a body without a length")
    return int(text)


def write_address(end: Endpoint, default: int | None = None) -> str:
    """Write host and port as in an address; the default port is left out."""
    host, port = end
    shown = f"[{host}]" if ":" in host else host
    return shown if port == default else f"{shown}:{port}"


def answer(status: int, reason: str, text: str) -> bytes:
    """Return a whole answer of the proxy's own."""
    body = f"{text}\n".encode("ascii", "replace")
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
