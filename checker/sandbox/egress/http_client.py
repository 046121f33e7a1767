"""An HTTP client that goes the way the settings say (proxies, certificates), and answers read within bounds."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Mapping

import httpx

from checker.core.settings import Settings

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
USER_AGENT = "reproducibility-checker"

#: Seconds that one whole answer may take; `TIMEOUT` is for the pauses in it.
ANSWER_SECONDS = 120


class Unreadable(Exception):
    """An answer or a file that cannot be read within its budget; asking again would not help."""


def open_client(settings: Settings, connections: int) -> httpx.Client:
    """Return a client that heeds the settings alone, and no variables of its own.

    Raises:
        OSError: the CA bundle cannot be read.
        ValueError, ImportError: a proxy cannot be used.

    """
    verify = ssl.create_default_context(cafile=str(settings.ca_bundle) if settings.ca_bundle else None)
    limits = httpx.Limits(max_connections=connections)
    mounts: dict[str, httpx.HTTPTransport | None] = {}
    proxies = dict(settings.proxies)
    for scheme in ("http", "https"):
        if proxy := proxies.get(f"{scheme}_proxy") or proxies.get("all_proxy"):
            mounts[f"{scheme}://"] = httpx.HTTPTransport(proxy=proxy, verify=verify, limits=limits)
    for host in proxies.get("no_proxy", "").split(","):
        if host.strip() == "*":
            mounts = {}
            break
        if bare := host.strip().lstrip(".").partition(":")[0]:
            mounts[f"all://{bare}"] = mounts[f"all://*.{bare}"] = None
    return httpx.Client(
        verify=verify,
        limits=limits,
        mounts=mounts,
        timeout=TIMEOUT,
        follow_redirects=True,
        trust_env=False,
        headers={"User-Agent": USER_AGENT},
    )


def download(
    client: httpx.Client, url: str, most: int, headers: Mapping[str, str] | None = None
) -> tuple[bytes, httpx.Response]:
    """Return the body of an answer, unpacked, and the answer with its status and headers.

    httpx would unpack whatever a server says it packed, however often: here only gzip, and while it comes.

    Raises:
        Unreadable: it is longer than `most` bytes, or packed in another way.
        httpx.HTTPError: the server does not answer, or refuses.

    """
    deadline = time.monotonic() + ANSWER_SECONDS
    with client.stream("GET", url, headers={"Accept-Encoding": "gzip", **(headers or {})}) as answer:
        answer.raise_for_status()
        told = answer.headers.get("Content-Length", "")
        if told.isdecimal() and int(told[:20]) > most:
            raise Unreadable(f"more than {most} bytes")
        unpack = _choose_decoder(answer.headers.get("Content-Encoding", ""))
        data, came = bytearray(), 0
        for part in answer.iter_raw():
            came += len(part)
            data += unpack(part, most + 1 - len(data))
            if max(len(data), came) > most:
                raise Unreadable(f"more than {most} bytes")
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout(f"the answer takes longer than {ANSWER_SECONDS} s")
        return bytes(data), answer


def _choose_decoder(encoding: str) -> Callable[[bytes, int], bytes]:
    """Return what unpacks the next part of a body to at most so many bytes.

    Raises:
        Unreadable: the body is packed in a way that was not asked for.

    """
    match encoding.strip().lower():
        case "" | "identity":
            return lambda part, most: part
        case "gzip" | "x-gzip":
            packed = zlib.decompressobj(wbits=31)
        case _:
            raise Unreadable(f"packed as {encoding[:40]!r}")

    def unpack(part: bytes, most: int) -> bytes:
        try:
            return packed.decompress(part, most)
        except zlib.error as error:
            raise httpx.DecodingError(str(error)) from None

    return unpack
