"""What the engine reports comes before what was printed; one step of several decides for an attempt."""

from __future__ import annotations

import time

import pytest

from checker.core.values.plans import Phase, Step
from checker.core.values.results import Blame, StepResult, StepStatus
from checker.judging.causes import make_cause
from checker.judging.diagnose import diagnose, diagnose_attempt, judge_step
from checker.judging.failure_text import select_telling_texts
from checker.judging.table import BUILDING_TABLES, RUNNING_TABLES, read_rows


def result(
    phase: Phase,
    log: str = "",
    status: StepStatus = StepStatus.FAILED,
    *,
    exit_code: int | None = 1,
    argv: tuple[str, ...] = ("python", "train.py"),
    required: bool = True,
    collected: tuple[tuple[str, str], ...] = (),
) -> StepResult:
    step = Step(name=phase.value, phase=phase, argv=argv, required=required)
    return StepResult(step=step, status=status, exit_code=exit_code, log=log, seconds=3.0, collected=collected)


def excerpt(name: str) -> str:
    """Return a log that ends as the row of that name has it."""
    row = next(row for row in read_rows(*BUILDING_TABLES, *RUNNING_TABLES) if row.name == name)
    return row.excerpt[0]


def crash(last: str) -> str:
    frame = '  File "/code/src/train.py", line 12, in <module>\n    main()\n'
    return f"Traceback (most recent call last):\n{frame}{last}\n"


@pytest.mark.parametrize(
    "last",
    [
        "ValueError: /code/src/lib/../benchmark_dir/scores-v1 is neither a file or a dir.",
        "RuntimeError: '/code/src/cache/scores' is not a valid directory",
        "Exception: /mnt/scores does not exist",
    ],
)
def test_a_program_says_in_its_own_words_that_its_data_is_not_there(last: str) -> None:
    found = judge_step(result(Phase.START, crash(last)))
    assert found is not None
    assert found.row.cause == "needs_data"


@pytest.mark.parametrize(
    ("status", "phase", "name"),
    [
        (StepStatus.TIMED_OUT, Phase.INSTALL, "time_out"),
        (StepStatus.TIMED_OUT, Phase.RESOLVE, "registry"),
        (StepStatus.OUT_OF_MEMORY, Phase.RUN, "out_of_memory"),
        (StepStatus.DISK_LIMIT, Phase.INSTALL, "disk_limit"),
        (StepStatus.ENGINE_ERROR, Phase.RUN, "engine"),
    ],
)
def test_the_status_of_the_engine_decides_before_any_text(status: StepStatus, phase: Phase, name: str) -> None:
    found = diagnose(result(phase, "ModuleNotFoundError: No module named 'wandb'\n", status))
    assert found is not None
    assert found.name == name


def test_what_passed_or_was_skipped_has_no_cause() -> None:
    log = excerpt("module")
    assert diagnose(result(Phase.START, log, StepStatus.PASSED)) is None
    assert diagnose(result(Phase.START, log, StepStatus.SKIPPED)) is None


def test_a_warning_about_the_network_does_not_excuse_a_conflict() -> None:
    log = (
        "warning: A managed Python download is available for Python 3.8, but an error occurred\n"
        "  cause: Request failed after 3 retries in 8.3s\n  cause: dns error\n"
        "  cause: failed to lookup address information: Name or service not known\n" + excerpt("no_solution")
    )
    found = diagnose(result(Phase.RESOLVE, log))
    assert found is not None
    assert found.name == "dependency_conflict"


def test_a_retry_that_worked_is_no_failure_of_ours() -> None:
    log = (
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError': /simple/a/\n"
        + excerpt("header")
    )
    found = diagnose(result(Phase.INSTALL, log))
    assert found is not None
    assert found.name == "missing_header"


def test_a_program_without_network_is_a_limit_and_an_installation_without_is_our_failure() -> None:
    log = excerpt("network_wanted")
    running, building = diagnose(result(Phase.START, log)), diagnose(result(Phase.INSTALL, log))
    assert running is not None
    assert building is not None
    assert (running.blame, building.blame) == (Blame.LIMIT, Blame.CHECKER)


def test_the_last_exception_decides_over_one_that_was_handled() -> None:
    handled = crash("FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'")
    log = handled + "\nDuring handling of the above exception, another exception occurred:\n\n"
    found = diagnose(result(Phase.START, log + crash("NameError: name 'oputs' is not defined")))
    assert found is not None
    assert found.name == "crash"


def test_a_launcher_that_reports_its_child_is_looked_through() -> None:
    child = crash("FileNotFoundError: [Errno 2] No such file or directory: 'checkpoints/best.pth'")
    parent = crash("subprocess.CalledProcessError: Command '['python']' returned non-zero exit status 1.")
    found = diagnose(result(Phase.START, child + parent))
    assert found is not None
    assert found.name == "needs_weights"


def test_news_far_above_the_end_of_a_log_is_not_the_reason() -> None:
    log = "No GPU found.\n" + "step\n" * 40 + "error: bad value\n"
    assert select_telling_texts(log) == (("step\n" * 14) + "error: bad value\n",)


def test_an_import_report_is_read_module_by_module() -> None:
    report = (
        '{"modules": [{"name": "a", "required": true, "status": "ok"},'
        ' {"name": "b", "required": false, "status": "not_found", "missing": "b"},'
        ' {"name": "cv2", "required": true, "status": "error", "type": "ImportError",'
        ' "message": "libGL.so.1: cannot open shared object file: No such file or directory"}]}'
    )
    found = diagnose(result(Phase.IMPORT, "", collected=(("/env/imports.json", report),)))
    assert found is not None
    assert found.name == "missing_system_library"


@pytest.mark.parametrize(
    "report", ["", "[", "[]", '{"modules": 3}', '{"modules": [3, {"status": 4}]}', "[" * 50_000]
)
def test_a_hostile_import_report_is_no_crash_of_ours(report: str) -> None:
    assert diagnose(result(Phase.IMPORT, "", collected=(("r", report),))) is not None


def test_the_first_required_step_that_failed_decides() -> None:
    results = [
        result(Phase.RESOLVE, "", StepStatus.PASSED, exit_code=0),
        result(Phase.TOOLS, "", required=False),
        result(Phase.INSTALL, excerpt("header")),
        result(Phase.IMPORT, "", StepStatus.SKIPPED, exit_code=None),
    ]
    found = diagnose_attempt(results)
    assert found is not None
    assert found.name == "missing_header"


def test_one_script_that_crashes_is_no_reason_while_another_starts() -> None:
    results = [
        result(Phase.START, excerpt("exception"), required=False),
        result(Phase.START, "", StepStatus.PASSED, exit_code=0, required=False),
        result(Phase.TEST, required=False).model_copy(update={"cause": make_cause("no_tests")}),
    ]
    found = diagnose_attempt(results)
    assert found is not None
    assert found.name == "no_tests"
    assert diagnose_attempt(results[:2]) is None


def test_a_limit_at_the_highest_rung_comes_before_a_failure_below_it() -> None:
    results = [
        result(Phase.IMPORT, excerpt("module"), required=False),
        result(Phase.START, excerpt("cuda_absent"), StepStatus.LIMIT, required=False),
    ]
    found = diagnose_attempt(results)
    assert found is not None
    assert found.name == "needs_gpu"


def test_a_question_that_failed_tells_where_there_is_nothing_to_start() -> None:
    failed = result(Phase.ANSWER, excerpt("module"), required=False)
    results = [failed, result(Phase.ANSWER, "", StepStatus.PASSED, exit_code=0, required=False)]
    found = diagnose_attempt(results)
    assert found is not None
    assert found.name == "undeclared_dependency"
    started = result(Phase.START, "", StepStatus.PASSED, exit_code=0, required=False)
    assert diagnose_attempt([*results, started]) is None


def test_a_call_that_is_refused_is_no_reason_while_another_gets_to_a_limit() -> None:
    refused = result(Phase.RUN, required=False).model_copy(update={"cause": make_cause("usage_only")})
    results = [refused, result(Phase.RUN, excerpt("cuda_absent"), StepStatus.LIMIT, required=False)]
    found = diagnose_attempt(results)
    assert found is not None
    assert found.name == "needs_gpu"


def test_code_that_no_interpreter_reads_is_the_reason_before_a_missing_module() -> None:
    old = result(Phase.START, required=False).model_copy(update={"cause": make_cause("python2_syntax")})
    results = [result(Phase.IMPORT, excerpt("module"), required=False), old]
    found = diagnose_attempt(results)
    assert found is not None
    assert found.name == "python2_syntax"
    started = result(Phase.START, "", StepStatus.PASSED, exit_code=0, required=False)
    found = diagnose_attempt([*results, started])
    assert found is not None
    assert found.name != "python2_syntax"


@pytest.mark.parametrize(
    "piece", ["a", " ", "\n", "error: ", "not found: '", "No such file or directory: '", "gcc ' [", "((((", "/"]
)
def test_a_hostile_log_costs_no_more_than_an_honest_one(piece: str) -> None:
    log = piece * (256 * 1024 // len(piece))
    started = time.process_time()
    for phase in (Phase.INSTALL, Phase.START):
        diagnose(result(phase, log))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            "container engine: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
            "engine",
        ),
        ("container engine: our own disk is nearly full", "storage"),
        ("error sending request for url (https://example.org/simple/x/)", "registry"),
    ],
)
def test_the_sandboxs_last_words_say_what_of_ours_failed(said: str, name: str) -> None:
    step = Step(name="install", phase=Phase.INSTALL, argv=("x",))
    found = diagnose(StepResult(step=step, status=StepStatus.ENGINE_ERROR, log=f"some output\n{said}\n"))
    assert found is not None and found.name == name
