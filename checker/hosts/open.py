"""Picks who answers for a repository: the mirror, GitHub, any other code host, or a local folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from checker.core.errors import UsageError
from checker.core.values.repositories import Checkout, Probe, RepositoryId, Target
from checker.hosts.base import Host
from checker.hosts.folder import open_folder
from checker.hosts.git.command import read_operator_settings
from checker.hosts.github_api import GithubApi
from checker.hosts.github_host import GithubHost
from checker.hosts.limits import CloneLimits
from checker.hosts.mirror import MAIN_HOST, MirrorHost
from checker.hosts.remote import RemoteHost


@dataclass(frozen=True)
class Router:
    """Sends every question to the host that it concerns."""

    github: Host
    others: Host
    limits: CloneLimits

    def probe(self, repository: RepositoryId) -> Probe:
        """Tell whether a repository answers, as `hosting.base.Host` says."""
        return self._host(repository).probe(repository)

    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        """Bring the files of a target into a folder, as `hosting.base.Host` says."""
        host = self._host(target.repository)
        if target.folder is not None:
            host = open_folder(Path(target.folder), self.limits)
        return host.checkout(target, probe, destination)

    def _host(self, repository: RepositoryId) -> Host:
        return self.github if repository.host == MAIN_HOST else self.others


def open_host(
    *,
    mirror: Path | None = None,
    token: str | None = None,
    api_url: str = "https://api.github.com",
    git_url: str = "https://github.com",
    timeout: float = 30,
    max_wait: float = 60,
    limits: CloneLimits | None = None,
    allowed: frozenset[str] | None = None,
) -> Host:
    """Return the host that answers for every repository.

    With `mirror`, the folder `mirror/OWNER/NAME.git` stands in for GitHub completely and nothing is asked
    over the network. Without, git is asked first, at `git_url`, and GitHub's API second, where there is a
    `token`. `allowed` names the only hosts that are asked (None: every public one). `timeout` bounds one
    question, `max_wait` all the waiting for a host that limits our rate or fails; both in seconds.

    Raises:
        UsageError: the mirror is no folder, or an address is none.

    """
    limits = limits or CloneLimits()
    if mirror is not None:
        host = MirrorHost.create(mirror, limits)
        return Router(host, host, limits)
    for name, url in (("git_url", git_url), ("api_url", api_url)):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
            raise UsageError(f"{name}: {url[:200]!r} is not an http or https address")
    remote = RemoteHost.create(
        {MAIN_HOST: git_url}, timeout, max_wait, limits, read_operator_settings(), allowed=allowed
    )
    api = GithubApi(token, api_url, timeout, max_wait) if token else None
    return Router(GithubHost(remote, api), remote, limits)
