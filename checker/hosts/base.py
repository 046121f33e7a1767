"""What the checker asks of a code host; GitHub, plain git, a mirror and a local folder answer alike."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from checker.core.values.repositories import Checkout, Probe, RepositoryId, Target


class Host(Protocol):
    """Answers for repositories."""

    def probe(self, repository: RepositoryId) -> Probe:
        """Tell whether a repository answers, as what, at which commit; never raises for an answer.

        What we could not find out (time-out, rate limit, 5xx, DNS) is `unreachable` with the reason in
        `detail`; it is never `missing`.
        """
        ...

    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        """Bring the files of a repository at one commit into the empty folder `destination`.

        Raises:
            HostRefusal: the commit does not exist, or the repository cannot be checked out at all.
            NetworkFailure: the host did not answer, or broke off.
            StorageFailure: our own disk is full.

        """
        ...
