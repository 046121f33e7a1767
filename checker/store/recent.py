"""The newest check of each repository, read from the tables alone: no check is opened for a list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from checker.core.values.base import Value
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Availability, RepositoryId
from checker.core.values.results import Blame
from checker.store.tables import QUERIES


class RecentCheck(Value):
    """What a list says of a repository's newest check."""

    repository: RepositoryId
    commit: str | None = None
    availability: Availability
    ecosystem: str | None = None
    reached: Rung | None = None
    way: Way | None = None
    cause: str | None = None
    cause_summary: str | None = None
    blame: Blame | None = None
    inconclusive: bool = False
    started_at: datetime
    seconds: float = 0.0


def read_recent(connection: Connection, most: int, like: str) -> tuple[RecentCheck, ...]:
    """Return the newest checks, newest first, one for each repository whose name holds `like`."""
    found = connection.execute(QUERIES["recent"], {"like": like.lower(), "most": most}).mappings()
    names = RecentCheck.model_fields.keys() - {"repository"}
    return tuple(
        RecentCheck.model_validate(
            {
                "repository": RepositoryId(host=row["host"], owner=row["owner"], name=row["name"]),
                **{name: row[name] for name in names},
            }
        )
        for row in found
    )
