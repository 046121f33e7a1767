"""Opens a connection to a host: resolves its name, checks every address, and connects to a checked one."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

from checker.core.endpoint import Address, Endpoint, parse_endpoint, parse_literal
from checker.sandbox.egress.http import write_address
from checker.sandbox.egress.policy import belongs, explain_refusal, is_code_host

CONNECT_SECONDS = 15
RESOLVE_SECONDS = 20

#: Seconds before a resolver is asked again: a busy one answers "temporary failure" for a name that it knows.
PAUSES = (0.5, 2.0)

BUFFER_BYTES = 64 * 1024

#: Name and port → addresses; may block; raises OSError where there are none.
Resolver = Callable[[str, int], Iterable[str]]


class Refused(Exception):
    """The address of a host is one that strangers' code must not reach."""


class Unreachable(Exception):
    """A host that may be reached does not answer, or its name is not known."""


@dataclass(frozen=True)
class Line:
    """An open connection. `upstream` is set where another proxy needs the whole address."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    upstream: Upstream | None = None


@dataclass(frozen=True)
class Upstream:
    """The operator's own proxy."""

    end: Endpoint
    tls: bool
    authorization: str | None


def resolve_by_system(host: str, port: int) -> Iterable[str]:
    """Ask the machine's own resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found)


class Dialler:
    """Opens connections for one attempt."""

    def __init__(
        self,
        proxies: Iterable[tuple[str, str]] = (),
        ca_bundle: Path | None = None,
        resolver: Resolver = resolve_by_system,
    ) -> None:
        self._proxies = dict(proxies)
        self._ca_bundle = ca_bundle
        self._resolver = resolver
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="resolve")

    def close(self) -> None:
        """Wait for nobody: a name that is still looked up is not wanted any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def connect(self, end: Endpoint, *, vouched: bool, tunnel: bool) -> Line:
        """Open a connection to a host, or to the operator's proxy on the way to it.

        Raises:
            Refused: one of its addresses must not be reached.
            Unreachable: it does not answer.

        """
        upstream = self._find_upstream(end, tunnel=tunnel)
        if upstream is not None:
            return await self._dial_through(upstream, end, vouched=vouched, tunnel=tunnel)
        addresses = await self._resolve_checked(end, vouched=vouched)
        return Line(*await _open(addresses, end[1]))

    async def _resolve_checked(self, end: Endpoint, *, vouched: bool) -> tuple[Address, ...]:
        """Resolve a name and check every address; one forbidden address refuses them all."""
        addresses = await self._resolve(end)
        for address in addresses:
            why = explain_refusal(address, vouched=vouched)
            if why is None and not vouched and is_own(address):
                why = f"{address} is this machine"
            if why is not None:
                raise Refused(why)
        return addresses

    async def _resolve(self, end: Endpoint) -> tuple[Address, ...]:
        host, port = end
        if (address := parse_literal(host)) is not None:
            return (address,)
        try:
            found = await asyncio.wait_for(self._look_up(host, port), RESOLVE_SECONDS)
            addresses = tuple(ip_address(text) for text in found)
        except TimeoutError:
            raise Unreachable("the name was not answered") from None
        except (OSError, UnicodeError, ValueError) as error:
            raise Unreachable(f"the name is not known here: {error}") from None
        if not addresses:
            raise Unreachable("the name has no address")
        return addresses

    async def _look_up(self, host: str, port: int) -> Iterable[str]:
        """Ask the resolver; ask again after a moment where its failure is temporary."""
        loop = asyncio.get_running_loop()
        for pause in PAUSES:
            try:
                return await loop.run_in_executor(self._threads, self._resolver, host, port)
            except socket.gaierror as error:
                if error.errno != socket.EAI_AGAIN:
                    raise
            await asyncio.sleep(pause)
        return await loop.run_in_executor(self._threads, self._resolver, host, port)

    # ------------------------------------------------------------ the operator's own proxy

    def _find_upstream(self, end: Endpoint, *, tunnel: bool) -> Upstream | None:
        """Return the operator's proxy for a host, as the usual variables tell it."""
        scheme = "https" if tunnel else "http"
        url = self._proxies.get(f"{scheme}_proxy") or self._proxies.get("all_proxy")
        if not url or is_excepted(end, self._proxies.get("no_proxy", "")):
            return None
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(f"a proxy that speaks {parts.scheme} cannot be used")
        login = None
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            login = f"Basic {base64.b64encode(pair.encode()).decode()}"
        tls = parts.scheme == "https"
        return Upstream((parts.hostname, parts.port or (443 if tls else 80)), tls, login)

    async def _dial_through(self, upstream: Upstream, end: Endpoint, *, vouched: bool, tunnel: bool) -> Line:
        """Go through the operator's proxy, which must have no name to resolve that a stranger can move."""
        if not vouched:
            try:
                addresses = await self._resolve_checked(end, vouched=False)
            except Unreachable:
                if not is_code_host(end[0]):
                    raise Refused("its address cannot be looked at on this side of the proxy") from None
            else:
                end = end if is_code_host(end[0]) or not tunnel else (str(addresses[0]), end[1])
            if not tunnel and not is_code_host(end[0]):
                raise Refused("plain HTTP through a proxy would be resolved there once more")
        addresses = await self._resolve(upstream.end)
        context = ssl.create_default_context(cafile=self._ca_bundle) if upstream.tls else None
        reader, writer = await _open(addresses, upstream.end[1], context, upstream.end[0])
        if not tunnel:
            return Line(reader, writer, upstream)
        try:
            await asyncio.wait_for(_ask_for_tunnel(reader, writer, upstream, end), 2 * CONNECT_SECONDS)
        except BaseException:
            writer.close()
            raise
        return Line(reader, writer)


def is_excepted(end: Endpoint, no_proxy: str) -> bool:
    """Whether the usual list of exceptions holds a host: `*`, a name with all below it, or either with a port."""
    for word in no_proxy.replace(",", " ").lower().split():
        try:
            host, port = parse_endpoint(word.removeprefix("*").lstrip("."), end[1])
        except ValueError:
            if word == "*":
                return True
        else:
            if port == end[1] and belongs(end[0], host):
                return True
    return False


async def _ask_for_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: Upstream, end: Endpoint
) -> None:
    name = write_address(end)
    login = f"Proxy-Authorization: {upstream.authorization}\r\n" if upstream.authorization else ""
    writer.write(f"CONNECT {name} HTTP/1.1\r\nHost: {name}\r\n{login}\r\n".encode())
    try:
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise Unreachable(f"the proxy in use broke off: {error}") from None
    status = head.split(b"\r\n", 1)[0].decode("ascii", "replace")
    if status.split(" ")[1:2] != ["200"]:
        raise Unreachable(f"the proxy in use answered {status[:80]!r}")


async def _open(
    addresses: Iterable[Address], port: int, context: ssl.SSLContext | None = None, name: str | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that answers."""
    trouble = "no address"
    for address in addresses:
        try:
            return await asyncio.wait_for(
                asyncio.open_connection(
                    str(address),
                    port,
                    limit=BUFFER_BYTES,
                    ssl=context,
                    server_hostname=name if context is not None else None,
                ),
                CONNECT_SECONDS,
            )
        except (OSError, TimeoutError) as error:
            trouble = f"{address}: {error.strerror if isinstance(error, OSError) and error.strerror else error}"
    raise Unreachable(trouble.rstrip(": ") or "no answer")


def is_own(address: Address) -> bool:
    """Whether an address is one of this machine's: nobody else can listen there. Sends nothing.

    The kernel lets a socket take only an address that is its own, unless the machine is set to take others too;
    then the address from which it would speak to that one tells.
    """
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as udp:
        if _binds_any_address(address.version):
            udp.connect((str(address), 9))
            return str(udp.getsockname()[0]) == str(address)
        udp.bind((str(address), 0))
        return True
    return False


def _binds_any_address(version: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/sys/net/ipv{version}/ip_nonlocal_bind").read_text(encoding="ascii").strip() == "1"
    return False
