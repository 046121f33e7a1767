"""What a killed process leaves behind is removed, and nothing of the living."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import docker
import pytest
from sandbox_steps import SMALL, leftovers, run, sh

from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Way
from checker.sandbox.docker.engine import DockerEngine

pytestmark = pytest.mark.docker

PROGRAM = """
import signal
import sys
from pathlib import Path
from checker.core.values.plans import *
from checker.core.values.results import *
from checker.sandbox.base import Limits
from checker.sandbox.docker.engine import DockerEngine
from checker.core.settings import Settings

# A shell starts what it runs in the background with interrupts ignored, and that is inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)
engine = DockerEngine(Settings.from_environment())
with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), Path(sys.argv[1]), Limits()) as box:
    step = Step(name="t", phase=Phase.RUN, argv=("sh", "-c", "echo started; sleep 300"), seconds=300)
    box.run(step, lambda line: print(line, flush=True))
"""


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"home": tmp_path / "home"})


def start(settings: Settings, source: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "CHECKER_HOME": str(settings.home), "CHECKER_FREE_BYTES": "1M"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(source)], env=env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def test_sweep_after_a_kill(own: Settings, source: Path, client: docker.APIClient) -> None:
    process = start(own, source)
    assert len(leftovers(client, own.home)) >= 3
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(leftovers(client, own.home)) >= 3
    engine = DockerEngine(own)
    assert engine.sweep() >= 3
    assert leftovers(client, own.home) == []
    assert engine.sweep() == 0
    engine.close()
    assert list((own.home / "leases").iterdir()) == []
    assert not list((own.home / "scratch").iterdir())


def test_sweep_leaves_the_living_alone(own: Settings, source: Path, client: docker.APIClient) -> None:
    dead = start(own, source)
    living = DockerEngine(own)
    with living.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box:
        assert run(box, "echo mine > /env/a").passed
        dead.kill()
        dead.communicate()
        other = DockerEngine(own)
        assert other.sweep() >= 3
        other.close()
        assert run(box, "cat /env/a").log == "mine\n"
    living.close()
    assert leftovers(client, own.home) == []


def test_an_interrupt_cleans_up(own: Settings, source: Path, client: docker.APIClient) -> None:
    process = start(own, source)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert leftovers(client, own.home) == []


def test_another_data_folder_is_not_ours(own: Settings, source: Path, tmp_path: Path) -> None:
    stranger = DockerEngine(own.model_copy(update={"home": tmp_path / "other"}))
    engine = DockerEngine(own)
    with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box:
        assert stranger.sweep() == 0
        assert box.run(sh("true")).passed
    stranger.close()
    engine.close()
