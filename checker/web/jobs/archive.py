"""The store as the web application uses it: results kept one by one, the latest found again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from checker import __version__
from checker.core.rules import compute_rules_digest
from checker.core.values.base import now
from checker.core.values.repositories import RepositoryId, Target
from checker.core.values.results import Check
from checker.store import RecentCheck, RunState, Store

#: Note of a run that was one check on demand, as `checker repo` writes it: no report is made of it.
ON_DEMAND = "single"


class Archive:
    """Reads from any thread, writes beside a night that runs: every check is a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, check: Check) -> None:
        """Keep a check.

        Raises:
            StorageFailure: the store cannot be written.

        """
        name = str(check.target.repository)
        run = self._store.begin_run(
            now().date(), inputs=(name,), checker_version=__version__, note=ON_DEMAND, alone=False
        )
        self._store.save_check(run, check)
        self._store.finish_run(run, state=RunState.FINISHED, note=ON_DEMAND)

    def find_latest(self, repository: RepositoryId) -> Check | None:
        """Return the newest check of a repository."""
        return self._store.find_latest_check(repository.key)

    def find_fresh(self, target: Target, commit: str | None, max_age: timedelta) -> Check | None:
        """Return a check that still counts for that commit, None where there is none."""
        if commit is None or max_age <= timedelta(0):
            return None
        return self._store.find_fresh_check(target.repository.key, commit, compute_rules_digest(), max_age)

    def list_recent(self, most: int, like: str = "") -> Sequence[RecentCheck]:
        """Return the newest check of each repository, newest first; `like` is a part of the names wanted."""
        return self._store.find_recent_checks(most, like)
