"""The newest check of each repository, read from the tables alone: no check is opened for a list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from checker.core.base import Value
from checker.core.plans import Rung, Way
from checker.core.repositories import Availability, RepositoryId
from checker.core.results import Blame
from checker.store import tables as t


class RecentCheck(Value):
    """What a list says of a repository's newest check."""

    repository: RepositoryId
    commit: str | None = None
    availability: Availability
    ecosystem: str | None = None
    reached: Rung | None = None
    way: Way | None = None
    cause_summary: str | None = None
    blame: Blame | None = None
    inconclusive: bool = False
    started_at: datetime
    seconds: float = 0.0


_COLUMNS = (
    "commit", "availability", "ecosystem", "reached", "way", "cause_summary", "blame", "inconclusive",
    "started_at", "seconds",
)  # fmt: skip


def read_recent(connection: Connection, most: int, like: str) -> tuple[RecentCheck, ...]:
    """Return the newest checks, newest first, one for each repository whose name holds `like`."""
    newest = (
        select(t.checks.c.repository_id, func.max(t.checks.c.started_at).label("at"))
        .group_by(t.checks.c.repository_id)
        .subquery()
    )
    query = (
        select(func.max(t.checks.c.id), t.repositories.c.host, t.repositories.c.owner, t.repositories.c.name)
        .add_columns(*(t.checks.c[name] for name in _COLUMNS))
        .join(
            newest, and_(newest.c.repository_id == t.checks.c.repository_id, newest.c.at == t.checks.c.started_at)
        )
        .join(t.repositories, t.repositories.c.id == t.checks.c.repository_id)
        .where(t.repositories.c.key.contains(like.lower(), autoescape=True))
        .group_by(t.checks.c.repository_id)
        .order_by(t.checks.c.started_at.desc(), t.checks.c.id.desc())
        .limit(most)
    )
    return tuple(
        RecentCheck.model_validate(
            {
                "repository": RepositoryId(host=row["host"], owner=row["owner"], name=row["name"]),
                **{name: row[name] for name in _COLUMNS},
            }
        )
        for row in connection.execute(query).mappings()
    )
