-- From version 1 of the tables to 2.

create table changes (
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
);
create index run_checks_by_target on run_checks (target, run_id);
