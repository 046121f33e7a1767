"""Whatever dies, whenever: the night is carried on, and every repository has one result.

The moments and the victims are drawn by a seed, which is printed; CHECKER_TEST_SEED tries another one.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from counting import tell
from playground import DAY, starts
from stage import Stage

from checker.core.errors import NetworkFailure
from checker.core.values.repositories import Target
from checker.store import Store

pytestmark = [pytest.mark.redis, pytest.mark.slow]

REPOSITORIES = 16
FAULTS = 6
FAILED = 70
"""Exit code of a coordinator that broke."""

SLOTS = 2
"""Jobs that one worker has in hand, and that can be lost with it."""


class Night:
    """A coordinator in a process of its own, two workers, and ways to hurt them."""

    def __init__(self, stage: Stage, targets: tuple[Target, ...], draw: random.Random) -> None:
        self.stage, self.targets, self.draw = stage, targets, draw
        for _ in range(2):
            stage.worker(concurrency=SLOTS)
        self.child = self._coordinate()

    def _coordinate(self) -> int:
        child = os.fork()
        if child == 0:
            code = FAILED
            try:
                with self.stage.coordinator(tries=FAULTS * 3) as coordinator:
                    coordinator.carry_out(self.targets)
                code = 0
            except NetworkFailure:
                code = NetworkFailure.exit_code
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        return child

    def worker_killed(self) -> None:
        victim = self.draw.choice(self.stage.workers)
        victim.kill()
        self.stage.workers.remove(victim)
        self.stage.worker(concurrency=SLOTS)

    def job_killed(self) -> None:
        recent = {process for _, process in starts(self.stage.gate)[-2 * SLOTS :]}
        alive = sorted(process for process in recent if self._is_ours(process))
        if alive:
            with suppress(ProcessLookupError):
                os.kill(self.draw.choice(alive), signal.SIGKILL)

    def _is_ours(self, process: int) -> bool:
        """A number of a dead process may belong to a stranger by now."""
        with suppress(OSError):
            return str(self.stage.gate).encode() in Path(f"/proc/{process}/cmdline").read_bytes()
        return False

    def coordinator_killed(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        self.child = self._coordinate()

    def redis_restarted(self) -> None:
        self.stage.server.kill()
        time.sleep(self.draw.uniform(0, 1))
        self.stage.server.start()

    def redis_restarted_empty(self) -> None:
        self.stage.server.kill()
        self.stage.server.start(empty=True)

    def ended(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            child, status = os.waitpid(self.child, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status)
            if child and code != NetworkFailure.exit_code:
                return code
            if child:  # it was started while Redis was away, and said so: the command is given again
                self.child = self._coordinate()
            time.sleep(0.1)
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        raise AssertionError("the night does not come to its end")


FAULTS_KNOWN = (
    Night.worker_killed,
    Night.job_killed,
    Night.coordinator_killed,
    Night.redis_restarted,
    Night.redis_restarted_empty,
)


@pytest.mark.parametrize("seed", [int(os.environ.get("CHECKER_TEST_SEED", "4"))])
def test_every_repository_has_one_result(stage: Stage, seed: int) -> None:
    draw = random.Random(seed)
    names = [f"ada/code-{number:02}" for number in range(REPOSITORIES)]
    night = Night(stage, stage.repositories(dict.fromkeys(names, "nap 1")), draw)
    faults = draw.sample(FAULTS_KNOWN, len(FAULTS_KNOWN)) + draw.choices(
        FAULTS_KNOWN, k=FAULTS - len(FAULTS_KNOWN)
    )
    print(f"seed {seed}: {', '.join(fault.__name__ for fault in faults)}")
    while not stage.starts():
        time.sleep(0.05)
    for fault in faults:
        time.sleep(draw.uniform(0.3, 1.5))
        fault(night)
    assert night.ended(150) == 0
    with Store.open(stage.folder / "store.sqlite") as store:
        (run,) = store.runs()
        checks = store.load_checks(run)
    began = Counter(stage.starts())
    names_of = (fault.__name__ for fault in faults)
    store_file = stage.folder / "store.sqlite"
    tell("distributed", seed, faults=names_of, begun=began.total(), store=store_file, repositories=REPOSITORIES)
    assert run.date == DAY
    assert sorted(check.target.repository.slug for check in checks.values()) == names
    assert not [check.cause for check in checks.values() if check.inconclusive]
    assert began.total() <= REPOSITORIES + FAULTS * 2 * SLOTS
