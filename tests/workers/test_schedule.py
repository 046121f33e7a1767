"""The night by Celery beat: a real worker, a real broker, a real run."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from stage import Stage, until

from workers.schedule import make_schedule, with_dates

ROOT = Path(__file__).parents[2]
BROKER = {"CHECKER_BROKER_URL": "redis://127.0.0.1:1/0"}
INPUTS = {"CHECKER_NIGHT_INPUTS": "arxiv:cs.LG 'two words.txt'"}


def test_what_is_run_and_when() -> None:
    app = make_schedule({**BROKER, **INPUTS, "CHECKER_NIGHT_AT": "23:05", "CHECKER_NIGHT_RESULTS": "/srv/results"})
    entry = app.conf.beat_schedule["night"]
    assert entry["args"] == (["arxiv:cs.LG", "two words.txt"], "/srv/results")
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({23}, {5})
    assert app.conf.timezone == "UTC"


@pytest.mark.parametrize(
    ("env", "words"),
    [
        (INPUTS, "CHECKER_BROKER_URL"),
        (BROKER, "CHECKER_NIGHT_INPUTS"),
        ({**BROKER, **INPUTS, "CHECKER_NIGHT_AT": "half past two"}, "CHECKER_NIGHT_AT"),
    ],
)
def test_a_variable_that_is_missing_or_wrong_is_named(env: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make_schedule(env)


def test_dates_of_the_night() -> None:
    assert with_dates("huggingface:{yesterday}", date(2026, 3, 1)) == "huggingface:2026-02-28"
    assert with_dates("{today}.txt", date(2026, 3, 1)) == "2026-03-01.txt"
    assert with_dates("{papers}.txt", date(2026, 3, 1)) == "{papers}.txt"


@pytest.mark.redis
@pytest.mark.slow
def test_what_beat_sends_is_a_night(stage: Stage, tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text('{"id": "p1", "title": "On Nothing", "abstract": "We prove a theorem about nothing."}\n')
    variables = {
        "CHECKER_BROKER_URL": stage.server.url,
        "CHECKER_NIGHT_INPUTS": str(papers),
        "CHECKER_NIGHT_RESULTS": str(tmp_path / "results"),
    }
    entry = make_schedule(variables).conf.beat_schedule["night"]
    make_schedule(variables).send_task(entry["task"], args=entry["args"], **entry["options"])
    env = {**os.environ, **variables, "CHECKER_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    words = "-m celery -A workers.schedule --quiet worker --beat --queues night --pool solo --loglevel WARNING"
    command = [sys.executable, *words.split(), "--schedule", str(tmp_path / "beat")]
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=log, stderr=log)
    try:
        until(lambda: list(tmp_path.glob("results/*/index.html")))
    finally:
        worker.terminate()
        worker.wait(30)
