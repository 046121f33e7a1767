"""Repositories that take all they can get: each ends inside its limits, and one beside it notices nothing."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator

import hostile_ground as ground
import pytest
from local_index import serve_index, wheel

from checker.core.container import GIB, MIB, Limits
from checker.core.values.plans import Rung
from checker.core.values.results import Check, StepStatus
from checker.sandbox.docker.disk import free_bytes

pytestmark = [pytest.mark.docker, pytest.mark.slow]

QUICK = ground.SMALL.model_copy(update={"scale": 0.06})
"""A start may take ten seconds, and what comes before it seven."""

FEW_BYTES = ground.SMALL.model_copy(update={"file_bytes": 20 * MIB})

ATTACKS: dict[str, tuple[Limits, StepStatus, str | None, Rung]] = {
    "fork-bomb": (QUICK, StepStatus.TIMED_OUT, "time_out", Rung.CODE),
    "memory-hog": (ground.SMALL, StepStatus.OUT_OF_MEMORY, "out_of_memory", Rung.CODE),
    "memory-hog-in-files": (ground.SMALL, StepStatus.OUT_OF_MEMORY, "out_of_memory", Rung.CODE),
    "endless-loop": (QUICK, StepStatus.TIMED_OUT, "time_out", Rung.CODE),
    "stubborn-children": (QUICK, StepStatus.TIMED_OUT, "time_out", Rung.CODE),
    "many-small-files": (ground.SMALL, StepStatus.DISK_LIMIT, "disk_limit", Rung.CODE),
    "one-huge-file": (FEW_BYTES, StepStatus.FAILED, "disk_limit", Rung.CODE),
    "filled-work-tree": (ground.SMALL, StepStatus.DISK_LIMIT, "disk_limit", Rung.CODE),
    "flooded-log": (ground.SMALL, StepStatus.PASSED, None, Rung.RUNS),
    "endless-line": (ground.SMALL, StepStatus.PASSED, None, Rung.RUNS),
    "false-success": (ground.SMALL, StepStatus.FAILED, "crash", Rung.CODE),
}
"""Tree → limits, how its start ends, the cause, the highest rung."""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ground.Worker]:
    with serve_index() as index:
        index.files["good-1.0-py3-none-any.whl"] = wheel("good", "1.0")
        worker = ground.Worker(tmp_path_factory.mktemp("worker"), index)
        for tree in ("innocent", *ATTACKS):
            ground.publish(worker.mirror, tree)
        yield worker
        worker.engine.close()


@pytest.fixture(scope="module")
def alone(worker: ground.Worker) -> Check:
    """The innocent one's check with nothing beside it."""
    check = worker.check(ground.target("innocent"))
    assert check.verdict.reached is Rung.RUNS
    return check


@pytest.mark.parametrize("tree", ATTACKS)
def test_it_ends_inside_its_limits_and_alone(worker: ground.Worker, alone: Check, tree: str) -> None:
    limits, status, cause, reached = ATTACKS[tree]
    disk, memory = free_bytes(worker.settings.home), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    others: list[Check] = []
    beside = threading.Thread(target=lambda: others.append(worker.check(ground.target("innocent"))))
    beside.start()
    check = worker.check(ground.target(tree), limits)
    beside.join()

    starts = [r for a in check.attempts for r in a.results if r.step.name.startswith("start ")]
    ended = {r.status for r in starts} - {StepStatus.SKIPPED}
    # A full disk is seen by whoever looks first: the one who watches, or the program, whose kernel tells it.
    assert ended in ({status}, {StepStatus.FAILED} if cause == "disk_limit" else None), ground.logs(check)
    assert (check.cause.name if check.cause else None, check.verdict.reached) == (cause, reached)
    assert not check.inconclusive
    assert all(len(r.log) < 2 * limits.log_bytes for r in starts)
    assert ground.verdict(others[0]) == ground.verdict(alone)
    assert worker.leftovers() == []
    assert disk - free_bytes(worker.settings.home) < GIB // 4, "other programs of this machine write, too"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100 * 1024
