"""The terminal: narrow lines, no control characters from outside, quiet where nobody watches."""

from __future__ import annotations

import io
import re
import threading
from datetime import date

import check_samples as samples
import pytest
from rich.cells import cell_len
from rich.console import Console

from checker.core.values.base import now
from checker.core.values.plans import Goal, Rung, Way
from checker.core.values.results import Check, Progress, Verdict
from checker.judging.causes import make_cause
from checker.reports.build import build_report, build_repository_document
from checker.reports.markdown import render_markdown
from checker.reports.progress import ProgressDisplay
from checker.reports.terminal import PIPED_COLUMNS, print_check, print_run, suggest_commands
from checker.store import Run

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED)


def console(terminal: bool = False, width: int = 80) -> Console:
    colours = "standard" if terminal else None
    return Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=colours)


def printed(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


def news(activity: str, worker: str = "w1", repository: str = "octo/lab", **more: object) -> Progress:
    values = {"worker": worker, "repository": repository, "activity": activity}
    return Progress.model_validate(values | more)


@pytest.mark.parametrize("check", samples.every_kind(), ids=lambda check: str(check.target.repository))
def test_one_repository_fits_eighty_columns(check: Check) -> None:
    to = console()
    print_check(check, to)
    text = printed(to)
    assert all(cell_len(line) <= 80 for line in text.splitlines())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert text.startswith(str(check.target.repository))


def test_ladder_cause_hint_missing_and_next_command() -> None:
    to = console()
    print_check(samples.incomplete(), to)
    text = printed(to)
    wanted = (
        "octo/incomplete at 3f9c2e7d5b1a: builds",
        "never committed",
        "Commit utils/secret_sauce.py",
        "module utils.secret_sauce, wanted by train.py:3",
        "checker recipe octo/incomplete -o recipe",
    )
    for said in wanted:
        assert said in text, said


def test_what_stopped_each_way_and_what_the_repairs_changed() -> None:
    to = console()
    print_check(samples.repaired(), to)
    text = printed(to)
    for said in (
        r"as published +A pinned version has no build",
        r"repaired +nowhere",
        r"old setuptools +setuptools<66",
    ):
        assert re.search(said, text), said


def test_the_lines_of_a_log_are_those_of_the_cause_that_is_shown() -> None:
    shown, other = samples.incomplete(), "ModuleNotFoundError: No module named 'other'"
    last = shown.attempts[-1]
    stopped = next(result for result in last.results if result.cause is not None)
    assert stopped.cause is not None
    first = stopped.model_copy(
        update={"log": other, "cause": stopped.cause.model_copy(update={"name": "import_error"})}
    )
    attempts = (last.model_copy(update={"results": (first, *last.results)}),)
    to = console()
    print_check(shown.model_copy(update={"attempts": attempts}), to)
    assert "utils.secret_sauce import Sauce" in printed(to)
    assert other not in printed(to)


def test_a_run_fits_eighty_columns_and_reads_no_markup() -> None:
    checks = {check.target.key: check for check in samples.every_kind()}
    to = console()
    print_run(build_report(RUN, samples.papers(), checks), to)
    text = printed(to)
    assert all(cell_len(line) <= 80 for line in text.splitlines())
    assert all(str(check.target.repository) in text for check in samples.every_kind())


def test_rich_markup_from_outside_is_printed_as_it_is() -> None:
    name = samples.repository("octo/[bold]x[/bold]")
    check = samples.passing().model_copy(update={"target": samples.Target(repository=name)})
    to = console()
    print_check(check, to)
    assert "octo/[bold]x[/bold]" in printed(to)


def test_the_next_command_can_be_pasted() -> None:
    name = samples.repository("octo/$(touch x)")
    check = samples.passing().model_copy(update={"target": samples.Target(repository=name)})
    assert suggest_commands(check)[0] == "checker recipe 'octo/$(touch x)' -o recipe"
    assert suggest_commands(samples.unreachable()) == ("checker repo octo/silent",)
    assert suggest_commands(samples.failing()) == (
        "git clone https://github.com/octo/fails",
        "checker repo ./fails",
    )
    folder = samples.Target(repository=samples.repository("me/lab", "local"), folder="/home/me/my lab")
    local = samples.failing().model_copy(update={"target": folder})
    assert suggest_commands(local) == ("checker repo '/home/me/my lab'",)
    assert suggest_commands(samples.no_code()) == ()


# ---------------------------------------------------------------- progress


def test_piped_one_line_for_each_finished_repository() -> None:
    to = console()
    with ProgressDisplay(total=3, console=to) as display:
        passing = samples.passing().model_copy(update={"started_at": now()})
        for check in (passing, samples.unreachable(), samples.hostile()):
            for line in ("one", "two", samples.HOSTILE):
                display(news("installing", repository=str(check.target.repository), line=line))
            display(news("done", repository=str(check.target.repository), done=True))
            display.finished(check)
    lines = printed(to).splitlines()
    assert lines[0] == "[1/3] octo/passes: runs · 1 min 04 s"
    assert lines[1].startswith("[2/3] octo/silent: inconclusive")
    assert len(lines) == 3 and "\x1b" not in printed(to)


def test_an_earlier_check_that_counts_again_is_dated() -> None:
    to = console()
    with ProgressDisplay(total=1, console=to) as display:
        display.finished(samples.passing())
    assert printed(to) == "[1/1] octo/passes: runs · as of 2026-03-01\n"


def test_piped_tables_are_whole_and_hold_no_blanks_at_the_end() -> None:
    name = samples.repository("an-organisation-with-a-long-name/a-project-with-another")
    check = samples.incomplete().model_copy(update={"target": samples.Target(repository=name)})
    to = console(width=PIPED_COLUMNS)
    print_run(build_report(RUN, samples.papers(), {check.target.key: check}), to)
    print_check(check, to)
    text = printed(to)
    assert "…" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_piped_a_single_repository_names_each_activity_once() -> None:
    to = console()
    with ProgressDisplay(total=1, console=to) as display:
        for activity in ("probing", "cloning", "as published: install"):
            for line in ("", "output", "more output"):
                display(news(activity, line=line))
        display(news("done", done=True))
    assert printed(to).splitlines() == [
        "octo/lab: probing", "octo/lab: cloning", "octo/lab: as published: install",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [40, 80, 200])
def test_in_a_terminal_each_worker_has_its_line(width: int) -> None:
    to = console(terminal=True, width=width)
    display = ProgressDisplay(total=9, console=to)
    display(news("as published: install", "w1", "octo/one", line="Downloading torch", limit=1200))
    display(news("cloning", "w2", "some-quite-long-organisation/the-name-of-the-project", line=samples.HOSTILE))
    plain = console(width=width)
    plain.print(display)
    lines = printed(plain).splitlines()
    assert all(cell_len(line) <= width for line in lines), lines
    assert len(lines) == 5 and "\x1b" not in printed(plain)
    assert "Downloading torch" in lines[1] and "0 of 9" in lines[4]
    if width >= 80:
        assert "octo/one" in lines[0] and "20 min" in lines[0] and "/the-name" in lines[2]


def test_the_live_view_leaves_nothing_behind_it() -> None:
    to = console(terminal=True)
    with ProgressDisplay(total=2, console=to) as display:
        display(news("cloning"))
        display.finished(samples.passing())
    assert "runs" in printed(to)
    assert to.file.getvalue().count("\x1b[?25h") >= 1, "the cursor is shown again"  # type: ignore[attr-defined]


def test_news_come_from_many_threads_at_once() -> None:
    to = console(terminal=True)
    with ProgressDisplay(total=40, console=to) as display:

        def work(worker: str) -> None:
            for number in range(10):
                for line in range(20):
                    display(news("working", worker, f"octo/{worker}-{number}", line=str(line)))
                display.finished(samples.passing(f"octo/{worker}-{number}"))

        threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert "[40/40]" in re.sub("\x1b\\[[0-9;]*m", "", printed(to))


def test_a_goal_that_is_not_met_is_said_in_the_words_of_the_exit_code() -> None:
    published = Goal(rung=Rung.IMPORTABLE, way=Way.AS_PUBLISHED)
    for goal, wanted in ((published, True), (Goal(), False)):
        to = console()
        print_check(samples.repaired(), to, goal)
        text = printed(to)
        assert "needs repairs" in text and ("required and not reached: imports, as published" in text) is wanted
        cause = next((line for line in text.splitlines() if line.startswith("cause ")), "")
        assert ("A pinned version has no build" in cause) is wanted


def test_what_holds_no_code_has_no_date_of_code() -> None:
    to = console()
    print_check(samples.no_code().model_copy(update={"languages": ()}), to)
    assert "code of" not in printed(to)
    assert (
        build_repository_document(samples.no_code().model_copy(update={"languages": ()})).facts.code_date is None
    )


def test_a_commit_that_does_not_exist_is_said_to_be_that() -> None:
    gone = make_cause("commit_gone", summary="The requested commit does not exist: a/b holds no commit 123")
    check = samples.check("a/b", checkout=None, verdict=Verdict(cause=gone), cause=gone)
    to = console()
    print_check(check, to)
    text = printed(to)
    assert "no such commit" in text and "holds no commit 123" in text
    assert "could not be built" not in text and "Nothing was built" not in text


def test_a_run_of_which_nothing_could_be_judged_has_no_table_of_noughts() -> None:
    silent = samples.unreachable()
    report, to = build_report(RUN, (), {silent.target.key: silent}), console()
    print_run(report, to)
    for text in (printed(to), render_markdown(report)):
        assert "No repository with code could be judged." in text
        assert "0 papers" in text and "1 repository" in text
