"""What a URL points at, by its host and its path."""

from __future__ import annotations

from checker.core.values.base import Value
from checker.core.values.papers import REPOSITORY_KINDS, LinkKind
from checker.core.values.repositories import RepositoryId


class Place(Value):
    """What a URL points at. `parts` is the path after the repository, segment by segment."""

    kind: LinkKind
    host: str
    owner: str | None = None
    name: str | None = None
    ref: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def repository(self) -> RepositoryId | None:
        """The repository that the URL names, itself or as the origin of an archived copy."""
        if self.kind not in REPOSITORY_KINDS or self.owner is None or self.name is None:
            return None
        return RepositoryId(host=self.host, owner=self.owner, name=self.name)
