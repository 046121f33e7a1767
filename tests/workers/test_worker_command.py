"""`checker worker` and `checker run` as separate processes over a real Redis, with a real engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_world import make_repository
from stage import Stage, until

pytestmark = [pytest.mark.docker, pytest.mark.redis, pytest.mark.slow]


def environment(stage: Stage, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHECKER_")}
    return {**kept, "CHECKER_HOME": str(stage.folder / "home"), "CHECKER_BROKER_URL": stage.server.url, **more}


def worker(stage: Stage, *options: str) -> subprocess.Popen[bytes]:
    log = (stage.folder / "said.log").open("ab")
    return subprocess.Popen(
        [sys.executable, "-m", "checker", "worker", *options],
        cwd=stage.folder,
        env=environment(stage, CHECKER_MIRROR=str(stage.mirror)),
        stderr=log,
        stdout=log,
    )


def run(stage: Stage) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "checker", "run", "list.txt", "--json"],
        check=False,
        cwd=stage.folder,
        env=environment(stage),
        capture_output=True,
        timeout=240,
    )


def said(stage: Stage) -> str:
    log = Path(stage.folder, "said.log")
    return log.read_text() if log.exists() else ""


def test_a_night_over_two_workers_each_with_its_queue(stage: Stage) -> None:
    make_repository(stage.mirror, "a/words", {"README.md": "Words.\n"})
    make_repository(stage.mirror, "a/empty", {})
    Path(stage.folder, "list.txt").write_text("a/words\na/empty\na/gone\n")
    workers = [worker(stage, "--queues", kind, "--concurrency", "1") for kind in ("probe", "build")]
    try:
        until(lambda: said(stage).count("checker: ready for") == 2, 120)
        done = run(stage)
        assert done.returncode == 0, done.stderr.decode()
        report = json.loads(done.stdout)
        assert {r["repository"]: r["availability"] for r in report["repositories"]} == {
            "a/words": "no_code",
            "a/empty": "empty",
            "a/gone": "missing",
        }
        assert b"Traceback" not in done.stderr
        left = [key for key in stage.server.client.keys("*") if not key.startswith((b"_kombu", b"unacked"))]
        assert [key for key in left if key.startswith((b"checker:", b"celery-task-meta"))] == []
    finally:
        for process in workers:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in workers]
    assert codes == [0, 0]
    assert "Traceback" not in said(stage)
    assert "Warning" not in said(stage)
