"""The store: everything comes back, nothing counts twice, nothing stands half-written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import check_samples as samples
import pytest

from checker.core.errors import StorageFailure, UsageError
from checker.core.rules import compute_rules_digest
from checker.core.values.base import now
from checker.core.values.changes import Change, ChangeKind, Changes, PackageChange
from checker.core.values.plans import Rung
from checker.core.values.repositories import Availability
from checker.core.values.results import Check
from checker.store import RunState, Store
from checker.store.opening import migrate, read_version
from checker.store.tables import APPLICATION_ID, STORE_VERSION, VIEWS

DAY = date(2026, 3, 1)


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "results" / "checker.sqlite") as opened:
        yield opened


def begin(store: Store, *inputs: str):
    return store.begin_run(DAY, inputs=inputs or ("papers.txt",), checker_version="0.1.0")


def query(store: Store, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store.path)) as connection:
        return connection.execute(text).fetchall()


@pytest.mark.parametrize("check", samples.every_kind(), ids=lambda check: str(check.target.repository))
def test_every_kind_of_check_comes_back_exactly(store: Store, check: Check) -> None:
    run = begin(store)
    store.save_check(run, check)
    assert store.load_checks(run) == {check.target.key: check}
    assert store.find_latest_check(check.target.repository.key.upper()) == check


def test_papers_come_back_exactly_and_in_order(store: Store) -> None:
    run = begin(store)
    store.save_papers(run, samples.papers())
    store.save_papers(run, samples.papers())
    assert store.load_papers(run) == samples.papers()


def test_a_later_run_may_know_a_paper_otherwise(store: Store) -> None:
    first, second = begin(store), begin(store)
    store.save_papers(first, [samples.paper(1, "octo/passes")])
    store.save_papers(second, [samples.paper(1, title="Another title")])
    assert [p.paper.title for p in store.load_papers(first)] == ["On the Stability of Method 1"]
    assert [p.paper.title for p in store.load_papers(second)] == ["Another title"]


def test_a_target_counts_once_in_a_run(store: Store) -> None:
    run = begin(store)
    for _ in range(3):
        store.save_check(run, samples.passing())
    assert len(store.load_checks(run)) == 1
    for table in ("checks", "run_checks", "attempts", "check_values"):
        assert query(store, f"select count(*) from {table}") == [(1,)], table


def test_two_commits_of_a_repository_are_two_targets(store: Store) -> None:
    run = begin(store)
    for commit in ("a" * 40, "b" * 40):
        target = samples.passing().target.model_copy(update={"commit": commit})
        store.save_check(run, samples.passing().model_copy(update={"target": target}))
    assert sorted(store.load_checks(run)) == [f"github.com/octo/passes@{c * 40}" for c in "ab"]


def test_a_conclusive_check_takes_the_place_of_an_inconclusive_one_and_not_the_other_way(store: Store) -> None:
    run = begin(store)
    silent, answered = samples.unreachable("octo/passes"), samples.passing()
    store.save_check(run, silent)
    store.save_check(run, answered)
    store.save_check(run, silent)
    assert store.load_checks(run) == {"github.com/octo/passes": answered}
    assert query(store, "select count(*) from checks") == [(1,)]


def test_a_check_is_reused_without_being_stored_twice(store: Store) -> None:
    first, second = begin(store), begin(store)
    store.save_check(first, samples.passing())
    store.link_check(second, samples.passing())
    store.link_check(second, samples.passing())
    assert store.load_checks(second) == store.load_checks(first)
    assert query(store, "select count(*) from checks") == [(1,)]
    assert query(store, "select run_id, reused from run_checks order by run_id") == [(1, 0), (2, 1)]


def test_only_fresh_and_conclusive_checks_are_offered_again(store: Store) -> None:
    run, week = begin(store), timedelta(days=7)
    young = samples.passing().model_copy(update={"started_at": now() - timedelta(days=1), "rules": "ab12"})
    old = samples.failing().model_copy(update={"started_at": now() - timedelta(days=30), "rules": "ab12"})
    silent = samples.unreachable().model_copy(update={"started_at": now(), "rules": "ab12"})
    for check in (young, old, silent):
        store.save_check(run, check)
    key = young.target.repository.key
    assert store.find_fresh_check(key, samples.COMMIT, "ab12", week) == young
    assert store.find_fresh_check(key, "0" * 40, "ab12", week) is None
    assert store.find_fresh_check(key, samples.COMMIT, "cd34", week) is None
    assert store.find_fresh_check(old.target.repository.key, samples.COMMIT, "ab12", week) is None
    assert store.find_fresh_check(silent.target.repository.key, samples.COMMIT, "ab12", week) is None


def test_an_unfinished_run_is_gone_on_with(store: Store) -> None:
    run = begin(store, "a.txt", "b.txt")
    assert store.find_unfinished_run(DAY, ("a.txt", "b.txt")) == run
    assert store.find_unfinished_run(DAY, ("a.txt",)) is None
    assert store.find_unfinished_run(DAY + timedelta(days=1), ("a.txt", "b.txt")) is None
    stopped = store.finish_run(run, state=RunState.STOPPED)
    assert store.find_unfinished_run(DAY, ("a.txt", "b.txt")) == stopped
    ended = store.finish_run(run)
    assert store.find_unfinished_run(DAY, ("a.txt", "b.txt")) is None
    assert store.load_latest_run() == ended and ended.finished_at is not None and store.runs() == (ended,)


def test_a_second_process_is_told_that_a_run_is_on(store: Store) -> None:
    begin(store)
    other = Store.open(store.path)
    since = r"since \d{4}-\d\d-\d\d [\d:]{8} UTC"
    said = rf"another run is writing there \(process {os.getpid()} of \S+ on \S+, {since}\)"
    with pytest.raises(UsageError, match=said):
        begin(other)
    assert len(other.runs()) == 1, "reading is free"
    store.close()
    begin(other)
    other.close()


def test_an_empty_store_answers(store: Store) -> None:
    assert store.load_latest_run() is None and store.runs() == ()
    assert store.find_latest_check("github.com/a/b") is None


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers(store: Store, view: str) -> None:
    run = begin(store)
    store.save_papers(run, samples.papers())
    for check in samples.every_kind():
        store.save_check(run, check)
    store.save_changes(run, Changes(changes=(Change(kind=ChangeKind.MOVED, subject="octo/old-name"),)))
    later = {"started_at": samples.STARTED + timedelta(days=1)}
    store.save_check(begin(store), samples.failing("octo/passes").model_copy(update=later))
    assert query(store, f"select * from {view}"), view


def test_references_hold_and_rows_are_readable(store: Store) -> None:
    run = begin(store)
    store.save_papers(run, samples.papers())
    for check in samples.every_kind():
        store.save_check(run, check)
    assert query(store, "pragma foreign_key_check") == []
    assert query(store, "pragma journal_mode") == [("wal",)]
    rows = query(store, "select reached, way, cause from repository_results where repository = 'octo/period'")
    assert rows == [("starts", "period", "needs_data")]
    assert query(store, "select name, kind from missing where name like 'utils%'") == [
        ("utils.secret_sauce", "module")
    ]
    texts = query(store, "select log_excerpt, command from steps")
    assert not any("\x1b" in str(text) or "\x00" in str(text) for row in texts for text in row)


# ---------------------------------------------------------------- what may be wrong with the file


def test_a_newer_store_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "checker.sqlite"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = delete")
        connection.execute(f"pragma user_version = {STORE_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(UsageError, match="written by a newer checker"):
        Store.open(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["checker.sqlite"]


def test_an_older_store_is_brought_up_to_date_and_a_copy_kept(tmp_path: Path) -> None:
    path = tmp_path / "checker.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"pragma application_id = {APPLICATION_ID}; pragma user_version = 3;"
            "create table checks (id integer, cuase text); insert into checks values (1, 'x');"
        )
    steps = {
        3: ("alter table checks rename column cuase to cause",),
        4: ("alter table checks add column way text",),
    }
    copy = migrate(path, 3, 5, steps)
    assert read_version(path) == 5 and copy is not None and read_version(copy) == 3
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select cause, way from checks").fetchall() == [("x", None)]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("select cuase from checks").fetchall() == [("x",)]


def version_1(path: Path) -> None:
    """Make a store as the first version of the tables had it, with a finished night in it."""
    with Store.open(path) as store:
        run = begin(store)
        store.save_papers(run, samples.papers())
        for check in samples.every_kind():
            store.save_check(run, check)
        store.finish_run(run)
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        kept = [name for name in names if name != "changes"]
        rows = {name: connection.execute(f"select * from {name}").fetchall() for name in kept}
    for file in path.parent.glob("checker.sqlite*"):
        file.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("store_version_1.sql").read_text("utf-8"))
        for name, found in rows.items():
            width = len(connection.execute(f"pragma table_info({name})").fetchall())  # columns came at the end
            for row in found:
                connection.execute(f"insert into {name} values ({','.join('?' * width)})", row[:width])
        connection.commit()
        connection.executescript(
            f"pragma journal_mode = wal; pragma application_id = {APPLICATION_ID}; pragma user_version = 1;"
        )


def shape(path: Path) -> dict[str, object]:
    """Tell what the tables of a store look like, however their making was written."""
    found: dict[str, object] = {}
    with closing(sqlite3.connect(path)) as connection:
        for name, kind in connection.execute("select name, type from sqlite_master").fetchall():
            if kind == "table":
                lists = ("table_info", "foreign_key_list")
                found[name] = [connection.execute(f"pragma {what}({name})").fetchall() for what in lists]
            elif kind == "index":
                found[name] = connection.execute(f"pragma index_info({name})").fetchall()
            else:
                found[name] = kind
    return found


def test_a_store_of_the_first_version_is_migrated_with_a_copy_kept(tmp_path: Path) -> None:
    path, copy = tmp_path / "checker.sqlite", tmp_path / "checker.sqlite.version-1"
    version_1(path)
    old = shape(path)
    assert "changes" not in old
    with Store.open(path) as store:
        (run,) = store.runs()
        assert store.load_checks(run) == {c.target.key: c for c in samples.every_kind()}
        assert store.load_papers(run) == samples.papers()
        again = store.begin_run(DAY + timedelta(days=1), inputs=(), checker_version="0.1.0")
        store.link_check(again, samples.passing())
        assert store.load_past(again, Rung.BUILT).unchanged == {"github.com/octo/passes"}
        long = now() - samples.STARTED + timedelta(days=1)
        assert (
            store.find_fresh_check("github.com/octo/passes", samples.COMMIT, compute_rules_digest(), long) is None
        )
        assert query(store, "select distinct rules from checks") == [("",)]
    assert read_version(path) == STORE_VERSION and read_version(copy) == 1 and shape(copy) == old
    Store.open(tmp_path / "new.sqlite").close()
    assert shape(path) == shape(tmp_path / "new.sqlite")
    assert sorted(p.name for p in tmp_path.glob("*.part*")) == []


def test_a_store_that_another_process_has_migrated_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "checker.sqlite"
    version_1(path)
    Store.open(path).close()
    again = dict.fromkeys(range(1, STORE_VERSION), ("create table changes (id integer)",))
    assert migrate(path, 1, STORE_VERSION, again) is None
    assert read_version(tmp_path / "checker.sqlite.version-1") == 1


def test_what_changed_is_stored_and_replaced(store: Store) -> None:
    run = begin(store)
    packages = (PackageChange(name="numpy", before="1.26.4", after="2.0.0"),)
    broken = Change(kind=ChangeKind.NEWLY_BROKEN, subject="octo/passes", packages=packages)
    store.save_changes(run, Changes(changes=(broken, broken)))
    store.save_changes(run, Changes(changes=(broken,)))
    rows = query(store, "select kind, subject, packages from changes_by_night")
    assert rows == [("newly_broken", "octo/passes", "numpy 1.26.4 → 2.0.0")]


def test_a_migration_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "checker.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"pragma application_id = {APPLICATION_ID}; pragma user_version = 3; create table checks (id integer);"
        )
    with pytest.raises(StorageFailure, match="no such table: nowhere"):
        migrate(path, 3, 4, {3: ("alter table checks add column way text", "alter table nowhere rename to x")})
    assert read_version(path) == 3
    with closing(sqlite3.connect(path)) as connection:
        assert len(connection.execute("pragma table_info(checks)").fetchall()) == 1


def test_other_files_are_not_taken_for_stores(tmp_path: Path) -> None:
    text = tmp_path / "notes.sqlite"
    text.write_text("not a database, but long enough to be read as one" * 40)
    with pytest.raises(UsageError, match="not a store"):
        Store.open(text)
    foreign = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("create table theirs (id integer)")
    before = foreign.read_bytes()
    with pytest.raises(UsageError, match="another program"):
        Store.open(foreign)
    assert foreign.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailure) as caught:
        Store.open(tmp_path / "file" / "checker.sqlite")
    assert "\n" not in str(caught.value) and "file" in str(caught.value)


def test_a_full_disk_is_our_failure_and_leaves_the_store_whole(store: Store) -> None:
    run = begin(store)
    store.save_check(run, samples.passing())
    big = samples.failing().model_copy(update={"checker_version": os.urandom(4_000_000).hex()})
    with store._engine.connect() as connection:
        connection.exec_driver_sql("pragma max_page_count = 60")
        connection.close()
    with pytest.raises(StorageFailure, match="full"):
        store.save_check(run, big)
    assert list(store.load_checks(run)) == ["github.com/octo/passes"]
    assert query(store, "pragma integrity_check") == [("ok",)]


WRITER = """
import sys, check_samples as samples
from datetime import date
from checker.store import Store
store = Store.open(sys.argv[1])
run = store.begin_run(date(2026, 3, 1), inputs=["a"], checker_version="1")
number = 0
while True:
    store.save_check(run, samples.period_only(f"octo/r{number}"))
    number += 1
    print(number, flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.11])
def test_a_writer_killed_at_any_moment_leaves_whole_checks(tmp_path: Path, delay: float) -> None:
    path = tmp_path / "checker.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "support")},
    )
    assert process.stdout is not None
    while int(process.stdout.readline()) < 5:
        pass
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    said = 5 + len(process.stdout.read().split())
    process.wait()
    with Store.open(path) as store:
        run = store.load_latest_run()
        assert run is not None and run == store.find_unfinished_run(DAY, ["a"])
        kept = store.load_checks(run)
        assert said <= len(kept) <= said + 1, "no finished check is lost"
        assert all(check == samples.period_only(str(check.target.repository)) for check in kept.values())
        assert query(store, "select count(*) from attempts") == [(2 * len(kept),)]
        assert query(store, "pragma integrity_check") == [("ok",)]
        store.begin_run(DAY, inputs=["a"], checker_version="1")


def test_availability_alone_is_enough_to_store(store: Store) -> None:
    run = begin(store)
    store.save_check(run, samples.unavailable("octo/deleted", Availability.MISSING))
    assert query(store, 'select availability, reached, "commit" from checks') == [("missing", None, None)]
