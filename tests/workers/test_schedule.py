"""The night by Celery beat: a real worker, a real broker, a real run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stage import Stage, until

from checker.core.errors import UsageError
from workers.schedule import make_schedule

ROOT = Path(__file__).parents[2]
BROKER = {"CHECKER_BROKER_URL": "redis://127.0.0.1:1/0"}
INPUTS = {"CHECKER_NIGHT_INPUTS": "arxiv:cs.LG 'two words.txt'"}


def test_what_is_run_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "night.toml"
    file.write_text(
        '[night]\nsources = ["arxiv:cs.LG"]\nat = "23:05"\n[checker]\nbroker_url = "redis://127.0.0.1:1/0"\n'
    )
    app = make_schedule({"CHECKER_SETTINGS": "night.toml"})
    entry = app.conf.beat_schedule["night"]
    assert entry["args"] == (str(file),)
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({23}, {5})
    assert app.conf.timezone == "UTC"


def test_the_environment_may_say_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    entry = make_schedule({**BROKER, **INPUTS, "CHECKER_NIGHT_AT": "23:05"}).conf.beat_schedule["night"]
    assert entry["args"] == (None,) and entry["schedule"].hour == {23}


@pytest.mark.parametrize(
    ("env", "words"),
    [
        (INPUTS, "CHECKER_BROKER_URL"),
        (BROKER, "CHECKER_NIGHT_INPUTS"),
        ({**BROKER, **INPUTS, "CHECKER_NIGHT_AT": "half past two"}, "CHECKER_NIGHT_AT"),
        ({**BROKER, "CHECKER_SETTINGS": "nowhere.toml"}, "nowhere.toml: no such file"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    env: dict[str, str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        make_schedule(env)


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
        until(lambda: list(tmp_path.glob("results/*/index.html")), 300)
    finally:
        worker.terminate()
        worker.wait(120)
