"""Building and running plainly, on the real engine: limits kept, and nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.core.settings import Settings
from checker.core.values.plans import Phase, Step
from checker.core.values.results import StepStatus
from checker.sandbox.docker.client import connect
from checker.sandbox.provision.images import Images
from tools.bench.plain import Plain, plain_engine
from tools.bench.recipe import LABEL

pytestmark = pytest.mark.docker

MEMORY = 512 * 1024**2


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Plain]:
    settings = Settings.from_environment().model_copy(update={"home": tmp_path})
    with plain_engine(settings) as plain:
        yield plain
    with connect(settings) as client:
        mark = {"label": f"{LABEL}={plain.run}"}
        assert client.images(all=True, filters=mark) == []
        assert client.containers(all=True, filters=mark) == []


def context(engine: Plain, folder: Path, *lines: str) -> Path:
    folder.mkdir()
    base = Images(engine.client, engine.settings).ensure("base").tag
    text = "\n".join((f"FROM {base}", f'LABEL {LABEL}="{engine.run}"', *lines))
    (folder / "Dockerfile").write_text(f"{text}\n")
    return folder


def test_a_build_and_a_step_in_it(engine: Plain, tmp_path: Path) -> None:
    made = context(engine, tmp_path / "good", "RUN mkdir -p /code/src /env && echo built > /code/src/file")
    tag = f"checker-bench/test:{engine.run}"
    assert engine.build(made, tag, seconds=60, fresh=True, memory=MEMORY).built
    step = Step(
        name="look",
        phase=Phase.START,
        argv=("sh", "-c", "cat file; cat file > /env/out; exit 3"),
        collect=("/env/out",),
    )
    done = engine.step(
        tag,
        step,
        binds={},
        env={},
        limits=engine.settings.limits,
        host={"network_mode": "none", "cap_drop": ["ALL"]},
    )
    assert (done.status, done.exit_code, done.log.strip()) == (StepStatus.FAILED, 3, "built")
    assert done.output("/env/out") == "built\n"


def test_a_build_that_fails_leaves_nothing(engine: Plain, tmp_path: Path) -> None:
    made = context(engine, tmp_path / "bad", "RUN echo first", "RUN echo ERROR: no such version >&2; exit 1")
    built = engine.build(made, f"checker-bench/test:{engine.run}", seconds=60, fresh=True, memory=MEMORY)
    assert not built.built
    assert not built.timed_out
    assert "no such version" in built.log


def test_a_silent_build_is_ended_at_its_limit(engine: Plain, tmp_path: Path) -> None:
    made = context(engine, tmp_path / "slow", "RUN sleep 300")
    built = engine.build(made, f"checker-bench/test:{engine.run}", seconds=3, fresh=True, memory=MEMORY)
    assert built.timed_out
    assert not built.built
    assert built.seconds < 60


def test_what_a_dead_process_left_is_removed_and_a_living_one_is_left_alone(engine: Plain, tmp_path: Path) -> None:
    whose = engine.run[:12]
    dead = Plain(engine.client, engine.settings, f"{whose}{'d' * 12}")
    stranger = Plain(engine.client, engine.settings, f"{'e' * 12}{'d' * 12}")
    for number, one in enumerate((dead, stranger, engine)):
        made = context(one, tmp_path / str(number), "RUN true")
        assert one.build(made, f"checker-bench/test:{one.run}", seconds=60, fresh=True, memory=MEMORY).built
    with plain_engine(engine.settings) as other:
        assert dead.run not in other.others()
        assert {stranger.run, engine.run} <= other.others()
    stranger.remove_all()
