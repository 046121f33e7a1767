"""What leads from each version of the store's tables to the next; a row stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping

Migrations = Mapping[int, tuple[str, ...]]

MIGRATIONS: Migrations = {
    1: (
        """create table changes (
            id integer not null primary key,
            run_id integer not null references runs (id) on delete cascade,
            position integer not null,
            kind text not null,
            subject text not null,
            repository text,
            paper_id text,
            before text not null,
            after text not null,
            reason text not null,
            commit_before text,
            commit_after text,
            packages text not null,
            days integer,
            unique (run_id, position)
        )""",
        "create index run_checks_by_target on run_checks (target, run_id)",
    ),
    2: ("alter table checks add column rules text not null default ''",),
}
"""Statements by the version that they lead on from."""
