"""One repository live: steps leave their lines, the one that runs shows its output; piped it never varies."""

from __future__ import annotations

import io
import re
import threading

import check_samples as samples
import pytest
from rich.cells import cell_len
from rich.console import Console

from checker.core.values.results import Progress, StepStatus
from checker.reports.watching import LINES, StepsDisplay


def console(terminal: bool = False, width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)


def printed(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", of.file.getvalue())


def news(activity: str, **more: object) -> Progress:
    return Progress.model_validate({"worker": "w", "repository": "octo/lab", "activity": activity} | more)


def play(display: StepsDisplay) -> None:
    display(news("cloning"))
    display(news("as published: resolve", limit=600))
    display(news("as published: resolve", limit=600, line="× No solution found"))
    display(news("as published: resolve", limit=600, status="failed"))
    display(news("at its date: install", limit=1200))
    display(news("at its date: install", limit=1200, status="passed"))
    display(news("done", done=True))


def test_piped_each_step_once_and_those_that_did_not_pass() -> None:
    to = console()
    with StepsDisplay(to) as display:
        play(display)
    assert to.file.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "octo/lab: cloning", "octo/lab: as published: resolve", "octo/lab: as published: resolve: failed",
        "octo/lab: at its date: install",
    ]  # fmt: skip


def test_in_a_terminal_ended_steps_leave_mark_and_time() -> None:
    to = console(terminal=True)
    with StepsDisplay(to) as display:
        play(display)
    lines = [line.strip() for line in printed(to).splitlines()]
    assert any(re.fullmatch(r"✗ as published: resolve +failed · 0\.\d s", line) for line in lines), lines
    assert any(re.fullmatch(r"✓ at its date: install +0\.\d s", line) for line in lines), lines
    assert any(re.fullmatch(r"· cloning +0\.\d s", line) for line in lines), lines
    assert to.file.getvalue().rstrip().count("\x1b[?25h") >= 1, "the cursor is shown again"  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [30, 40, 80, 200])
def test_the_running_step_fits_and_shows_its_last_lines_and_its_limit(width: int) -> None:
    display = StepsDisplay(console(terminal=True, width=width))
    for number in range(10):
        display(news("as published: install with a long name that goes on", limit=1200, line=f"line {number}"))
    display(news("as published: install with a long name that goes on", limit=1200, line=samples.HOSTILE))
    plain = console(width=width)
    plain.print(display)
    text = printed(plain)
    lines = text.splitlines()
    assert all(cell_len(line) <= width for line in lines), lines
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert len(lines) == LINES + 2
    assert "line 9" in lines[LINES - 1] and "20 min" in lines[0]


def test_a_step_that_is_broken_off_leaves_no_line() -> None:
    to = console(terminal=True)
    with pytest.raises(KeyboardInterrupt), StepsDisplay(to) as display:
        display(news("as published: install"))
        raise KeyboardInterrupt
    assert not re.search(r"[·✓✗] as published: install", printed(to))


def test_news_come_from_another_thread_while_it_is_drawn() -> None:
    to = console(terminal=True)
    with StepsDisplay(to) as display:
        threads = [
            threading.Thread(target=lambda: [display(news("step", line=str(n))) for n in range(300)])
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        display(news("step", status=StepStatus.PASSED))
    assert "✓ step" in printed(to)
