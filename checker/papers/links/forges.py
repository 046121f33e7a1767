"""Code hosts besides GitHub: repositories, owners' pages and snippets by their URLs (`data/forges.toml`); pure.

`https://gitlab.inria.fr/team/group/name/-/tree/dev/src` → gitlab.inria.fr, team/group, name, at dev.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, unquote

from checker.core.data_files import read_toml
from checker.core.values.papers import LinkKind
from checker.papers.links.patterns import load_patterns
from checker.papers.links.place import Place
from checker.papers.links.views import VIEWS, read_ref

_DATA = read_toml("checker.papers.links", "forges.toml")
_PATTERNS = load_patterns("forges")
_HOSTS: Mapping[str, str] = _DATA["hosts"]
_ALIASES: Mapping[str, str] = _DATA["aliases"]
_PREFIXES: Mapping[str, tuple[str, ...]] = {host: tuple(names) for host, names in _DATA["prefixes"].items()}
_OWNERS: Mapping[str, str] = _DATA["owners"]
_ABOUT_OWNERS: Mapping[str, tuple[str, ...]] = {host: tuple(names) for host, names in _DATA["pages"].items()}
_RESERVED = frozenset(_DATA["reserved"]["all"].split())
_OWNER_PAGES = frozenset(_DATA["reserved"]["owners"])

#: Segments of a path at most; GitLab lets groups nest twenty deep.
MAX_SEGMENTS = 24

_SEGMENT = re.compile(r"[\w.~+-]{1,255}", re.ASCII)
#: A host by its name, on the usual port; no other is asked.
_NAMED = re.compile(r"\.[a-z][a-z0-9-]*\Z")

_AZURE = {"GB": "branch", "GT": "tag", "GC": "commit"}


def find_family(host: str) -> str | None:
    """Return how the paths of a host read (`gitlab`, `flat`, `azure`, `any`), or None where it is no forge."""
    if host in _ALIASES:
        return _HOSTS.get(_ALIASES[host])
    if host in _HOSTS:
        return _HOSTS[host]
    if host.endswith(".visualstudio.com"):
        return "azure"
    for family in ("gitlab", "flat", "any"):
        if _PATTERNS[f"{family}_host"].match(host):
            return family
    return None


def read_forge(host: str, path: str, query: str, *, by_git: bool = False, cut: bool = False) -> Place | None:
    """Say what a URL of another host than GitHub points at, or None where it is no forge's.

    `by_git`: the URL's scheme or user name says that git is to be asked. `cut`: the end of the URL is missing,
    so that its last segment is no whole name.
    """
    if not _NAMED.search(host):
        return None
    parts = tuple(part for part in path.split("/") if part)[:MAX_SEGMENTS]
    family = find_family(host)
    host = _ALIASES.get(host, host)
    if family is None and (by_git or _find_git_suffix(parts) or _shows_forge(parts)):
        return _read_any(host, parts, query, cut)
    read = _READERS.get(family or "")
    if read is None:
        return None
    found = _read_server(host, parts, query) or _read_page(host, parts) or read(host, parts, query, cut)
    return found or Place(kind=LinkKind.OTHER, host=host)


def _read_page(host: str, parts: tuple[str, ...]) -> Place | None:
    """Read what is no repository by its first segments: snippets, owners' pages, pages of the forge."""
    if "snippets" in parts[:-1] and (parts[0] in ("snippets", "-") or "-" in parts):
        return Place(kind=LinkKind.GIST, host=host, name=parts[-1])
    if parts[:1] == ("codes",) or parts[1:2] == ("codes",):
        return Place(kind=LinkKind.GIST, host=host, name=parts[-1])
    first = parts[0].lower() if parts else ""
    if first in _OWNER_PAGES and len(parts) > 1 and (found := _read_segment(parts[1])):
        return Place(kind=LinkKind.OWNER, host=host, owner=found)
    if parts[1:2] and parts[1] in _ABOUT_OWNERS.get(host, ()) and first not in _RESERVED:
        return Place(kind=LinkKind.OWNER, host=host, owner=_read_segment(parts[0]))
    own = first in _RESERVED and first not in _PREFIXES.get(host, ())
    return Place(kind=LinkKind.OTHER, host=host) if own else None


def _read_segment(text: str) -> str | None:
    found = unquote(text)
    return found if _SEGMENT.fullmatch(found) and found.strip(".") else None


def _split(host: str, parts: tuple[str, ...], query: str, *, nested: bool, cut: bool) -> Place | None:
    """Split a path into owner, name and what follows."""
    skip = 1 if parts[:1] and parts[0] in _PREFIXES.get(host, ()) else 0
    end = _find_end(parts, skip, nested)
    if end <= skip or (cut and end == len(parts)):
        return None
    owner, name = [_read_segment(part) for part in parts[: end - 1]], _read_name(parts[end - 1])
    if None in owner or name is None:
        return None
    if not parts[skip].startswith(_OWNERS.get(host, "")):
        return None
    if end == 1 or (end == 2 and parts[0] == "spaces" and skip):
        return Place(kind=LinkKind.OWNER, host=host, owner=name)
    tail = () if cut else parts[end:]
    ref = _read_query_ref(query, "h", "id") or read_ref(tail) or _read_query_ref(query, "at")
    ref = ref or _read_after_at(parts[end - 1])
    return Place(
        kind=LinkKind.REPOSITORY, host=host, owner="/".join(map(str, owner)), name=name, ref=ref, parts=tail
    )


def _find_end(parts: tuple[str, ...], skip: int, nested: bool) -> int:
    """Return how many segments name the repository: to `.git`, to `-`, to a view, else two or all of them."""
    found = _find_git_suffix(parts)
    if found:
        return found
    if "-" in parts:
        return parts.index("-")
    if not nested:
        return min(len(parts), skip + 2)
    return next((at for at, part in enumerate(parts) if at >= skip + 2 and part in VIEWS), len(parts))


def _find_git_suffix(parts: tuple[str, ...]) -> int:
    """Return how many segments there are up to one that ends with `.git`, 0 where none does."""
    return next((at + 1 for at, part in enumerate(parts) if at and re.search(r"\w\.git(?:@|\Z)", part)), 0)


def _shows_forge(parts: tuple[str, ...]) -> bool:
    """Whether the path alone shows a forge: GitLab's `/-/tree/`, Forgejo's `/src/branch/`."""
    if "-" in parts[2:]:
        at = parts.index("-", 2)
        return parts[at + 1 : at + 2] in (("tree",), ("blob",), ("raw",), ("commit",), ("commits",), ("releases",))
    return len(parts) > 4 and parts[2] in ("src", "raw") and parts[3] in ("branch", "commit", "tag")


def _read_name(text: str) -> str | None:
    """Return a repository's name out of a segment: without `.git`, `.wiki` and what is glued to it."""
    match = _SEGMENT.match(unquote(text))
    name = match.group() if match else None
    for ending in (".git", ".wiki"):
        name = name.removesuffix(ending) if name else name
    return (name or "").rstrip(".") or None


def _read_after_at(text: str) -> str | None:
    after = re.match(r"[\w.~+-]+@([\w.+-]+)\Z", text, re.ASCII)
    return after[1] if after else None


def _read_query_ref(query: str, *keys: str) -> str | None:
    """Return the ref of `?at=dev` (Bitbucket), `?h=dev` or `?id=0a1b2c3` (cgit)."""
    given = _parse_query(query)
    found = next((given[key] for key in keys if given.get(key)), None)
    found = re.sub(r"\Arefs/(?:heads|tags)/", "", found) if found else None
    return found if found and re.fullmatch(r"[\w./+-]{1,200}", found) else None


def _parse_query(query: str) -> dict[str, str]:
    try:
        return {key: values[0] for key, values in parse_qs(query, max_num_fields=30).items()}
    except ValueError:
        return {}


# ------------------------------------------------------------ hosts with addresses of their own


def _read_server(host: str, parts: tuple[str, ...], query: str) -> Place | None:
    """Read `bitbucket.lab.org/projects/KEY/repos/NAME/browse/src?at=dev`, as Bitbucket's own server has it."""
    if parts[:1] != ("projects",) or parts[2:3] != ("repos",) or len(parts) < 4:
        return None
    key, name = _read_segment(parts[1]), _read_name(parts[3])
    if key is None or name is None:
        return None
    owner, ref = f"scm/{key.lower()}", _read_query_ref(query, "at")
    return Place(kind=LinkKind.REPOSITORY, host=host, owner=owner, name=name, ref=ref, parts=parts[4:])


def _read_any(host: str, parts: tuple[str, ...], query: str, cut: bool) -> Place | None:
    """Read the path of a host that may run anything: GitLab, Forgejo, cgit, Gitiles."""
    if "+" in parts[1:]:
        at = parts.index("+", 1)
        place = _split(host, parts[:at], "", nested=True, cut=False) if at > 1 else None
        tail = ("tree", *(parts[at + 3 :] if parts[at + 1 : at + 2] == ("refs",) else parts[at + 1 :]))
        return place.model_copy(update={"parts": tail, "ref": read_ref(tail)}) if place else None
    if parts[:1] in (("cgit",), ("gitweb",)):
        parts = (*_PREFIXES.get(host, ()), *parts[1:])
    place = _split(host, parts, query, nested=True, cut=cut)
    return place if place is not None and place.kind is LinkKind.REPOSITORY else None


def _read_azure(host: str, parts: tuple[str, ...], query: str, cut: bool) -> Place | None:
    """Read `dev.azure.com/ORGANISATION/PROJECT/_git/NAME?path=/src&version=GBmain`."""
    if "_git" not in parts[:-1] or cut:
        return Place(kind=LinkKind.OWNER, host=host, owner=parts[0]) if len(parts) == 1 else None
    at = parts.index("_git")
    owner, name = [_read_segment(part) for part in parts[:at]], _read_name(parts[at + 1])
    if None in owner or name is None or not (owner or host.endswith(".visualstudio.com")):
        return None
    given = _parse_query(query)
    version, place = given.get("version", ""), given.get("path", "").strip("/")
    ref = version[2:] if version[:2] in _AZURE else None
    tail = tuple(part for part in ("tree", *([ref] if ref else []), *place.split("/")) if part)
    return Place(
        kind=LinkKind.REPOSITORY,
        host=host,
        owner="/".join([*map(str, owner), "_git"]),
        name=name,
        ref=ref,
        parts=tail if ref or place else (),
    )


def _read_sourceforge(host: str, parts: tuple[str, ...], query: str, cut: bool) -> Place | None:
    """Read `sourceforge.net/p/PROJECT/code/ci/master/tree/src`; what may be Subversion is no repository."""
    if len(parts) < 3 or parts[0] != "p" or (cut and len(parts) == 3):
        return None
    if "git" not in parts[2].lower() and parts[3:4] != ("ci",):
        return None
    owner, name = _read_segment(parts[1]), _read_name(parts[2])
    if owner is None or name is None:
        return None
    tail = () if cut else parts[3:]
    return Place(
        kind=LinkKind.REPOSITORY,
        host="git.code.sf.net",
        owner=f"p/{owner}",
        name=name,
        ref=read_ref(tail),
        parts=tail,
    )


def _read_gitlab(host: str, parts: tuple[str, ...], query: str, cut: bool) -> Place | None:
    return _split(host, parts, query, nested=True, cut=cut)


def _read_flat(host: str, parts: tuple[str, ...], query: str, cut: bool) -> Place | None:
    return _split(host, parts, query, nested=False, cut=cut)


_Reader = Callable[[str, tuple[str, ...], str, bool], Place | None]

#: How the paths of each family are read.
_READERS: Mapping[str, _Reader] = {
    "gitlab": _read_gitlab,
    "flat": _read_flat,
    "azure": _read_azure,
    "sourceforge": _read_sourceforge,
    "any": _read_any,
}
