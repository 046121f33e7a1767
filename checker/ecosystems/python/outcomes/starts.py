"""Judges what a watched start did: worked, stopped at a limit of the check, or failed, and why; pure.

The report is that of `sandbox/probes/run.py`. What a program tried to open tells a limit from a crash: data
that a user brings is a limit, a file that the repository was to hold is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.core.values.results import Cause
from checker.ecosystems.instructions.placeholders import find_placeholders
from checker.ecosystems.python.outcomes.asked_files import (
    fails_at_arguments,
    find_asked_last,
    find_unset_variable,
    follows_from_input,
)
from checker.ecosystems.python.outcomes.final_output import find_caught, find_missing_input
from checker.ecosystems.python.outcomes.launchers import (
    NOT_OF_CHILDREN,
    find_complaint,
    find_failed_child,
    is_idle_launcher,
    list_printed_commands,
)
from checker.ecosystems.python.outcomes.lfs_pointers import explain_pointer, find_read, find_unreadable
from checker.ecosystems.python.outcomes.printed_traceback import (
    has_given_up_with_traceback,
    read_message,
    read_printed,
)
from checker.ecosystems.python.outcomes.reasons import Reason, explain, make_reason
from checker.ecosystems.python.outcomes.run_report import Process, Raised, StartReport
from checker.ecosystems.python.outcomes.usage import (
    find_absent_argument,
    has_printed_usage,
    is_usage_error,
    starts_with_usage,
    wants_arguments,
)
from checker.judging.failure_text import select_telling_texts
from checker.judging.judge import FailureText
from checker.judging.paths import judge_path


class StartStatus(StrEnum):
    """How a start went.

    `passed` ended well or still worked at its time limit; `limit` stopped for what a check cannot give;
    `failed` is its own fault.
    """

    PASSED = "passed"
    LIMIT = "limit"
    FAILED = "failed"


class StartOutcome(Value):
    """The judgement; `why` is None where the start passed."""

    status: StartStatus
    why: Cause | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def cause(self) -> str:
        """The name of the cause, '' where the start passed."""
        return "" if self.why is None else self.why.name


def classify_start(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge a start of an entry point.

    A usage error is no start. A child that crashed makes a start fail although its runner exited with 0. A
    program that still works at its time limit has started, unless it was waiting for a host.
    """
    raised = _find_deciding(report)
    if report.timed_out:
        return _judge_at_limit(report, raised, tree)
    if report.exit_code == 0 and raised is None:
        return _judge_ending(report, tree)
    if (refusal := _judge_refusal(report, raised, tree)) is not None:
        return refusal
    if report.signal is not None:
        return _judge_signal(report, tree)
    if raised is not None and raised.type:
        return _judge_exception(report, raised, tree)
    return _judge_text(report, tree)


def classify_answer(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge a question for the usage: it is answered by a usage text, whatever the exit code says."""
    if has_printed_usage(report):
        return StartOutcome(status=StartStatus.PASSED)
    if report.timed_out:
        return _make_outcome("time_out", "the question for its usage did not end: the program may have started")
    raised = _find_deciding(report)
    if raised is not None:
        claim = f"{raised.type}: {raised.message}"
        return _make_outcome(explain(_list_said(report, raised), tree), claim, raised=raised)
    name = "no_entry_point" if report.exit_code == 0 else "crash"
    return _make_outcome(name, "no usage was printed", report.errors)


def _make_outcome(
    reason: Reason | str | None, claim: str, text: str = "", raised: Raised | None = None
) -> StartOutcome:
    """Return the outcome for a reason, or for the name of a cause; the program crashed where there is none."""
    known = make_reason(reason) if isinstance(reason, str) else reason or make_reason("crash")
    own = [frame for frame in raised.frames if frame.own] if raised is not None else []
    evidence = Evidence(
        claim=(known.claim or claim)[:300],
        source=own[-1].file.removeprefix(f"{SOURCE}/") if own else "log",
        line=own[-1].line if own else None,
        text=text.strip()[-300:],
    )
    status = StartStatus.LIMIT if known.is_limit else StartStatus.FAILED
    return StartOutcome(status=status, why=known.make_cause(evidence), evidence=(evidence,))


def _list_said(report: StartReport, raised: Raised) -> Iterable[FailureText]:
    """Yield an exception, as the program printed it where it did (with source lines), and what it came from."""
    first = raised.make_failure_text()
    printed = select_telling_texts(report.errors)[0]
    starts = printed.rfind(f"\n{raised.type}") + 1 if raised.type else 0
    if starts and raised.message[:20] in printed[starts:]:
        ends = printed.find("\n", starts + len(raised.message))
        first = FailureText(printed if ends < 0 else printed[: ends + 1], first.path)
    yield first
    for item in raised.chain:
        yield item.make_failure_text()


def _find_deciding(report: StartReport) -> Raised | None:
    """Return the exception that decides: the main process's, else that of a child running repository code."""
    for process in report.processes:
        if process.main and process.exception is not None:
            return process.exception
    for process in report.processes:
        raised = process.exception
        if raised is None or raised.type in {"SystemExit", "KeyboardInterrupt", "BrokenPipeError"}:
            continue
        if any(frame.own for frame in raised.frames) and _is_script(process):
            return raised
    return None


def _is_script(process: Process) -> bool:
    """Whether a child runs a file or a module, and not a question such as `python -c 'import x'`."""
    return len(process.argv) > 1 and "-c" not in process.argv[1:3]


def _judge_ending(report: StartReport, tree: Tree) -> StartOutcome:
    if starts_with_usage(report) or wants_arguments(report.output):
        claim = "it printed its usage, or asked for arguments, and ended"
        return _make_outcome("usage_only", claim, _read_last_line(report.output))
    known = _judge_last_words(report, tree) or _judge_launcher(report, tree)
    if known is not None:
        return known
    if pointer := find_read(report):
        return _make_outcome(explain_pointer(pointer), "", report.output)
    return StartOutcome(status=StartStatus.PASSED)


def _judge_last_words(report: StartReport, tree: Tree) -> StartOutcome | None:
    """Judge a program that ended with 0 by what it said last: what it lacks, or which error it caught."""
    lacking = find_missing_input(report.output)
    if lacking is not None:
        return _make_outcome(lacking, "it says what it lacks and ended", _read_last_line(report.output))
    if has_given_up_with_traceback(report):
        return _judge_printed(report, tree)
    caught = "" if "Traceback (most" in report.errors else find_caught(report.errors) or find_caught(report.output)
    return _judge_exception(report, read_message(caught), tree) if caught else None


def _judge_launcher(report: StartReport, tree: Tree) -> StartOutcome | None:
    """Judge a program that is there to start others by what it started; None for any other."""
    if is_idle_launcher(report, tree):
        claim = "it only starts other programs, and found nothing to start them for"
        return _make_outcome("no_entry_point", claim)
    if printed := list_printed_commands(report):
        return _make_outcome("no_entry_point", "it starts nothing, and prints commands to run", printed[0])
    failed = find_failed_child(report, tree)
    return _judge_by_children(report, failed, tree) if failed else None


def _judge_by_children(report: StartReport, failed: str, tree: Tree) -> StartOutcome:
    """Judge a program whose children failed: what never began is no start, whatever it lacked."""
    said = explain(map(FailureText, select_telling_texts(report.errors)), tree) if report.errors.strip() else None
    known = said if said is not None and not said.is_general else make_reason("crash")
    outcome = _make_outcome(known, f"what it started failed: {failed}", report.errors)
    return outcome.model_copy(update={"status": StartStatus.FAILED})


def _judge_printed(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge a program that caught what ended it, printed it and exited with 0, as if it had not caught it."""
    raised = read_printed(report.errors)
    if raised is None:
        return _make_outcome("crash", "it printed a traceback and exited with 0", report.errors)
    return _judge_exception(report, raised, tree)


def _judge_at_limit(report: StartReport, raised: Raised | None, tree: Tree) -> StartOutcome:
    if raised is not None:
        claim = "a part of it crashed while the rest went on waiting"
        return _make_outcome(explain(_list_said(report, raised), tree), claim, raised.message, raised)
    hosts = [contact.host for process in report.processes for contact in process.hosts]
    quiet = len(report.output.strip()) < 40 and len(report.errors.strip()) < 40
    retrying = any(word in report.errors[-3000:].lower() for word in ("retry", "connection", "resolve"))
    if hosts and (quiet or retrying):
        return _make_outcome("needs_network", f"it waits for {hosts[-1]}", report.errors)
    evidence = Evidence(
        claim=f"still at work after {report.seconds:.0f} s", source="log", text=report.output[-200:]
    )
    return StartOutcome(status=StartStatus.PASSED, evidence=(evidence,))


def _judge_refusal(report: StartReport, raised: Raised | None, tree: Tree) -> StartOutcome | None:
    """Judge a program that ended because of its command line, by its parser or its own word; else None."""
    absent = find_absent_argument(report)
    if absent is not None and (placeholder := _find_open_setting(report, absent[0])):
        return _make_outcome("usage_only", f"it wants a value in place of {placeholder}", absent[0])
    if absent is not None:
        path = absent["path"] or absent["opened"]
        return _make_outcome(_explain_path(path, tree), "it was given a path that is not there", absent[0])
    said = report.errors or report.output
    by_its_word = raised is None and wants_arguments(said)
    if by_its_word or is_usage_error(report):
        return _make_outcome("usage_only", "it wants other arguments", _read_last_line(said))
    return None


def _judge_signal(report: StartReport, tree: Tree) -> StartOutcome:
    reason = (
        make_reason("out_of_memory")
        if report.signal == 9
        else explain(map(FailureText, select_telling_texts(report.errors)), tree)
    )
    return _make_outcome(reason, f"killed by signal {report.signal}", report.errors)


def _judge_exception(report: StartReport, raised: Raised, tree: Tree) -> StartOutcome:
    """Judge an exception by what it says, by what it came from, by files and hosts asked for, in this order."""
    claim = f"{raised.type}: {raised.message}"
    reason = explain(_list_said(report, raised), tree)
    if pointer := find_unreadable(report, raised, reason, tree):
        return _make_outcome(explain_pointer(pointer), claim, claim, raised)
    placeholder = _find_open_setting(report, claim) or _find_placeholder(report, raised, reason)
    if placeholder:
        return _make_outcome("usage_only", f"it wants a value in place of {placeholder}", claim, raised)
    if reason is not None and reason.name == "needs_program":
        reason = replace(reason, is_limit=_has_begun(report, raised))
    if reason is not None and not reason.is_general:
        return _make_outcome(reason, claim, claim, raised)
    traced = _explain_by_traces(report, raised, tree)
    return _make_outcome(traced or reason, claim, claim if traced else "", raised)


def _explain_by_traces(report: StartReport, raised: Raised, tree: Tree) -> Reason | None:
    """Explain an exception that says little by what the program read, looked for and called before."""
    if follows_from_input(raised, tree):
        return make_reason("needs_input", "its standard input is empty")
    if fails_at_arguments(raised, tree):
        return make_reason("usage_only", "it wants arguments")
    if name := find_unset_variable(raised, tree):
        return explain([FailureText(_UNSET.format(name))], tree)
    if (said := find_complaint(report)) and raised.type not in NOT_OF_CHILDREN:
        found = explain([FailureText(f"{said}\n")], tree)
        return found and replace(found, is_limit=found.name == "needs_program" and _has_begun(report, raised))
    asked = find_asked_last(report, tree, raised) if _is_about_files(raised) else ""
    if asked:
        return _explain_path(asked, tree)
    hosts = [contact.host for process in report.processes for contact in process.hosts]
    calls = hosts and any(name in f"{raised.type}: {raised.message}" for name in _CALLS)
    return make_reason("needs_network", f"calls {hosts[-1]}") if calls else None


#: How Python says that an environment variable is not set.
_UNSET = "  File \"<frozen os>\", line 1, in __getitem__\nKeyError: '{}'\n"


def _has_begun(report: StartReport, raised: Raised) -> bool:
    """Whether the code's own work had begun: it had printed something, or stopped in a function of its own."""
    own = [frame.function for frame in raised.frames if frame.own]
    return bool(report.output.strip()) or any(function != "<module>" for function in own)


def _explain_path(path: str, tree: Tree) -> Reason:
    row = judge_path(path, tree)
    return Reason(row.cause, row.limit, f"wants {path}", rule=row.name)


#: Words of placeholders for what the repository or the reader's choice brings, and for what a user brings.
_OF_SETTINGS = re.compile(
    r"(?i)(?:\b|_)(?:configs?|configuration|cfg|settings?|options?|args?|arguments?|params?|experiment|exp|task|mode|method"
    r"|algo(?:rithm)?|name|id|seed|gpus?|number|split|version|script|ya?ml|toml)(?:\b|_)"
)
_OF_A_USER = re.compile(
    r"(?i)data|image|video|audio|corpus|input|sample|weight|ckpt|checkpoint|model|pretrain|dir|folder"
)


def _find_open_setting(report: StartReport, said: str) -> str:
    """Return the placeholder of the command that an error repeats, where it stands for no data; '' where none is.

    That a file of this name is not there is the reader's failure to fill it in, and not the author's.
    """
    marks = (each.text for argument in report.argv for each in find_placeholders(argument))
    open_ones = (mark for mark in marks if _OF_SETTINGS.search(mark) and not _OF_A_USER.search(mark))
    return next((mark for mark in open_ones if len(mark) > LONG_MARK and mark in said), "")


def _find_placeholder(report: StartReport, raised: Raised, reason: Reason | None) -> str:
    """Return the placeholder of the command that an error repeats, unless it stands for data; '' where none is."""
    if _is_about_files(raised) or (reason is not None and (reason.is_limit or reason.is_about_path)):
        return ""
    marks = (each.text for argument in report.argv for each in find_placeholders(argument))
    return next((mark for mark in marks if len(mark) > LONG_MARK and mark in raised.message), "")


#: Characters of a placeholder that say more than a message may hold by chance (`...`).
LONG_MARK = 3

#: Parts of messages that may follow from a host that was not reached.
_CALLS = ("Connection", "HTTP", "URL", "Max retries", "resolve", "offline", "ownload")

#: Parts of messages that may follow from a file that is not there.
_DEMANDS = (
    "not found", "no such file", "does not exist", "not exist", "doesn't exist", "cannot find", "can't find",
    "could not find", "unable to open", "cannot open", "failed to open", "is not a file", "not a directory",
    "'nonetype' object has no attribute", "'nonetype' object is not", "num_samples", "empty", "out of range",
    "need at least one array", "division by zero", "expected str, bytes or os.pathlike", "assert",
    "is not a valid", "no valid", "no objects to concatenate", "invalid path",
)  # fmt: skip


def _is_about_files(raised: Raised) -> bool:
    """Whether an exception may follow from a file that is not there: empty lists, None instead of an image."""
    lowered = raised.message.lower()
    return any(sign in lowered for sign in _DEMANDS)


def _judge_text(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge by the end of the log where no process was watched to its end."""
    if not report.started:
        return _make_outcome("missing_compiler_or_command", "there is no such program", report.errors)
    ended = f"exit code {report.exit_code}"
    reasons = (
        explain(map(FailureText, select_telling_texts(text)), tree)
        for text in (report.errors, report.output)
        if text.strip()
    )
    reason = next((known for known in reasons if known is not None and not known.is_general), None)
    if reason is not None and reason.name == "needs_program":
        reason = replace(
            reason, is_limit=len(report.output.strip().splitlines()) > bool(not report.errors.strip())
        )
    asked, pointer = find_asked_last(report, tree), find_read(report)
    if reason is None and pointer:
        return _make_outcome(explain_pointer(pointer), ended, report.errors)
    if reason is None and asked:
        reason = _explain_path(asked, tree)
    return _make_outcome(reason, ended, _read_last_line(report.errors or report.output))


def _read_last_line(text: str) -> str:
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return lines[-1] if lines else ""
