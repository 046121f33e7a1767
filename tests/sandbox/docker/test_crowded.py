"""Time limits on a machine whose processors others take: what was promised is processor time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest
from sandbox_steps import SMALL, OpenBox, py, run

from checker.core.values.plans import Phase
from checker.core.values.results import StepStatus
from checker.sandbox.docker.cgroup import find_account
from checker.sandbox.docker.load import ProcessorMeter

BURN = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\nprint('done')"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Have the machine say that so many programs want a processor."""

    def say(programs: float) -> None:
        monkeypatch.setattr(os, "getloadavg", lambda: (programs, programs, programs))

    return say


@pytest.mark.docker
def test_a_step_that_got_less_goes_on(open_box: OpenBox, load: Callable[[float], None]) -> None:
    load(99.0)
    box = open_box(SMALL.model_copy(update={"cpus": 0.4}))
    result = box.run(py(BURN.format(seconds=1.2), phase=Phase.INSTALL, seconds=2))
    assert (result.status, result.log) == (StepStatus.PASSED, "done\n")
    assert result.seconds > 2.5


@pytest.mark.docker
@pytest.mark.parametrize(("programs", "phase"), [(0.0, Phase.INSTALL), (99.0, Phase.START), (99.0, Phase.TEST)])
def test_a_quiet_machine_and_a_program_at_work_are_held_to_the_clock(
    open_box: OpenBox, load: Callable[[float], None], programs: float, phase: Phase
) -> None:
    load(programs)
    result = run(open_box(), "sleep 4", phase=phase, seconds=2)
    assert result.status is StepStatus.TIMED_OUT
    assert result.seconds < 4


@pytest.mark.docker
def test_what_is_promised_is_the_time_of_all_processors_that_it_may_use(
    open_box: OpenBox, load: Callable[[float], None]
) -> None:
    load(99.0)
    box = open_box(SMALL.model_copy(update={"cpus": 2.0}))
    result = box.run(py(BURN.format(seconds=2.5), phase=Phase.INSTALL, seconds=2))
    assert (result.status, result.log) == (StepStatus.PASSED, "done\n")


@pytest.mark.docker
def test_who_had_its_time_gets_no_more(open_box: OpenBox, load: Callable[[float], None]) -> None:
    load(99.0)
    box = open_box(SMALL.model_copy(update={"cpus": 1.0}))
    result = box.run(py(BURN.format(seconds=60), phase=Phase.INSTALL, seconds=2))
    assert result.status is StepStatus.TIMED_OUT
    assert result.seconds < 5.5


@pytest.mark.docker
def test_nobody_goes_on_for_ever(open_box: OpenBox, load: Callable[[float], None]) -> None:
    load(99.0)
    began = time.monotonic()
    result = run(open_box(), "sleep 60", phase=Phase.INSTALL, seconds=1)
    assert result.status is StepStatus.TIMED_OUT
    assert 3 <= time.monotonic() - began < 15


def test_without_an_account_the_clock_holds() -> None:
    meter = ProcessorMeter(0)
    assert meter.read_used() is None
    assert not meter.was_starved(100)


@pytest.mark.parametrize("pid", [0, -1, 2**30])
def test_a_process_that_is_not_here_has_no_account(pid: int) -> None:
    assert find_account(pid, "cpuacct", first="cpuacct.usage", second="cpu.stat") is None
