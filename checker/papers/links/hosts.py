"""Say what a URL points at, from the URL alone: a repository, an owner's page, a gist, anything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from checker.core.data_files import read_toml
from checker.core.values.papers import LinkKind
from checker.papers.links import github_urls
from checker.papers.links.archives import SWHID_ADDRESS, read_archive
from checker.papers.links.forges import read_forge
from checker.papers.links.place import Place
from checker.papers.links.views import read_ref

GITHUB = "github.com"

_URL = re.compile(
    r"(?:(?P<scheme>[a-z+]+)://)?(?:(?P<user>[^/?#]*)@)?(?P<host>[^/?#:@]+)(?::(?P<port>\d*))?(?P<rest>[/?#:].*)?\Z",
    re.IGNORECASE | re.DOTALL,
)
_HOST = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})\Z"
)
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}\Z")
_GIT_SCHEME = re.compile(r"(?:ssh|git)://|git@", re.IGNORECASE)
_PORTS = frozenset({"", "22", "80", "443"})

_HOSTS = read_toml("checker.papers.links", "hosts.toml")

GITHUB_HOSTS: frozenset[str] = frozenset(_HOSTS["github"])
_FRONTS: Mapping[str, tuple[str, ...]] = {host: tuple(path) for host, path in _HOSTS["fronts"].items()}
_REF_FIRST: frozenset[str] = frozenset(_HOSTS["ref_first"])
_CODE_HOSTS: frozenset[str] = frozenset(_HOSTS["code"])


def split_host(url: str) -> tuple[str, str] | None:
    """Return the host in lower case and what follows it, or None where the URL has no valid host.

    `https://github.com@evil.org` is on evil.org. A port other than the usual ones is kept with the host.
    """
    match = _URL.match(url)
    if match is None:
        return None
    host, port, rest = match["host"].lower().rstrip("."), match["port"] or "", match["rest"] or ""
    if not (_HOST.match(host) or _ADDRESS.match(host)):
        return None
    if rest.startswith(":"):  # git@host:owner/name
        rest = "/" + rest[1:].lstrip("/")
    return (host if port in _PORTS else f"{host}:{port}"), rest


def locate(url: str, *, cut: bool = False) -> Place | None:
    """Say what a URL points at, or None where it is none; `cut` means that its end is missing.

    A link whose end is missing names a repository only when something follows the name.
    """
    parted = split_host(f"{SWHID_ADDRESS}{url}" if url.startswith("swh:1:") else url)
    if parted is None:
        return None
    host, rest = parted
    parts = tuple(part for part in re.split(r"[?#]", rest, maxsplit=1)[0].split("/") if part)
    if host in ("gist.github.com", "gist.githubusercontent.com"):
        return _read_gist(host, parts)
    if host in GITHUB_HOSTS:
        return _read_github(parts, cut)
    front = _FRONTS.get(host)
    if front is not None and parts[: len(front)] == front:
        return _read_front(host, parts[len(front) :], cut)
    archive = read_archive(host.removeprefix("www."), rest, locate)
    if archive is not None:
        return archive
    path, _, query = rest.partition("#")[0].partition("?")
    forge = read_forge(host.removeprefix("www."), path, query, by_git=bool(_GIT_SCHEME.match(url)), cut=cut)
    return forge or Place(kind=LinkKind.OTHER, host=host.partition(":")[0])


def _read_gist(host: str, parts: tuple[str, ...]) -> Place:
    if not parts:
        return Place(kind=LinkKind.OTHER, host=host)
    owner = parts[0] if len(parts) > 1 and github_urls.is_owner(parts[0]) else None
    return Place(kind=LinkKind.GIST, host=host, owner=owner, name=parts[1] if owner else parts[0])


def _read_github(parts: tuple[str, ...], cut: bool) -> Place:
    """Read the path of a GitHub URL."""
    other = Place(kind=LinkKind.OTHER, host=GITHUB)
    if parts[:1] in (("orgs",), ("users",)) and len(parts) > 1:
        return _read_owner(parts[1]) if github_urls.is_owner(parts[1]) and not (cut and len(parts) == 2) else other
    owner = re.split(r"[^A-Za-z0-9-]", parts[0], maxsplit=1)[0] if len(parts) == 1 else "".join(parts[:1])
    if not github_urls.is_owner(owner):
        return other
    if len(parts) == 1:
        return other if cut else _read_owner(owner)
    if cut and len(parts) == 2:
        return other
    name = github_urls.read_repository_name(unquote(parts[1]))
    if name is None:
        return other
    after = re.match(r"[A-Za-z0-9._-]*@([A-Za-z0-9._-]+)", parts[1])
    tail = () if cut else parts[2:]
    ref = after[1] if after and not cut else read_ref(tail)
    return Place(kind=LinkKind.REPOSITORY, host=GITHUB, owner=owner, name=name, ref=ref, parts=tail)


def _read_owner(owner: str) -> Place:
    return Place(kind=LinkKind.OWNER, host=GITHUB, owner=owner)


def _read_front(host: str, parts: tuple[str, ...], cut: bool) -> Place:
    """Read the path of a host that shows GitHub's repositories."""
    place = _read_github(parts, cut)
    if place.kind is not LinkKind.REPOSITORY:
        return Place(kind=LinkKind.OTHER, host=host)
    if host in _REF_FIRST and place.parts:
        return place.model_copy(update={"ref": read_ref(("tree", *place.parts))})
    return place


def holds_code(url: str, place: Place) -> bool:
    """Tell whether a link leads to code by its host alone: models and data sets have repositories too."""
    if place.repository is not None:
        return not place.repository.may_be_data
    return place.kind is LinkKind.GIST or _is_on_code_host(url)


def _is_on_code_host(url: str) -> bool:
    parted = split_host(url)
    return parted is not None and parted[0] in _CODE_HOSTS and len(parted[1]) > 1
