"""The graph says what the store says, however it came to be, and whoever reads it meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import check_samples as samples
import pytest
from linked_samples import NIGHTS, later, papers
from pyoxigraph import Store as Triplestore

from checker.core.errors import StorageFailure, UsageError
from checker.core.values.results import Check
from checker.reports.linked_data.graph import graph as graph_module
from checker.reports.linked_data.graph.graph import Graph
from checker.store import Store


def triples(path: Path) -> set[str]:
    """Everything that a graph says."""
    with Graph(path).reading() as folder:
        return {str(quad) for quad in Triplestore.read_only(str(folder))}


def from_nothing(path: Path) -> set[str]:
    shutil.rmtree(path.with_suffix(".graph"), ignore_errors=True)
    return triples(path)


def change(path: Path, *checks: Check, night: int = 1) -> None:
    with Store.open(path) as store:
        run = store.begin_run(NIGHTS[night], inputs=["more.txt"], checker_version="0.1.0")
        for check in checks:
            store.save_check(run, check)
        store.finish_run(run)


def test_step_by_step_is_the_same_as_at_once(store_path: Path) -> None:
    triples(store_path)
    change(store_path, samples.passing("octo/new"))
    with Store.open(store_path) as store:
        run = store.begin_run(NIGHTS[1], inputs=["again.txt"], checker_version="0.1.0")
        store.save_check(run, samples.unreachable("octo/replaced"))
        triples(store_path)
        store.save_check(run, later(samples.passing("octo/replaced")))
        store.link_check(run, samples.repaired())
        triples(store_path)
        fewer = [paper.model_copy(update={"evidence": "other words"}) for paper in papers()[:5]]
        fewer[0] = fewer[0].model_copy(
            update={"links": (), "paper": fewer[0].paper.model_copy(update={"title": "Another title"})}
        )
        store.save_papers(run, fewer)
        store.finish_run(run)
    step_by_step = triples(store_path)
    assert step_by_step == from_nothing(store_path)
    assert any("Another title" in one for one in step_by_step)
    assert not any("octo/replaced/20260301" in one for one in step_by_step), "the replaced check is gone"


def test_a_run_that_ends_keeps_its_checks(store_path: Path) -> None:
    with Store.open(store_path) as store:
        run = store.begin_run(NIGHTS[1], inputs=["x"], checker_version="0.1.0")
        store.save_check(run, samples.passing("octo/member"))
        triples(store_path)
        store.finish_run(run)
    found = triples(store_path)
    assert any("octo/member" in one and "terms:countedIn" in one for one in found)
    assert found == from_nothing(store_path)


def test_only_what_is_new_is_read(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    triples(store_path)
    change(store_path, samples.passing("octo/new"))
    read: list[str] = []
    whole = Check.model_validate_json
    monkeypatch.setattr(Check, "model_validate_json", lambda data, **_: read.append("one") or whole(data))
    triples(store_path)
    assert read == ["one"]


def test_nothing_new_is_no_work(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Graph(store_path).refresh()

    def unexpected(*_: object, **__: object) -> None:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr(graph_module, "bring_up_to_date", unexpected)
    assert Graph(store_path).refresh() == before


def test_a_reader_keeps_what_it_reads(store_path: Path) -> None:
    graph = Graph(store_path)
    with graph.reading() as old:
        for number in range(2):
            change(store_path, samples.passing(f"octo/new-{number}"))
            assert graph.refresh() != old
        assert (old / "CURRENT").is_file()
        assert len(Triplestore.read_only(str(old))) > 100
    change(store_path, samples.passing("octo/new-9"))
    kept = graph.refresh()
    assert sorted(graph.folder.glob("read-*")) == [kept], "what nobody reads is removed"


def test_a_graph_of_another_version_is_made_anew(store_path: Path) -> None:
    expected = triples(store_path)
    current = store_path.with_suffix(".graph") / "current"
    current.write_text(json.dumps({**json.loads(current.read_text()), "version": 0}))
    assert triples(store_path) == expected
    current.write_text("{")
    assert triples(store_path) == expected


BUILD = """
import sys
from pathlib import Path
from checker.reports.linked_data.graph.graph import Graph
print("begun", flush=True)
Graph(Path(sys.argv[1])).refresh()
"""


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.06, 0.15])
def test_a_making_that_is_killed_leaves_nothing_wrong(store_path: Path, delay: float) -> None:
    triples(store_path)
    change(store_path, *(samples.passing(f"octo/many-{number}") for number in range(20)))
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(store_path)], stdout=subprocess.PIPE, env={**os.environ}
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert triples(store_path) == from_nothing(store_path)


def test_a_making_that_broke_off_is_made_anew(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    triples(store_path)
    with Store.open(store_path) as store:
        run = store.begin_run(NIGHTS[1], inputs=["again.txt"], checker_version="0.1.0")
        store.save_check(run, samples.unreachable("octo/replaced"))
        whole = graph_module.bring_up_to_date

        def break_off(*arguments: Any, **named: Any) -> int:
            whole(*arguments, **named)
            raise InterruptedError("power cut")

        broken_off(store_path, monkeypatch, graph_module, "bring_up_to_date", break_off)
        store.save_check(run, later(samples.passing("octo/replaced")))
        store.finish_run(run)
    assert triples(store_path) == from_nothing(store_path)


def test_a_copy_that_was_not_named_is_not_forgotten(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    triples(store_path)
    change(store_path, samples.passing("octo/new"))

    def break_off(*_: object) -> None:
        raise InterruptedError("power cut")

    broken_off(store_path, monkeypatch, Graph, "_say", break_off)
    assert triples(store_path) == from_nothing(store_path)


def broken_off(path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, by: object) -> None:
    """Bring the graph up to date, with something that breaks off in one place."""
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, by)
        with pytest.raises(StorageFailure, match="power cut"):
            Graph(path).refresh()


def test_a_start_anew_leaves_readers_what_they_read(store_path: Path) -> None:
    graph = Graph(store_path)
    with graph.reading() as old:
        (graph.folder / "current").unlink()
        assert graph.refresh() != old
        assert len(Triplestore.read_only(str(old))) > 100


def test_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no results are stored there"):
        Graph(tmp_path / "checker.sqlite").refresh()
    assert not (tmp_path / "checker.graph").exists()


def test_a_newer_store_is_refused(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection:
        connection.execute("pragma user_version = 900")
    with pytest.raises(UsageError, match="newer"):
        Graph(store_path).refresh()


def test_a_folder_in_the_way(store_path: Path) -> None:
    store_path.with_suffix(".graph").write_text("a file")
    with pytest.raises(StorageFailure, match="the graph cannot be written"):
        Graph(store_path).refresh()


def test_the_newest_check_that_could_tell_stands_for_a_repository(store_path: Path) -> None:
    found = triples(store_path)
    latest = [one for one in found if "terms:latestCheck" in one and "/octo/period>" in one]
    assert len(latest) == 1
    assert "20260301T023000Z" in latest[0], "the second night could not tell"
    moved = later(samples.passing("octo/passes"), started_at=samples.STARTED + timedelta(days=3))
    change(store_path, moved)
    (latest,) = (one for one in triples(store_path) if "terms:latestCheck" in one and "/octo/passes>" in one)
    assert "20260304T023000Z" in latest
