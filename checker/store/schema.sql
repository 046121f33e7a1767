-- The tables of the store, named for people who open the file themselves. A change here needs a step in
-- migrations.py and the next STORE_VERSION in tables.py.

create table if not exists runs (
    id INTEGER not null primary key,
    date TEXT not null,
    started_at TEXT not null,
    finished_at TEXT,
    state TEXT not null check (state in ('running', 'finished', 'stopped')),
    inputs TEXT not null,
    checker_version TEXT not null,
    note TEXT not null
);

create table if not exists papers (
    id TEXT not null primary key,
    title TEXT not null,
    abstract TEXT not null,
    published TEXT
);

create table if not exists run_papers (
    run_id INTEGER not null references runs (id) on delete cascade,
    paper_id TEXT not null references papers (id),
    position INTEGER not null,
    code_status TEXT not null,
    evidence TEXT not null,
    value TEXT not null,
    unique (run_id, paper_id)
);

create table if not exists repositories (
    id INTEGER not null primary key,
    key TEXT not null unique,
    host TEXT not null,
    owner TEXT not null,
    name TEXT not null
);

create table if not exists links (
    id INTEGER not null primary key,
    run_id INTEGER not null references runs (id) on delete cascade,
    paper_id TEXT not null references papers (id),
    position INTEGER not null,
    url TEXT not null,
    host TEXT not null,
    kind TEXT not null,
    repository_id INTEGER references repositories (id),
    ref TEXT,
    path TEXT,
    promised BOOLEAN not null,
    unique (run_id, paper_id, position)
);

create table if not exists checks (
    id INTEGER not null primary key,
    repository_id INTEGER not null references repositories (id),
    target TEXT not null,
    "commit" TEXT,
    availability TEXT not null,
    ecosystem TEXT,
    reached TEXT,
    way TEXT,
    cause TEXT,
    blame TEXT,
    cause_summary TEXT,
    hint TEXT,
    inconclusive BOOLEAN not null,
    committed_at TEXT,
    code_date TEXT,
    licence TEXT,
    archived BOOLEAN,
    fork BOOLEAN,
    moved_to TEXT,
    swhid_revision TEXT,
    swhid_directory TEXT,
    checker_version TEXT not null,
    started_at TEXT not null,
    seconds FLOAT not null,
    rules TEXT not null default ''
);
create index if not exists checks_by_repository on checks (repository_id, "commit", started_at);

-- The whole value as JSON, compressed with zlib, so that it comes back exactly; logs are most of it.
create table if not exists check_values (
    check_id INTEGER not null primary key references checks (id) on delete cascade,
    value BLOB not null
);

create table if not exists run_checks (
    run_id INTEGER not null references runs (id) on delete cascade,
    check_id INTEGER not null references checks (id) on delete cascade,
    target TEXT not null,
    reused BOOLEAN not null,
    unique (run_id, target)
);
create index if not exists run_checks_by_check on run_checks (check_id);
create index if not exists run_checks_by_target on run_checks (target, run_id);

create table if not exists attempts (
    id INTEGER not null primary key,
    check_id INTEGER not null references checks (id) on delete cascade,
    position INTEGER not null,
    way TEXT not null,
    project TEXT not null,
    interpreter TEXT,
    index_date TEXT,
    reached TEXT,
    cause TEXT,
    inconclusive BOOLEAN not null,
    seconds FLOAT not null,
    unique (check_id, position)
);

create table if not exists repairs (
    id INTEGER not null primary key,
    attempt_id INTEGER not null references attempts (id) on delete cascade,
    name TEXT not null,
    signature TEXT not null,
    changed TEXT not null,
    hint TEXT not null
);
create index if not exists repairs_by_attempt on repairs (attempt_id);

create table if not exists steps (
    id INTEGER not null primary key,
    attempt_id INTEGER not null references attempts (id) on delete cascade,
    position INTEGER not null,
    name TEXT not null,
    phase TEXT not null,
    command TEXT not null,
    status TEXT not null,
    exit_code INTEGER,
    seconds FLOAT not null,
    peak_memory_bytes INTEGER,
    cause TEXT,
    log_excerpt TEXT not null,
    unique (attempt_id, position)
);

-- Rungs of an attempt; `attempt_id` is null for those of the verdict.
create table if not exists rungs (
    id INTEGER not null primary key,
    check_id INTEGER not null references checks (id) on delete cascade,
    attempt_id INTEGER references attempts (id) on delete cascade,
    rung TEXT not null,
    height INTEGER not null,
    holds BOOLEAN,
    evidence TEXT not null
);
create index if not exists rungs_by_attempt on rungs (attempt_id);
create index if not exists rungs_by_check on rungs (check_id);

create table if not exists missing (
    id INTEGER not null primary key,
    check_id INTEGER not null references checks (id) on delete cascade,
    kind TEXT not null,
    name TEXT not null,
    wanted_by TEXT not null
);
create index if not exists missing_by_check on missing (check_id);

-- What became otherwise in a night; `packages` one line for each, `name before → after`.
create table if not exists changes (
    id INTEGER not null primary key,
    run_id INTEGER not null references runs (id) on delete cascade,
    position INTEGER not null,
    kind TEXT not null,
    subject TEXT not null,
    repository TEXT,
    paper_id TEXT,
    before TEXT not null,
    after TEXT not null,
    reason TEXT not null,
    commit_before TEXT,
    commit_after TEXT,
    packages TEXT not null,
    days INTEGER,
    unique (run_id, position)
);
