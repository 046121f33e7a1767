"""Builds for processors stand in for builds for CUDA, where their index has all of them, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_index import LocalIndex, serve_index, wheel

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.distributions.cpu_builds import split_for_cpu
from checker.ecosystems.python.planning.resolve import prepare
from checker.ecosystems.python.planning.steps import LOCK, install, resolve
from checker.index.uv import Downloads

CUDA = ("numpy==1.26.4", "nvidia-cublas-cu12==12.1.3.1", "torch==2.1.2", "torchvision==0.16.2", "triton==2.1.0")


def test_what_is_exchanged_and_what_goes() -> None:
    assert split_for_cpu(CUDA, ("torch", "torchvision", "numpy")) == (
        ("torch==2.1.2+cpu", "torchvision==0.16.2+cpu"),
        ("numpy==1.26.4",),
    )


def test_what_the_author_asks_for_stays() -> None:
    split = split_for_cpu(CUDA, ("torch", "triton"))
    assert split is not None and split[1] == ("numpy==1.26.4", "triton==2.1.0")


@pytest.mark.parametrize(
    "lock",
    [
        ("numpy==1.26.4",),
        ("torch==2.1.2", "xformers==0.0.23"),
        ("torch==2.1.2", "cupy-cuda12x==13.0"),
        ("torch==1.9.0+cu111",),
        ("torch @ https://wheels.example.org/torch-2.0-py3-none-any.whl",),
    ],
)
def test_nothing_is_exchanged(lock: tuple[str, ...]) -> None:
    assert split_for_cpu(lock, ()) is None


@pytest.fixture
def main_index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        for name, version in (("numpy", "1.0"), ("torch", "2.0"), ("nvidia_cublas_cu12", "12.0")):
            index.add(name, version)
        yield index


@pytest.fixture
def cpu_index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.files["torch-2.0+cpu-py3-none-any.whl"] = wheel("torch", "2.0+cpu")
        yield index


def toolbox(main_index: LocalIndex, cpu_url: str, tmp_path: Path) -> Downloads:
    settings = Settings.from_environment({"HOME": str(tmp_path), "CHECKER_HOME": str(tmp_path / "home")})
    changed = {"indexes": IndexSettings(default=main_index.url), "cpu_index": cpu_url}
    return Downloads(settings.model_copy(update=changed), tries=2, pause=0.05)


def prepared(downloads: Downloads) -> BuildPlan:
    plan = BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter="3.11", requirements=("torch", "numpy"))
    plan = plan.with_(steps=(resolve(plan), install(plan, offline=False)))

    def run(step: Step) -> StepResult:
        lock = "numpy==1.0\nnvidia-cublas-cu12==12.0\ntorch==2.0\n"
        return StepResult(step=step, status=StepStatus.PASSED, exit_code=0, collected=((LOCK, lock),))

    return prepare(plan, downloads, run).plan


def test_the_plan_says_that_builds_were_exchanged(
    main_index: LocalIndex, cpu_index: LocalIndex, tmp_path: Path
) -> None:
    plan = prepared(toolbox(main_index, cpu_index.url, tmp_path))
    assert plan.lock == ("torch==2.0+cpu", "numpy==1.0")
    assert plan.indexes == (cpu_index.url,)
    assert plan.evidence[-1].claim == "builds for processors: torch==2.0+cpu"
    assert "--offline" in plan.steps[-1].argv and cpu_index.url in plan.steps[-1].argv
    assert [path for path in main_index.asked if "/files/" in path] == ["/files/numpy-1.0-py3-none-any.whl"]


def test_what_the_index_lacks_is_taken_as_the_lock_says(
    main_index: LocalIndex, cpu_index: LocalIndex, tmp_path: Path
) -> None:
    cpu_index.files.clear()
    plan = prepared(toolbox(main_index, cpu_index.url, tmp_path))
    assert plan.lock == ("numpy==1.0", "nvidia-cublas-cu12==12.0", "torch==2.0")
    assert plan.indexes == ()


def test_an_index_that_does_not_answer_is_left_alone_for_a_while(main_index: LocalIndex, tmp_path: Path) -> None:
    downloads = toolbox(main_index, "http://127.0.0.1:9/cpu", tmp_path)
    assert downloads.cpu_index is not None
    assert prepared(downloads).lock[-1] == "torch==2.0"
    assert downloads.cpu_index is None


def test_an_operator_may_do_without(main_index: LocalIndex, tmp_path: Path) -> None:
    assert toolbox(main_index, "none", tmp_path).cpu_index is None
