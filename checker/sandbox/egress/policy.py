"""What an installation may reach: hosts by name, and addresses by what they are for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_network

from pydantic import TypeAdapter

from checker.core.data_files import read_toml
from checker.core.endpoint import Address, Endpoint, parse_literal, read_endpoint
from checker.core.values.base import Value

WEB_PORTS = frozenset({80, 443})

#: Ports below belong to services (mail, shells, file shares); of them only the web's own are let through.
FIRST_FREE_PORT = 1024

_DATA = read_toml("checker.sandbox.egress", "networks.toml")

#: Code hosts, and the domains that they are known to redirect to for archives and large files.
FAMILIES = TypeAdapter(dict[str, tuple[str, ...]]).validate_python(_DATA["code_hosts"])


class Reach(Value):
    """What one attempt may reach.

    vouched: hosts of the operator's, by host and port; they may lie at any address but a link-local one.
    named: hosts that the plan or a specification names, and the ports it names them with; they must lie at public
        addresses.
    """

    vouched: frozenset[Endpoint] = frozenset()
    named: frozenset[Endpoint] = frozenset()

    def is_vouched(self, end: Endpoint) -> bool:
        """Whether the operator stands for a host."""
        return end in self.vouched

    def explain_refusal(self, end: Endpoint) -> str | None:
        """Say why a host must not be asked, or None."""
        host, port = end
        if end in self.vouched:
            return None
        ports = {
            named for name, named in self.named if any(belongs(host, domain) for domain in find_domains(name))
        }
        if not ports:
            return "no package index in use, and no requirement names it"
        if port in WEB_PORTS or (port in ports and port >= FIRST_FREE_PORT):
            return None
        return f"port {port} is not a port of the web, and nothing names it"


def find_domains(name: str) -> tuple[str, ...]:
    """Return the domains that come with a named host: its own with all siblings, and its family's."""
    own = find_registered_domain(name)
    return (own, *FAMILIES.get(own, ()))


def is_code_host(host: str) -> bool:
    """Whether a host belongs to a code host of the table: its name is nobody else's to move."""
    return any(belongs(host, domain) for name, others in FAMILIES.items() for domain in (name, *others))


def belongs(host: str, domain: str) -> bool:
    """Whether a host is the domain or lies below it."""
    return host == domain or host.endswith(f".{domain}")


def find_registered_domain(host: str) -> str:
    """Return the domain that somebody registered: two labels, three below `co.uk`, `ac.jp` and the like."""
    labels = host.split(".")
    if parse_literal(host) is not None or len(labels) <= 2:
        return host
    country = len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if country else -2 :])


# ---------------------------------------------------------------- addresses

#: Networks set apart, and what each is for.
_SPECIAL = tuple((ip_network(text), use) for text, use in _DATA["special_purpose"].items())

#: Networks where no package index can be.
_NEVER = tuple(ip_network(text) for text in _DATA["never"]["networks"])

_GLOBAL = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")


def explain_refusal(address: Address, *, vouched: bool) -> str | None:
    """Say why an address must not be connected to, or None."""
    inner = _read_embedded(address)
    if vouched:
        return f"{address} is no address of an index" if any(inner in net for net in _NEVER) else None
    use = next((use for net, use in _SPECIAL if inner in net), None)
    if use is None and inner.version == 6 and inner not in _GLOBAL:
        use = "no public host"
    return None if use is None else f"{address} is for {use}"


def _read_embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


# ---------------------------------------------------------------- names


_URL = re.compile(r"https?://[^\s\"'<>()\[\]{},;`|\\]{3,500}")
_SOURCE = re.compile(
    r"(?:git\+|hg\+|@|(?:--)?(?:extra[-_])?index[-_]url[\s=:]++|(?:--)?find[-_]links[\s=:]++|(?:^|\s)-[if]"
    r"|\b(?:url|git|file)\s*=)[\[\s\"']*+$",
    re.MULTILINE,
)

#: Characters before an address that tell whether something is to be loaded from it.
_BEFORE, _LINKS_BEFORE = 40, 300


def find_hosts(texts: Iterable[str]) -> tuple[Endpoint, ...]:
    """Return the hosts of all web addresses in the texts of a plan."""
    return _list_endpoints(url for text in texts for url in _URL.findall(text))


def find_required_hosts(text: str) -> tuple[Endpoint, ...]:
    """Return the hosts that a specification file names as the source of a requirement: not its home pages."""
    return _list_endpoints(found[0] for found in _URL.finditer(text) if _is_source(text, found.start()))


def _is_source(text: str, at: int) -> bool:
    """Whether what stands before an address says that something is to be loaded from it."""
    if _SOURCE.search(text, max(0, at - _BEFORE), at):
        return True
    return "dependency_links" in text[max(0, at - _LINKS_BEFORE) : at]


def _list_endpoints(urls: Iterable[str]) -> tuple[Endpoint, ...]:
    """Return each end once, in the order of the addresses."""
    return tuple(dict.fromkeys(end for url in dict.fromkeys(urls) if (end := read_endpoint(url)) is not None))
