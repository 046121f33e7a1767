"""The views of the store, read as Datasette reads them: plain SQLite, by name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from checker.store import Store, opening
from checker.store.tables import VIEWS


def rows(path: Path, query: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_can_be_read(view: str, made_once: Path) -> None:
    found = rows(made_once, f"select * from {view}")
    assert found or view == "changes_by_night"


def test_each_repository_stands_once_with_its_newest_check_that_could_tell(made_once: Path) -> None:
    found = {row["repository"]: row for row in rows(made_once, "select * from repositories_now")}
    assert len(found) == 13
    assert found["octo/passes"]["reached"] == "declared"
    assert found["octo/period"]["reached"] == "starts"


def test_the_same_commit_with_another_outcome(made_once: Path) -> None:
    (row,) = rows(made_once, "select * from same_commit_other_outcome")
    assert (row["repository"], row["reached_before"], row["reached_after"]) == ("octo/passes", "runs", "declared")


def test_promised_code_is_listed_once_with_what_became_of_it(made_once: Path) -> None:
    found = [(row["paper_id"], row["availability"]) for row in rows(made_once, "select * from promised_code")]
    assert sorted(found) == [("2603.00070", "empty"), ("2603.00081", None)]


def test_what_is_missing_counts_repositories(made_once: Path) -> None:
    found = rows(made_once, "select * from missing_by_name where kind = 'module'")
    assert found == [{"kind": "module", "name": "utils.secret_sauce", "repositories": 1}]


def test_new_views_come_to_an_older_store_when_it_is_opened(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection:
        connection.execute("drop view repositories_now")
        connection.execute("drop view causes_by_run")
        connection.execute("create view causes_by_run as select 1")
        connection.commit()
    Store.open(store_path).close()
    assert len(rows(store_path, "select * from repositories_now")) == 13
    assert "cause" in rows(store_path, "select * from causes_by_run")[0]


def test_a_store_that_may_only_be_read_keeps_the_views_it_has(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection:
        connection.execute("drop view repositories_now")
        connection.commit()
    engine = create_engine(f"sqlite:///{store_path}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("pragma query_only = on"))
    opening._refresh_views(engine)
    engine.dispose()
    assert "repositories_now" not in {row["name"] for row in rows(store_path, "select name from sqlite_master")}
