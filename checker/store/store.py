"""Opening the store, and what is asked of it; every change is one transaction."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from checker.core.values.base import Value, now
from checker.core.values.changes import Changes
from checker.core.values.papers import LinkedPaper
from checker.core.values.past import Past
from checker.core.values.plans import Rung
from checker.core.values.results import Check
from checker.store import rows, writing
from checker.store import tables as t
from checker.store.earlier import read_past, read_recent_papers
from checker.store.history import History, read_history
from checker.store.locking import ProcessLock
from checker.store.opening import explain_errors, open_engine
from checker.store.recent import RecentCheck, read_recent

#: Note of a run that was one check of one repository: it is no night.
SINGLE = "single"


class RunState(StrEnum):
    """Where a run stands; `stopped` was ended before its time by somebody."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class Run(Value):
    """One night: its date, what it was asked to read, and when it began and ended (UTC)."""

    id: int
    date: date
    started_at: datetime
    finished_at: datetime | None = None
    state: RunState = RunState.RUNNING
    inputs: tuple[str, ...] = ()
    checker_version: str = ""
    note: str = ""


class Store:
    """Results of all runs in one SQLite file. One process writes; any number may read meanwhile."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._engine = engine
        self._lock = threading.RLock()
        self._writer = ProcessLock(path.with_name(f"{path.name}.lock"), "another run is writing there")

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a store, making it where there is none; an older one is brought up to date, with a copy kept.

        Raises:
            UsageError: the file is not a store, or was written by a newer checker; it is left untouched.
            StorageFailure: it cannot be read or written, or the disk is full.

        """
        path = Path(path)
        return cls(path, open_engine(path))

    def close(self) -> None:
        """Let go of the file; the object is not used afterwards."""
        self._writer.release()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with self._lock, explain_errors(self.path), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explain_errors(self.path), self._engine.connect() as connection:
            yield connection

    # ------------------------------------------------------------ runs

    def begin_run(
        self, day: date, *, inputs: Sequence[str], checker_version: str, note: str = "", alone: bool = True
    ) -> Run:
        """Begin a run. One that is not `alone` holds a single check, saved at once: it may stand beside a night.

        Raises:
            UsageError: another process is in the middle of a run on this store, and this one is to be alone.

        """
        if alone:
            self.claim()
        values = {
            "date": day.isoformat(),
            "started_at": rows.write_moment(now()),
            "state": RunState.RUNNING.value,
            "inputs": json.dumps(list(inputs)),
            "checker_version": checker_version,
            "note": note,
        }
        with self._changing() as connection:
            found = connection.execute(insert(t.runs).values(**values).returning(*t.runs.c)).one()
        return _run(found)

    def claim(self) -> None:
        """Become the one writer, as `begin_run` does; needed before going on with an unfinished run.

        Raises:
            UsageError: another process is the writer.

        """
        self._writer.claim()

    def finish_run(self, run: Run, *, state: RunState = RunState.FINISHED, note: str = "") -> Run:
        """Say that a run has ended, and let another process begin one."""
        changes = {"finished_at": rows.write_moment(now()), "state": state.value, "note": note}
        with self._changing() as connection:
            found = connection.execute(
                update(t.runs).where(t.runs.c.id == run.id).values(**changes).returning(*t.runs.c)
            ).one()
        self._writer.release()
        return _run(found)

    def runs(self) -> tuple[Run, ...]:
        """Return all runs, oldest first."""
        with self._reading() as connection:
            return tuple(_run(row) for row in connection.execute(select(t.runs).order_by(t.runs.c.id)))

    def load_latest_run(self) -> Run | None:
        """Return the run that began last, finished or not."""
        with self._reading() as connection:
            row = connection.execute(select(t.runs).order_by(t.runs.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _run(row)

    def load_history(self, runs: Sequence[Run]) -> History:
        """Return what runs said, in the order given: their counts, and the standing of every target."""
        with self._reading() as connection:
            return read_history(connection, {run.id: run.date for run in runs})

    def load_past(self, run: Run, require: Rung) -> Past:
        """Return what nights of days before told of its targets, with respect to a rung, and of its papers."""
        with self._reading() as connection:
            return read_past(connection, run.id, run.date, require, SINGLE)

    def save_changes(self, run: Run, changes: Changes) -> None:
        """Store what became otherwise in a run; doing so again replaces it."""
        with self._changing() as connection:
            writing.save_changes(connection, run.id, changes)

    def find_unfinished_run(self, day: date, inputs: Sequence[str]) -> Run | None:
        """Return the last run of that day over the same inputs when it did not come to its end."""
        with self._reading() as connection:
            asked = {"day": day.isoformat(), "inputs": json.dumps(list(inputs))}
            row = connection.execute(t.QUERIES["unfinished_run"], asked).one_or_none()
        run = None if row is None else _run(row)
        return run if run is not None and run.state is not RunState.FINISHED else None

    # ------------------------------------------------------------ papers

    def save_papers(self, run: Run, papers: Sequence[LinkedPaper]) -> None:
        """Store the papers of a run with their links, in place of those it had."""
        with self._changing() as connection:
            for table in (t.links, t.run_papers):
                connection.execute(delete(table).where(table.c.run_id == run.id))
            for position, linked in enumerate(papers):
                writing.save_paper(connection, run.id, linked, position)

    def load_papers(self, run: Run) -> tuple[LinkedPaper, ...]:
        """Return the papers of a run in the order in which they were saved."""
        with self._reading() as connection:
            found = connection.scalars(t.QUERIES["papers_of_run"], {"run": run.id})
            return tuple(LinkedPaper.model_validate_json(value) for value in found)

    def load_recent_papers(self, since: date) -> tuple[LinkedPaper, ...]:
        """Return the papers that came up on or after a date, as they were read last; oldest first."""
        with self._reading() as connection:
            return read_recent_papers(connection, since, SINGLE)

    # ------------------------------------------------------------ checks

    def save_check(self, run: Run, check: Check) -> None:
        """Store a finished check, whole or not at all.

        A target has one check in a run: saving it again changes nothing, unless the one that is there is
        inconclusive and the new one is not.
        """
        with self._changing() as connection:
            if writing.stands_already(connection, run.id, check):
                return
            check_id = writing.insert_check(connection, check)
            writing.attach(connection, run.id, check, check_id, reused=False)

    def link_check(self, run: Run, check: Check) -> None:
        """Let a stored check of an earlier run count in this one as well; an unknown one is saved."""
        with self._changing() as connection:
            if writing.stands_already(connection, run.id, check):
                return
            same = {
                "key": check.target.repository.key,
                "started_at": rows.write_moment(check.started_at),
                "commit": rows.check_row(check)["commit"],
                "checker_version": check.checker_version,
            }
            found: int | None = connection.execute(t.QUERIES["same_check"], same).scalar()
            check_id = found if found is not None else writing.insert_check(connection, check)
            writing.attach(connection, run.id, check, check_id, reused=found is not None)

    def load_checks(self, run: Run) -> dict[str, Check]:
        """Return the checks of a run by the name of their target (`Target.key`)."""
        with self._reading() as connection:
            found = connection.execute(t.QUERIES["checks_of_run"], {"run": run.id})
            return {target: rows.unpack(value) for target, value in found}

    def find_latest_check(self, key: str) -> Check | None:
        """Return the newest check of a repository, by its key."""
        return self._load_check("latest_check", key)

    def find_fresh_check(self, key: str, commit: str, rules: str, max_age: timedelta) -> Check | None:
        """Return a conclusive check of that very commit by those very rules, not older than `max_age`."""
        since = rows.write_moment(now() - max_age)
        return self._load_check("fresh_check", key, commit=commit, rules=rules, since=since)

    def find_recent_checks(self, most: int, like: str = "") -> tuple[RecentCheck, ...]:
        """Return the newest check of each repository, newest first; `like` is a part of the names wanted."""
        with self._reading() as connection:
            return read_recent(connection, most, like)

    def _load_check(self, query: str, key: str, **asked: str | None) -> Check | None:
        with self._reading() as connection:
            value: bytes | None = connection.execute(t.QUERIES[query], {"key": key.lower(), **asked}).scalar()
        return None if value is None else rows.unpack(value)


def _run(row: Row[Any]) -> Run:
    values = dict(row._mapping)
    return Run.model_validate({**values, "inputs": tuple(json.loads(values["inputs"]))})
