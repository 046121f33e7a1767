"""The tables and views of the store, named for people who open the file themselves."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

STORE_VERSION = 3
"""Version of the tables, kept in SQLite's `user_version`; one more whenever they change."""

APPLICATION_ID = 0x52455052
"""Marks the file as ours (`REPR`), so that no other program's database is ever written to."""

metadata = MetaData()


def _refer_to_owner(table: str, **options: bool) -> Column[int]:
    """A reference to the row that this one belongs to, and goes with."""
    name = {"runs": "run_id", "checks": "check_id", "attempts": "attempt_id"}[table]
    nullable = options.get("nullable", False)
    return Column(name, Integer, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable)


runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("date", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("state", Text, CheckConstraint("state in ('running', 'finished', 'stopped')"), nullable=False),
    Column("inputs", Text, nullable=False),
    Column("checker_version", Text, nullable=False),
    Column("note", Text, nullable=False, default=""),
)

papers = Table(
    "papers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("published", Text),
)

run_papers = Table(
    "run_papers",
    metadata,
    _refer_to_owner("runs"),
    Column("paper_id", Text, ForeignKey("papers.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("code_status", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("run_id", "paper_id"),
)

repositories = Table(
    "repositories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, unique=True, nullable=False),
    Column("host", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("runs"),
    Column("paper_id", Text, ForeignKey("papers.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("repository_id", Integer, ForeignKey("repositories.id")),
    Column("ref", Text),
    Column("path", Text),
    Column("promised", Boolean, nullable=False),
    UniqueConstraint("run_id", "paper_id", "position"),
)

checks = Table(
    "checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("repository_id", Integer, ForeignKey("repositories.id"), nullable=False),
    Column("target", Text, nullable=False),
    Column("commit", Text),
    Column("availability", Text, nullable=False),
    Column("ecosystem", Text),
    Column("reached", Text),
    Column("way", Text),
    Column("cause", Text),
    Column("blame", Text),
    Column("cause_summary", Text),
    Column("hint", Text),
    Column("inconclusive", Boolean, nullable=False),
    Column("committed_at", Text),
    Column("code_date", Text),
    Column("licence", Text),
    Column("archived", Boolean),
    Column("fork", Boolean),
    Column("moved_to", Text),
    Column("swhid_revision", Text),
    Column("swhid_directory", Text),
    Column("checker_version", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("rules", Text, nullable=False, server_default=""),
    Index("checks_by_repository", "repository_id", "commit", "started_at"),
)

check_values = Table(
    "check_values",
    metadata,
    Column("check_id", Integer, ForeignKey("checks.id", ondelete="CASCADE"), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""The whole value as JSON, compressed with zlib, so that it comes back exactly; logs are most of it."""

run_checks = Table(
    "run_checks",
    metadata,
    _refer_to_owner("runs"),
    _refer_to_owner("checks"),
    Column("target", Text, nullable=False),
    Column("reused", Boolean, nullable=False),
    UniqueConstraint("run_id", "target"),
    Index("run_checks_by_check", "check_id"),
    Index("run_checks_by_target", "target", "run_id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("checks"),
    Column("position", Integer, nullable=False),
    Column("way", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("interpreter", Text),
    Column("index_date", Text),
    Column("reached", Text),
    Column("cause", Text),
    Column("inconclusive", Boolean, nullable=False),
    Column("seconds", Float, nullable=False),
    UniqueConstraint("check_id", "position"),
)

repairs = Table(
    "repairs",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("attempts"),
    Column("name", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("changed", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Index("repairs_by_attempt", "attempt_id"),
)

steps = Table(
    "steps",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("attempts"),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("command", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("exit_code", Integer),
    Column("seconds", Float, nullable=False),
    Column("peak_memory_bytes", Integer),
    Column("cause", Text),
    Column("log_excerpt", Text, nullable=False),
    UniqueConstraint("attempt_id", "position"),
)

rungs = Table(
    "rungs",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("checks"),
    _refer_to_owner("attempts", nullable=True),
    Column("rung", Text, nullable=False),
    Column("height", Integer, nullable=False),
    Column("holds", Boolean),
    Column("evidence", Text, nullable=False),
    Index("rungs_by_check", "check_id"),
    Index("rungs_by_attempt", "attempt_id"),
)
"""Rungs of an attempt; `attempt_id` is null for those of the verdict."""

missing = Table(
    "missing",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("checks"),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("wanted_by", Text, nullable=False),
    Index("missing_by_check", "check_id"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    _refer_to_owner("runs"),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("repository", Text),
    Column("paper_id", Text),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("commit_before", Text),
    Column("commit_after", Text),
    Column("packages", Text, nullable=False),
    Column("days", Integer),
    UniqueConstraint("run_id", "position"),
)
"""What became otherwise in a night; `packages` one line for each, `name before → after`."""

VIEWS = {
    "repository_results": """
        select runs.date, runs.id as run_id, repositories.owner || '/' || repositories.name as repository,
               checks.availability, checks.reached, checks.way, checks.cause, checks.inconclusive,
               checks."commit", run_checks.reused, checks.seconds, checks.id as check_id
        from run_checks
        join runs on runs.id = run_checks.run_id
        join checks on checks.id = run_checks.check_id
        join repositories on repositories.id = checks.repository_id""",
    "paper_results": """
        select runs.date, links.run_id, papers.id as paper_id, papers.title, links.url,
               checks.availability, checks.reached, checks.way, checks.cause, checks.inconclusive
        from links
        join runs on runs.id = links.run_id
        join papers on papers.id = links.paper_id
        left join checks on checks.repository_id = links.repository_id
             and checks.id in (select check_id from run_checks where run_checks.run_id = links.run_id)""",
    "causes_by_run": """
        select runs.date, runs.id as run_id, checks.cause, checks.blame, count(*) as repositories
        from run_checks
        join runs on runs.id = run_checks.run_id
        join checks on checks.id = run_checks.check_id
        where checks.cause is not null
        group by runs.id, checks.cause, checks.blame""",
    "changes_by_night": """
        select runs.date, runs.id as run_id, changes.kind, changes.subject, changes.repository, changes.before,
               changes.after, changes.reason, changes.packages
        from changes
        join runs on runs.id = changes.run_id
        order by runs.id desc, changes.position""",
    "rungs_by_run": """
        select runs.date, runs.id as run_id, rungs.rung, rungs.height,
               sum(rungs.holds is 1) as holds, sum(rungs.holds is 0) as fails, sum(rungs.holds is null) as untold
        from run_checks
        join runs on runs.id = run_checks.run_id
        join rungs on rungs.check_id = run_checks.check_id and rungs.attempt_id is null
        group by runs.id, rungs.rung, rungs.height""",
    "rungs_by_way": """
        select attempts.way, rungs.rung, rungs.height, count(distinct rungs.check_id) as repositories
        from rungs
        join attempts on attempts.id = rungs.attempt_id
        where rungs.holds is 1
        group by attempts.way, rungs.rung, rungs.height""",
    "repositories_now": """
        select repositories.owner || '/' || repositories.name as repository, c.availability, c.reached, c.way,
               c.cause, c.blame, c.inconclusive, c."commit", c.licence, c.started_at, c.seconds, c.id as check_id
        from (
            select id, row_number() over (
                partition by repository_id order by inconclusive, started_at desc, id desc) as place
            from checks
        ) newest
        join checks c on c.id = newest.id and newest.place = 1
        join repositories on repositories.id = c.repository_id""",
    "same_commit_other_outcome": """
        select repositories.owner || '/' || repositories.name as repository, pairs."commit",
               pairs.started_at_before, pairs.reached_before, pairs.way_before,
               pairs.started_at as started_at_after, pairs.reached as reached_after, pairs.way as way_after,
               pairs.check_id_before, pairs.id as check_id_after
        from (
            select id, repository_id, "commit", started_at, reached, way, availability,
                   lag(id) over same as check_id_before, lag(started_at) over same as started_at_before,
                   lag(reached) over same as reached_before, lag(way) over same as way_before,
                   lag(availability) over same as availability_before
            from checks where not inconclusive and "commit" is not null
            window same as (partition by repository_id, "commit" order by started_at, id)
        ) pairs
        join repositories on repositories.id = pairs.repository_id
        where pairs.check_id_before is not null
              and (reached is not reached_before or way is not way_before
                   or availability <> availability_before)""",
    "promised_code": """
        select papers.id as paper_id, papers.title, papers.published, links.url, now.availability, now.check_id
        from run_papers
        join papers on papers.id = run_papers.paper_id
        left join links on links.run_id = run_papers.run_id and links.paper_id = run_papers.paper_id
        left join repositories on repositories.id = links.repository_id
        left join repositories_now now on now.repository = repositories.owner || '/' || repositories.name
        where run_papers.code_status = 'promised'
              and run_papers.run_id = (select max(run_id) from run_papers r where r.paper_id = run_papers.paper_id)
        order by papers.published""",
    "missing_by_name": """
        select missing.kind, missing.name, count(distinct checks.repository_id) as repositories
        from missing
        join checks on checks.id = missing.check_id
        group by missing.kind, missing.name""",
    "failing_steps": """
        select repositories.owner || '/' || repositories.name as repository, attempts.way, steps.name, steps.phase,
               steps.status, steps.exit_code, steps.cause, steps.log_excerpt, checks.id as check_id
        from steps
        join attempts on attempts.id = steps.attempt_id
        join checks on checks.id = attempts.check_id
        join repositories on repositories.id = checks.repository_id
        where steps.status not in ('passed', 'skipped')""",
    "repairs_that_helped": """
        select repairs.name, repairs.signature, count(distinct attempts.check_id) as repositories
        from repairs
        join attempts on attempts.id = repairs.attempt_id
        join checks on checks.id = attempts.check_id and checks.way = 'repaired'
             and checks.reached = attempts.reached
        group by repairs.name, repairs.signature""",
}
"""The common questions, answered by name."""
