"""Lines of output are told a few times a second; the last one before a silence is never lost."""

from __future__ import annotations

import time

from checker.core.values.results import Progress
from workers.runtime import LINE_SECONDS, Runtime, Work


def news(line: str = "", activity: str = "install") -> Progress:
    return Progress(worker="w", repository="a/b", activity=activity, line=line)


def test_the_last_line_before_a_silence_comes_a_moment_later() -> None:
    told: list[str] = []
    runtime = Runtime()
    runtime.publish = lambda task, one: told.append(one.line)
    work = Work(runtime, "task")
    work.tell(news())
    for number in range(1000):
        work.tell(news(str(number)))
    deadline = time.monotonic() + 5
    while "999" not in told and time.monotonic() < deadline:
        time.sleep(0.01)
    assert told[0] == "" and told[-1] == "999"
    assert len(told) < 200


def test_a_line_that_was_held_back_does_not_follow_its_step() -> None:
    told: list[str] = []
    runtime = Runtime()
    runtime.publish = lambda task, one: told.append(one.activity)
    work = Work(runtime, "task")
    work.tell(news())
    work.tell(news("late"))
    work.tell(news(activity="import"))
    time.sleep(3 * LINE_SECONDS)
    assert told == ["install", "import"]
