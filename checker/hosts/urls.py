"""Which addresses git is ever given: validation, redirects, submodule URLs; pure but for the name look-up."""

from __future__ import annotations

import ipaddress
import re
import socket
from contextlib import suppress
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from checker.core.data_files import read_toml
from checker.core.errors import HostRefusal, NetworkFailure
from checker.core.values.base import Value
from checker.core.values.repositories import RepositoryId

_ADDRESSES = read_toml("checker.hosts", "addresses.toml")

#: Code hosts whose addresses need no look-up before they are asked.
KNOWN_HOSTS: frozenset[str] = frozenset(_ADDRESSES["known"])

#: Hosts whose addresses do not end with `.git`, and the endings of such hosts' names.
_BARE: frozenset[str] = frozenset(_ADDRESSES["bare"])

_SEGMENT = re.compile(r"[\w.~+-]+", re.ASCII)
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+\.[a-z]+):(?!//)(.+)", re.ASCII | re.IGNORECASE)
_TRANSLATED = frozenset({"https", "http", "git", "ssh", "git+ssh", "git+https"})
MAX_URL = 2048
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Address(Value):
    """An address that may be asked: the repository it names, and whether it was translated to https."""

    repository: RepositoryId
    translated: bool = False


def make_path(repository: RepositoryId) -> str:
    """Return the path that a host serves a repository under: `owner/name.git`, or `owner/name` on some."""
    any_name = f"*.{repository.host.partition('.')[2]}"
    return repository.slug if {repository.host, any_name} & _BARE else f"{repository.slug}.git"


def check_repository(repository: RepositoryId) -> None:
    """Raise HostRefusal where host, owner or name could not be those of a repository."""
    segments = [*repository.owner.split("/"), repository.name]
    bad = [s for s in segments if not _SEGMENT.fullmatch(s) or s in (".", "..") or len(s) > 255]
    if bad or not _HOST.fullmatch(repository.host):
        raise HostRefusal(f"{repository!s:.200} is not the name of a repository")


def check_public(host: str) -> tuple[str, ...]:
    """Return the addresses of an unknown host name, all of them public; nothing for a known one.

    Raises:
        HostRefusal: it does.
        NetworkFailure: the name cannot be resolved.

    """
    if host in KNOWN_HOSTS:
        return ()
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NetworkFailure(f"the name {host} could not be resolved: {error}") from error
    addresses = tuple(dict.fromkeys(str(place[0]).split("%")[0] for *_, place in found))
    if not all(_is_public(ipaddress.ip_address(address)) for address in addresses):
        raise HostRefusal(f"{host} leads to an address that is not public; not asked")
    return addresses


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address, and the IPv4 one that it may stand for, is public."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        for inner in (address.ipv4_mapped, address.sixtofour):
            if inner is not None:
                return _is_public(inner)
    return address.is_global and not address.is_multicast


def parse_url(url: str) -> Address:
    """Read a submodule's URL: https as it is, ssh, git and http translated to https.

    User names and passwords are dropped. Raises HostRefusal for everything else: other protocols
    (`file:`, `ext::`, …), local paths, options, control characters, numeric addresses.
    """
    if len(url) > MAX_URL or url.startswith("-") or not url.isprintable() or " " in url:
        raise HostRefusal("the URL is an option, too long, or holds control characters")
    if (scp := _SCP.fullmatch(url)) and "::" not in url:
        return _make_address(scp[1], scp[2], translated=True)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise HostRefusal(f"the URL cannot be read: {error}") from error
    if parts.scheme not in _TRANSLATED or port not in (None, 22, 80, 443, 9418):
        raise HostRefusal(f"the protocol of {url[:100]!r} is not allowed: https only")
    return _make_address(host, parts.path, translated=parts.scheme != "https")


def _make_address(host: str, path: str, translated: bool) -> Address:
    host = host.lower().removeprefix("www.")
    segments = [s for s in unquote(path).strip("/").split("/") if s]
    if len(segments) < 2 or (host == "github.com" and len(segments) != 2):
        raise HostRefusal(f"{host}/{path:.100} names no repository")
    name = segments[-1].removesuffix(".git")
    repository = RepositoryId(host=host, owner="/".join(segments[:-1]), name=name)
    check_repository(repository)
    return Address(repository=repository, translated=translated)


def resolve(parent: RepositoryId, url: str) -> Address:
    """Read a submodule's URL, relative ones (`../other.git`) against the parent's, as git does."""
    if not url.startswith(("./", "../")):
        return parse_url(url)
    if not url.isprintable():
        raise HostRefusal("the URL holds control characters")
    path = normpath(f"/{parent.owner}/{parent.name}.git/{url}")
    return _make_address(parent.host, path, translated=False)


def follow_redirect(asked: str, location: str) -> str:
    """Return the repository URL that a redirect leads to: the same scheme, host and port, or HostRefusal.

    A host renames its repositories inside itself; a redirect elsewhere could lead anywhere, to this
    machine's own services too.
    """
    here, there = urlsplit(asked), None
    with suppress(ValueError):
        there = urlsplit(location)
    if there is None or not location.isprintable():
        raise HostRefusal("redirected to an address that cannot be read")
    if (there.scheme or here.scheme, there.netloc or here.netloc) != (here.scheme, here.netloc):
        raise HostRefusal(f"redirected to another host ({location[:100]}); not followed")
    path = there.path.removesuffix("/info/refs").rstrip("/")
    segments = path.strip("/").split("/")
    if len(segments) < 2 or any(not _SEGMENT.fullmatch(s) or s in (".", "..") for s in segments):
        raise HostRefusal(f"redirected to {location[:100]}, which names no repository")
    return f"{here.scheme}://{here.netloc}{path}"
