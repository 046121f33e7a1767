"""Where the objects of a commit come from: what a host or a mirror offers to a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from checker.core.values.repositories import RepositoryId
from checker.hosts.git.command import Git
from checker.hosts.git.objects import Objects
from checker.hosts.git.refs import Refs
from checker.hosts.git.write_files import SizeOf
from checker.hosts.limits import CloneLimits


@dataclass(frozen=True)
class Brought:
    """A commit whose objects are here; `size_of` may tell sizes of objects that are not."""

    objects: Objects
    commit: str
    size_of: SizeOf | None = None
    tags: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class Origin(Protocol):
    """Where objects come from: a code host over the network, or a mirror on this machine."""

    @property
    def git(self) -> Git:
        """The git that reads what was brought."""
        ...

    @property
    def limits(self) -> CloneLimits:
        """What a checkout may cost."""
        ...

    def refs(self, repository: RepositoryId) -> Refs:
        """List the branches and tags. Raises HostRefusal or NetworkFailure."""
        ...

    def bring(self, repository: RepositoryId, commit: str, folder: Path) -> Brought:
        """Make a git folder with the commit (whose id may be shortened) and its files.

        Raises:
            HostRefusal: the commit or the repository does not exist.
            NetworkFailure: the host did not answer.
            StorageFailure: our disk is full.

        """
        ...

    def deepen(self, repository: RepositoryId, brought: Brought, step: int) -> bool:
        """Bring more history, without files; False where there is no more, or it cannot be had."""
        ...

    def bring_tags(self, repository: RepositoryId, brought: Brought) -> Brought:
        """Bring the history back to the newest tags, as far as that is cheap."""
        ...
