"""Builds addresses inside the web application; only the parts of a repository's name go into them."""

from __future__ import annotations

from urllib.parse import quote

from checker.core.errors import HostRefusal
from checker.core.values.repositories import RepositoryId
from checker.hosts.urls import check_repository
from checker.web.refusals import Unknown

MAIN_HOST = "github.com"
MAX_NAME = 300


def name_in_address(repository: RepositoryId) -> str:
    """Return `owner/name`, of another host than GitHub `host/owner/name`, fit for an address."""
    return quote(str(repository), safe="/")


def make_repository_address(repository: RepositoryId) -> str:
    """Return the page of a repository."""
    return f"/repositories/{name_in_address(repository)}"


def make_badge_address(repository: RepositoryId, ending: str = "svg") -> str:
    """Return the badge of a repository."""
    return f"/badge/{name_in_address(repository)}.{ending}"


def parse_name(name: str) -> RepositoryId:
    """Return the repository that an address names: `owner/name`, or `host/owner/name`.

    Raises:
        Unknown: nothing can be called so.

    """
    parts = name.split("/")
    host = parts.pop(0).lower() if len(parts) > 2 else MAIN_HOST
    if len(name) > MAX_NAME or len(parts) < 2:
        raise Unknown("no repository is called so")
    repository = RepositoryId(host=host, owner="/".join(parts[:-1]), name=parts[-1])
    try:
        check_repository(repository)
    except HostRefusal:
        raise Unknown("no repository is called so") from None
    return repository
