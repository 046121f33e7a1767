-- The tables and views of a store of version 1, as SQLite tells them.
CREATE TABLE runs (
	id INTEGER NOT NULL,
	date TEXT NOT NULL,
	started_at TEXT NOT NULL,
	finished_at TEXT,
	state TEXT NOT NULL CHECK (state in ('running', 'finished', 'stopped')),
	inputs TEXT NOT NULL,
	checker_version TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE papers (
	id TEXT NOT NULL,
	title TEXT NOT NULL,
	abstract TEXT NOT NULL,
	published TEXT,
	PRIMARY KEY (id)
);
CREATE TABLE repositories (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	host TEXT NOT NULL,
	owner TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE ("key")
);
CREATE TABLE run_papers (
	run_id INTEGER NOT NULL,
	paper_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	code_status TEXT NOT NULL,
	evidence TEXT NOT NULL,
	value TEXT NOT NULL,
	UNIQUE (run_id, paper_id),
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE,
	FOREIGN KEY(paper_id) REFERENCES papers (id)
);
CREATE TABLE links (
	id INTEGER NOT NULL,
	run_id INTEGER NOT NULL,
	paper_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	url TEXT NOT NULL,
	host TEXT NOT NULL,
	kind TEXT NOT NULL,
	repository_id INTEGER,
	ref TEXT,
	path TEXT,
	promised BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (run_id, paper_id, position),
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE,
	FOREIGN KEY(paper_id) REFERENCES papers (id),
	FOREIGN KEY(repository_id) REFERENCES repositories (id)
);
CREATE TABLE checks (
	id INTEGER NOT NULL,
	repository_id INTEGER NOT NULL,
	target TEXT NOT NULL,
	"commit" TEXT,
	availability TEXT NOT NULL,
	ecosystem TEXT,
	reached TEXT,
	way TEXT,
	cause TEXT,
	blame TEXT,
	cause_summary TEXT,
	hint TEXT,
	inconclusive BOOLEAN NOT NULL,
	committed_at TEXT,
	code_date TEXT,
	licence TEXT,
	archived BOOLEAN,
	fork BOOLEAN,
	moved_to TEXT,
	swhid_revision TEXT,
	swhid_directory TEXT,
	checker_version TEXT NOT NULL,
	started_at TEXT NOT NULL,
	seconds FLOAT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(repository_id) REFERENCES repositories (id)
);
CREATE INDEX checks_by_repository ON checks (repository_id, "commit", started_at);
CREATE TABLE check_values (
	check_id INTEGER NOT NULL,
	value BLOB NOT NULL,
	PRIMARY KEY (check_id),
	FOREIGN KEY(check_id) REFERENCES checks (id) ON DELETE CASCADE
);
CREATE TABLE run_checks (
	run_id INTEGER NOT NULL,
	check_id INTEGER NOT NULL,
	target TEXT NOT NULL,
	reused BOOLEAN NOT NULL,
	UNIQUE (run_id, target),
	FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE,
	FOREIGN KEY(check_id) REFERENCES checks (id) ON DELETE CASCADE
);
CREATE INDEX run_checks_by_check ON run_checks (check_id);
CREATE TABLE attempts (
	id INTEGER NOT NULL,
	check_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	way TEXT NOT NULL,
	project TEXT NOT NULL,
	interpreter TEXT,
	index_date TEXT,
	reached TEXT,
	cause TEXT,
	inconclusive BOOLEAN NOT NULL,
	seconds FLOAT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (check_id, position),
	FOREIGN KEY(check_id) REFERENCES checks (id) ON DELETE CASCADE
);
CREATE TABLE missing (
	id INTEGER NOT NULL,
	check_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	wanted_by TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(check_id) REFERENCES checks (id) ON DELETE CASCADE
);
CREATE INDEX missing_by_check ON missing (check_id);
CREATE TABLE repairs (
	id INTEGER NOT NULL,
	attempt_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	signature TEXT NOT NULL,
	changed TEXT NOT NULL,
	hint TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(attempt_id) REFERENCES attempts (id) ON DELETE CASCADE
);
CREATE INDEX repairs_by_attempt ON repairs (attempt_id);
CREATE TABLE steps (
	id INTEGER NOT NULL,
	attempt_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	name TEXT NOT NULL,
	phase TEXT NOT NULL,
	command TEXT NOT NULL,
	status TEXT NOT NULL,
	exit_code INTEGER,
	seconds FLOAT NOT NULL,
	peak_memory_bytes INTEGER,
	cause TEXT,
	log_excerpt TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (attempt_id, position),
	FOREIGN KEY(attempt_id) REFERENCES attempts (id) ON DELETE CASCADE
);
CREATE TABLE rungs (
	id INTEGER NOT NULL,
	check_id INTEGER NOT NULL,
	attempt_id INTEGER,
	rung TEXT NOT NULL,
	height INTEGER NOT NULL,
	holds BOOLEAN,
	evidence TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(check_id) REFERENCES checks (id) ON DELETE CASCADE,
	FOREIGN KEY(attempt_id) REFERENCES attempts (id) ON DELETE CASCADE
);
CREATE INDEX rungs_by_check ON rungs (check_id);
CREATE INDEX rungs_by_attempt ON rungs (attempt_id);
CREATE VIEW repository_results as select runs.date, runs.id as run_id, repositories.owner || '/' || repositories.name as repository,
               checks.availability, checks.reached, checks.way, checks.cause, checks.inconclusive,
               checks."commit", run_checks.reused, checks.seconds, checks.id as check_id
        from run_checks
        join runs on runs.id = run_checks.run_id
        join checks on checks.id = run_checks.check_id
        join repositories on repositories.id = checks.repository_id;
CREATE VIEW paper_results as select runs.date, links.run_id, papers.id as paper_id, papers.title, links.url,
               checks.availability, checks.reached, checks.way, checks.cause, checks.inconclusive
        from links
        join runs on runs.id = links.run_id
        join papers on papers.id = links.paper_id
        left join checks on checks.repository_id = links.repository_id
             and checks.id in (select check_id from run_checks where run_checks.run_id = links.run_id);
CREATE VIEW causes_by_run as select runs.date, runs.id as run_id, checks.cause, checks.blame, count(*) as repositories
        from run_checks
        join runs on runs.id = run_checks.run_id
        join checks on checks.id = run_checks.check_id
        where checks.cause is not null
        group by runs.id, checks.cause, checks.blame;
CREATE VIEW rungs_by_run as select runs.date, runs.id as run_id, rungs.rung, rungs.height,
               sum(rungs.holds is 1) as holds, sum(rungs.holds is 0) as fails, sum(rungs.holds is null) as untold
        from run_checks
        join runs on runs.id = run_checks.run_id
        join rungs on rungs.check_id = run_checks.check_id and rungs.attempt_id is null
        group by runs.id, rungs.rung, rungs.height;
CREATE VIEW rungs_by_way as select attempts.way, rungs.rung, rungs.height, count(distinct rungs.check_id) as repositories
        from rungs
        join attempts on attempts.id = rungs.attempt_id
        where rungs.holds is 1
        group by attempts.way, rungs.rung, rungs.height;
CREATE VIEW failing_steps as select repositories.owner || '/' || repositories.name as repository, attempts.way, steps.name, steps.phase,
               steps.status, steps.exit_code, steps.cause, steps.log_excerpt, checks.id as check_id
        from steps
        join attempts on attempts.id = steps.attempt_id
        join checks on checks.id = attempts.check_id
        join repositories on repositories.id = checks.repository_id
        where steps.status not in ('passed', 'skipped');
CREATE VIEW repairs_that_helped as select repairs.name, repairs.signature, count(distinct attempts.check_id) as repositories
        from repairs
        join attempts on attempts.id = repairs.attempt_id
        join checks on checks.id = attempts.check_id and checks.way = 'repaired'
             and checks.reached = attempts.reached
        group by repairs.name, repairs.signature;
