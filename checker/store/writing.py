"""Writing values into the tables, within a transaction that somebody else holds."""

from __future__ import annotations

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from checker.core.values.changes import Changes
from checker.core.values.papers import LinkedPaper
from checker.core.values.repositories import RepositoryId
from checker.core.values.results import Check
from checker.store import rows
from checker.store import tables as t


def find_or_add_repository(connection: Connection, repository: RepositoryId) -> int:
    """Return the row of a repository, made where there is none."""
    values = {"host": repository.host, "owner": repository.owner, "name": repository.name}
    connection.execute(upsert(t.repositories).values(key=repository.key, **values).on_conflict_do_nothing())
    query = select(t.repositories.c.id).where(t.repositories.c.key == repository.key)
    found: int = connection.execute(query).scalar_one()
    return found


def save_paper(connection: Connection, run_id: int, linked: LinkedPaper, position: int) -> None:
    """Store one paper of a run with its links."""
    paper = linked.paper
    published = paper.published.isoformat() if paper.published else None
    values = {"title": paper.title, "abstract": paper.abstract, "published": published}
    connection.execute(
        upsert(t.papers).values(id=paper.id, **values).on_conflict_do_update(index_elements=["id"], set_=values)
    )
    connection.execute(
        insert(t.run_papers).values(
            run_id=run_id,
            paper_id=paper.id,
            position=position,
            code_status=linked.code_status.value,
            evidence=linked.evidence,
            value=linked.model_dump_json(),
        )
    )
    for number, link in enumerate(linked.links):
        repository = link.repository
        row = rows.link_row(link, number, find_or_add_repository(connection, repository) if repository else None)
        connection.execute(insert(t.links).values(run_id=run_id, paper_id=paper.id, **row))


def stands_already(connection: Connection, run_id: int, check: Check) -> bool:
    """Tell whether the run keeps the check it has; a replaced one is taken out of the run."""
    mine = (t.run_checks.c.run_id == run_id, t.run_checks.c.target == check.target.key)
    row = connection.execute(
        select(t.checks.c.id, t.checks.c.inconclusive)
        .join(t.run_checks, t.run_checks.c.check_id == t.checks.c.id)
        .where(*mine)
    ).one_or_none()
    if row is None:
        return False
    if not row.inconclusive or check.inconclusive:
        return True
    connection.execute(delete(t.run_checks).where(*mine))
    still_used = select(t.run_checks.c.check_id).where(t.run_checks.c.check_id == row.id)
    connection.execute(delete(t.checks).where(t.checks.c.id == row.id, ~still_used.exists()))
    return False


def attach(connection: Connection, run_id: int, check: Check, check_id: int, *, reused: bool) -> None:
    """Let a stored check count in a run."""
    connection.execute(
        insert(t.run_checks).values(run_id=run_id, check_id=check_id, target=check.target.key, reused=reused)
    )


def insert_check(connection: Connection, check: Check) -> int:
    """Store a check in all its tables and return its row."""
    owner = find_or_add_repository(connection, check.target.repository)
    row = {"repository_id": owner, "target": check.target.key, **rows.check_row(check)}
    check_id = _insert(connection, t.checks, row)
    connection.execute(insert(t.check_values).values(check_id=check_id, value=rows.pack(check)))
    _insert_all(connection, t.rungs, rows.make_rung_rows(check.verdict.rungs), check_id=check_id, attempt_id=None)
    _insert_all(connection, t.missing, rows.make_missing_rows(check), check_id=check_id)
    for position, attempt in enumerate(check.attempts):
        mine = _insert(connection, t.attempts, {"check_id": check_id, **rows.make_attempt_row(attempt, position)})
        _insert_all(connection, t.repairs, rows.repair_rows(attempt), attempt_id=mine)
        _insert_all(connection, t.rungs, rows.make_rung_rows(attempt.rungs), check_id=check_id, attempt_id=mine)
        steps = [rows.make_step_row(result, number) for number, result in enumerate(attempt.results)]
        _insert_all(connection, t.steps, steps, attempt_id=mine)
    return check_id


def save_changes(connection: Connection, run_id: int, changes: Changes) -> None:
    """Store what became otherwise in a run, in place of what was stored before."""
    connection.execute(delete(t.changes).where(t.changes.c.run_id == run_id))
    found = [rows.change_row(change, position) for position, change in enumerate(changes.changes)]
    _insert_all(connection, t.changes, found, run_id=run_id)


def _insert(connection: Connection, table: Table, row: rows.Row) -> int:
    key: int = connection.execute(insert(table).values(**row).returning(table.c.id)).scalar_one()
    return key


def _insert_all(connection: Connection, table: Table, found: list[rows.Row], **owner: int | None) -> None:
    if found:
        connection.execute(insert(table), [{**owner, **row} for row in found])
