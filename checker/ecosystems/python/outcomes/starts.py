"""Judges what a watched start did: worked, stopped at a limit of the check, or failed, and why; pure.

The report is that of `sandbox/probes/run.py`. What a program tried to open tells a limit from a crash: data
that a user brings is a limit, a file that the repository was to hold is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from pathlib import PurePosixPath

from checker.core.base import Value
from checker.core.container import SOURCE
from checker.core.plans import Evidence
from checker.core.tree import Tree
from checker.ecosystems.instructions.placeholders import MARKED
from checker.ecosystems.python.code.built_modules import BuiltModule, built_modules
from checker.ecosystems.python.distributions.table import Status, distribution_for
from checker.ecosystems.python.outcomes.last_words import lack_of, wants_arguments
from checker.ecosystems.python.outcomes.nothing_to_start import had_nothing_to_start
from checker.ecosystems.python.outcomes.output_folders import lacks_output_folder
from checker.ecosystems.python.outcomes.rules import (
    DEMANDS,
    is_config_or_code,
    is_data_path,
    is_weights_path,
    message_cause,
)
from checker.ecosystems.python.outcomes.run_report import Process, Raised, StartReport


class StartStatus(StrEnum):
    """How a start went.

    `passed` ended well or still worked at its time limit; `limit` stopped for what a check cannot give;
    `failed` is its own fault.
    """

    PASSED = "passed"
    LIMIT = "limit"
    FAILED = "failed"


LIMITS = frozenset(
    {"needs_data", "needs_weights", "needs_credentials", "needs_network", "needs_gpu", "needs_display"}
)
"""Causes that are limits of the check (rows of `checker.judging.causes`)."""


_ENVIRON = ("/os.py", "<frozen os>")
"""Where a variable of the environment that is not set raises."""

_GPU_PROGRAMS = ("nvidia-smi", "nvcc")


class StartOutcome(Value):
    """The judgement: `cause` is a row of `checker.judging.causes`, '' where the start passed."""

    status: StartStatus
    cause: str = ""
    evidence: tuple[Evidence, ...] = ()


def classify_start(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge a start of an entry point.

    A usage error is no start. A child that crashed makes a start fail although its runner exited with 0. A
    program that still works at its time limit has started, unless it was waiting for a host.
    """
    raised = _deciding(report)
    if report.timed_out:
        return _at_the_limit(report, raised)
    if report.exit_code == 0 and raised is None:
        return _ended_well(report, tree)
    if (refusal := _refusal(report, raised, tree)) is not None:
        return refusal
    if report.signal is not None:
        return _by_signal(report)
    if raised is not None and raised.type:
        return _by_exception(report, raised, tree)
    return _by_text(report, tree)


_ABSENT_VALUE = re.compile(
    r"[Ii]nvalid value for [^\n]{0,80}: (?:File|Directory|Path) '(?P<path>[^'\n]+)'[^\n]{0,40}not exist"
    r"|error: argument [^\n]{0,80}: can't open '(?P<opened>[^'\n]+)'"
)
"""What click and argparse say of a path among the arguments that is not there: the call was complete."""

_USAGE = (
    "usage:",
    "usage\n",
    "show this help",
    "flags:",
    "options:",
    "arguments:",
    "synopsis",
    "syntax:",
    "commands:",
    "powered by hydra",
)
"""What a text holds that tells how a program is called, in lower case."""


def classify_answer(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge a question for the usage: it is answered by a usage text, whatever the exit code says."""
    text = f"{report.output}\n{report.errors}".lower()
    tracebacks = "traceback (most recent call last)" in text
    if (
        any(sign in text for sign in _USAGE)
        and not tracebacks
        and not report.timed_out
        and not _usage_error(report)
    ):
        return StartOutcome(status=StartStatus.PASSED)
    if report.timed_out:
        return _outcome("time_out", "the question for its usage did not end: the program may have started")
    raised = _deciding(report)
    if raised is not None:
        if is_built_by_gpu_tools(raised.message, tree):
            return _outcome(
                "needs_gpu_toolchain", f"loads what is built of CUDA code: {raised.message}", raised=raised
            )
        cause = message_cause(raised.type, raised.message) or "crash"
        return _outcome(cause, f"{raised.type}: {raised.message}"[:300], raised=raised)
    return _outcome("no_entry_point" if report.exit_code == 0 else "crash", "no usage was printed", report.errors)


def _outcome(cause: str, claim: str, text: str = "", raised: Raised | None = None) -> StartOutcome:
    status = StartStatus.LIMIT if cause in LIMITS else StartStatus.FAILED
    source, line = "log", None
    own = [frame for frame in raised.frames if frame.own] if raised is not None else []
    if own:
        source, line = own[-1].file.removeprefix(f"{SOURCE}/"), own[-1].line
    evidence = Evidence(claim=claim[:300], source=source, line=line, text=text.strip()[-300:])
    return StartOutcome(status=status, cause=cause, evidence=(evidence,))


def _deciding(report: StartReport) -> Raised | None:
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


def _ended_well(report: StartReport, tree: Tree) -> StartOutcome:
    head = report.output.lstrip()[:_HEAD].lower() or report.errors.lstrip()[:_HEAD].lower()
    if "usage:" in head or "show this help" in head:
        return _outcome("usage_only", "it printed its usage and ended", _last_line(report.output))
    if wants_arguments(report.output):
        return _outcome("usage_only", "it asked for arguments and ended", _last_line(report.output))
    lacking = lack_of(report.output)
    if lacking is not None:
        return _outcome(lacking, "it says what it lacks and ended", _last_line(report.output))
    if _TRACEBACK in report.errors[-4000:] and (not report.output.strip() or _caught_at_the_top(report)):
        return _by_printed_traceback(report, tree)
    if had_nothing_to_start(report, tree):
        return _outcome("no_entry_point", "it only starts other programs, and found nothing to start them for")
    return StartOutcome(status=StartStatus.PASSED)


_BEYOND_ARGV = re.compile(r"\bargv\[\d+\][^\n]*\n(?:[ \t~^]+\n)?IndexError: list index out of range\s*\Z")
"""The end of a traceback of a program that takes arguments which it was not given."""


def _caught_at_the_top(report: StartReport) -> bool:
    """Whether what ended the program was caught by its own script, which printed it last and gave up.

    A program that goes on after each of several errors prints several tracebacks, or more words after one.
    """
    tracebacks = report.errors.count(_TRACEBACK) - len(_CHAINED.findall(report.errors))
    before, _, last = report.errors.rpartition(_TRACEBACK)
    frame, said = _FRAME.search(last), _PRINTED.search(last)
    if tracebacks != 1 or frame is None or said is None or _IGNORED.search(before):
        return False
    after = [line for line in last[said.end() :].splitlines() if line.strip() and not _PROGRESS.search(line)]
    modules = (f"{word.rpartition('.')[2]}.py" for flag, word in pairwise(report.argv) if flag == "-m")
    scripts = {"__main__.py", *modules, *(PurePosixPath(word).name for word in report.argv)}
    return len(after) <= MOST_AFTER and PurePosixPath(frame["file"]).name in scripts


_TRACEBACK = "Traceback (most recent call last)"
_CHAINED = re.compile(
    r"^(?:During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception):$",
    re.MULTILINE,
)
_IGNORED = re.compile(r"^Exception ignored in:? [^\n]*\n\Z", re.MULTILINE)
"""What the interpreter says before the traceback of a destructor: the program had ended by then."""

_FRAME = re.compile(r'^\s*File "(?P<file>[^"\n]+)", line \d+', re.MULTILINE)
_PROGRESS = re.compile(r"\bit/s\b|\d+%\||\dit \[|\bs/it\b")
MOST_AFTER = 2
"""Lines that a program may still say after the traceback that it gave up with."""


def _by_printed_traceback(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge a program that caught what ended it, printed it and exited with 0, as if it had not caught it."""
    printed = _PRINTED.search(report.errors.rpartition(_TRACEBACK)[2])
    if printed is None:
        return _outcome("crash", "it printed a traceback and exited with 0", report.errors)
    raised = Raised(type=printed["type"].rpartition(".")[2], message=printed["message"])
    return _by_exception(report, raised, tree)


_PRINTED = re.compile(
    r"^(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Failure|NotFound))\b:? ?(?P<message>.*)$", re.MULTILINE
)
"""The line of a printed traceback that names the exception."""

_HEAD = 1500
"""Characters of an output within which a program that only tells its usage says so."""


def _at_the_limit(report: StartReport, raised: Raised | None) -> StartOutcome:
    if raised is not None:
        cause = message_cause(raised.type, raised.message) or "crash"
        return _outcome(cause, "a part of it crashed while the rest went on waiting", raised.message, raised)
    hosts = [contact.host for process in report.processes for contact in process.hosts]
    quiet = len(report.output.strip()) < 40 and len(report.errors.strip()) < 40
    retrying = any(word in report.errors[-3000:].lower() for word in ("retry", "connection", "resolve"))
    if hosts and (quiet or retrying):
        return _outcome("needs_network", f"it waits for {hosts[-1]}", report.errors)
    evidence = Evidence(
        claim=f"still at work after {report.seconds:.0f} s", source="log", text=report.output[-200:]
    )
    return StartOutcome(status=StartStatus.PASSED, evidence=(evidence,))


def _refusal(report: StartReport, raised: Raised | None, tree: Tree) -> StartOutcome | None:
    """Judge a program that ended because of its command line, by its parser or its own word; else None."""
    absent = _ABSENT_VALUE.search(report.errors[-3000:]) if report.exit_code == 2 else None
    if absent is not None:
        path = absent["path"] or absent["opened"]
        return _outcome(file_cause(path, tree), "it was given a path that is not there", absent[0])
    said = report.errors or report.output
    by_its_word = raised is None and wants_arguments(said)
    if by_its_word or _usage_error(report) or _BEYOND_ARGV.search(report.errors[-2000:]):
        return _outcome("usage_only", "it wants other arguments", _last_line(said))
    return None


def _usage_error(report: StartReport) -> bool:
    tail = report.errors[-3000:]
    refused = (
        "error: the following arguments",
        "error: unrecognized arguments",
        "error: argument",
        "invalid choice",
    )
    click = tail.lstrip().startswith("Usage:") and "Error:" in tail
    return report.exit_code == 2 and (click or "usage:" in tail.lower() or any(sign in tail for sign in refused))


def _by_signal(report: StartReport) -> StartOutcome:
    cause = "out_of_memory" if report.signal == 9 else message_cause("", report.errors[-3000:]) or "crash"
    return _outcome(cause, f"killed by signal {report.signal}", report.errors)


def _by_exception(report: StartReport, raised: Raised, tree: Tree) -> StartOutcome:
    """Judge the exception by its message, by the file it is about, by the hosts called, in this order."""
    claim = f"{raised.type}: {raised.message}"
    if raised.type == "ModuleNotFoundError" and raised.missing:
        cause = module_cause(raised.missing, tree)
        if cause == "missing_in_repository" and _asked_by_others(raised):
            cause = "undeclared_dependency"
        return _outcome(cause, f"no module named {raised.missing}", raised=raised)
    plain = _by_what_was_given(report, raised)
    if plain is not None:
        return plain
    for item in (raised, *raised.chain):
        cause, about = _cause_of(item, tree)
        if cause:
            return _outcome(cause, about, claim, raised)
    asked = _asked_last(report)
    if asked and _is_about_files(raised):
        return _outcome(file_cause(asked, tree), f"wants {asked}", claim, raised)
    hosts = [contact.host for process in report.processes for contact in process.hosts]
    if hosts and any(name in claim for name in _CALLS):
        return _outcome("needs_network", f"calls {hosts[-1]}", claim, raised)
    asserted = _by_assertion(report.errors, raised, tree) if raised.type == "AssertionError" else None
    return asserted or _outcome("crash", claim, raised=raised)


def _by_what_was_given(report: StartReport, raised: Raised) -> StartOutcome | None:
    """Judge what neither data nor a package explains: a folder for output, or a mark that a page left open."""
    claim = f"{raised.type}: {raised.message}"
    if folder := lacks_output_folder(report.errors[-4000:]):
        wants = f"writes into the folder {folder}, which is not there"
        return _outcome("missing_in_repository", wants, claim, raised)
    about_files = raised.type in _FILE_ERRORS or _is_about_files(raised)
    stands_for_data = about_files or message_cause(raised.type, raised.message) in LIMITS
    if not stands_for_data and (mark := _mark_in(raised.message, report.argv)):
        return _outcome("usage_only", f"it wants a value in place of {mark}", claim, raised)
    return None


_FILE_ERRORS = frozenset({"FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "OSError", "IOError"})


def _mark_in(message: str, argv: Iterable[str]) -> str:
    """Return the mark of the command, left open by its page, that an error's message repeats; '' where none is."""
    marks = (match[0] for argument in argv for match in MARKED.finditer(argument))
    return next((mark for mark in marks if len(mark) > LONG_MARK and mark in message), "")


LONG_MARK = 3
"""Characters of a mark that say more than a message may hold by chance (`...`)."""


def _asked_by_others(raised: Raised) -> bool:
    """Whether an installed package wants the module: only what own code wants can be missing in the repository."""
    asking = [
        frame for frame in raised.frames if not frame.file.startswith("<") and "/importlib/" not in frame.file
    ]
    return bool(asking) and not asking[-1].own and "site-packages" in asking[-1].file


def _by_assertion(errors: str, raised: Raised, tree: Tree) -> StartOutcome | None:
    """Judge an assertion that says nothing by its own line: it looks for a GPU, or for a file."""
    if _ASKED_GPU.search(errors[-4000:]):
        return _outcome("needs_gpu", "asserts that there is a GPU", raised.message, raised)
    demanded = _DEMANDED.search(errors[-3000:])
    if demanded is None:
        return None
    line, named = demanded["line"], re.search(r"['\"]([\w./-]+\.\w+)['\"]", demanded["line"])
    by_words = "needs_weights" if _OF_WEIGHTS.search(line) else "needs_data"
    wanted = file_cause(named[1], tree) if named is not None else by_words
    return _outcome(wanted, "asserts that a file is there", line, raised)


_CALLS = ("Connection", "HTTP", "URL", "Max retries", "resolve", "offline", "ownload")
"""Parts of messages that may follow from a host that was not reached."""

_ASKED_GPU = re.compile(
    r"^[ \t]*assert [^\n]{0,80}\bcuda\.(?:is_available|device_count)\([^\n]*\n"
    r"(?:[ \t~^]+\n)?AssertionError\b(?!(?s:.*)AssertionError)",
    re.MULTILINE,
)
"""The end of a traceback in which the program itself looks whether there is a GPU."""

_DEMANDED = re.compile(
    r"^[ \t]*(?P<line>assert (?!not\b)[^\n]{0,200}?\b(?:exists|isfile|isdir|is_file|is_dir)\([^\n]{0,300})\n"
    r"(?:[ \t~^]+\n)?AssertionError\b",
    re.MULTILINE,
)
"""The end of a traceback in which the program itself looks whether a file is there."""

_OF_WEIGHTS = re.compile(r"(?i)weight|ckpt|check_?point|pretrain|model_(?:path|file)|resume")


def _cause_of(item: Raised, tree: Tree) -> tuple[str, str]:
    """Return (cause, claim) of one exception of the chain, ('', '') where it alone does not tell."""
    if item.type == "KeyError" and any(frame.file.endswith(_ENVIRON) for frame in item.frames[-2:]):
        return "needs_credentials", f"wants the variable {item.message}"
    if is_built_by_gpu_tools(item.message, tree):
        return "needs_gpu_toolchain", f"loads what is built of CUDA code: {item.message}"
    opened = _OPENED_BY_HDF5.search(item.message)
    file = item.file or (opened["path"] if opened is not None else None)
    path, said = file or _path_in(item.message), message_cause(item.type, item.message)
    if said == "disk_limit":  # whatever file it was that had no room
        return said, f"{item.type}: {item.message}"
    if item.type in {"FileNotFoundError", "NotADirectoryError"} or file:
        return _of_what_is_not_there(path, item, tree), f"wants {path}"
    return (said, f"{item.type}: {item.message}") if said else ("", "")


def _of_what_is_not_there(path: str, item: Raised, tree: Tree) -> str:
    if path.endswith(_GPU_PROGRAMS):
        return "needs_gpu"
    return "missing_compiler_or_command" if _is_a_program(path, item) else file_cause(path, tree)


def _is_a_program(path: str, item: Raised) -> bool:
    """Whether what is not there is a program that was called, by its bare name: `sbatch`, `matlab`."""
    by_subprocess = bool(item.frames) and item.frames[-1].file.endswith(
        ("/subprocess.py", "/asyncio/unix_events.py")
    )
    return by_subprocess and re.fullmatch(r"[\w+-]+", path) is not None


_OPENED_BY_HDF5 = re.compile(r"(?i)name = '(?P<path>[^'\n]+)', errno = 2, error message = '")
"""How the HDF5 library tells that a file is not there: until h5py 3.2 in a plain OSError without a file name."""


_LIBRARY = re.compile(
    r"(?P<folder>[\w./-]*/)?(?:lib)?(?P<stem>[\w-]+)\.so(?:\.\d+)*: cannot open shared object file"
)


def is_built_by_gpu_tools(message: str, tree: Tree) -> bool:
    """Whether a shared library that is not there is the repository's own, to be compiled from its CUDA code."""
    found = _LIBRARY.search(message)
    if found is None:
        return False
    sources = [PurePosixPath(path).stem for path in tree.files if path.endswith(".cu")]
    folder = found["folder"] or ""
    own = bool(folder) and (not folder.startswith("/") or folder.startswith(f"{SOURCE}/"))
    return found["stem"] in sources or (own and bool(sources))


def _path_in(message: str) -> str:
    """Return the path that a message quotes, else the message."""
    quoted = re.findall(r"['\"]([^'\"\n]+)['\"]", message)
    bare = re.findall(r"(?<![\w/])[\w.~/-]*/[\w./-]+|\b[\w-]+\.[A-Za-z]\w{1,6}\b", message)
    return next((text for text in (*quoted, *bare) if "/" in text or "." in text), message)


def _asked_last(report: StartReport) -> str:
    main = next((process for process in report.processes if process.main), None)
    for process in [main] if main is not None else report.processes[:3]:
        if process is not None and process.absent:
            telling = [
                item.path for item in process.absent if is_data_path(item.path) or is_weights_path(item.path)
            ]
            return (telling or [process.absent[-1].path])[-1]
    return ""


def _is_about_files(raised: Raised) -> bool:
    """Whether an exception may follow from a file that is not there: empty lists, None instead of an image."""
    lowered = raised.message.lower()
    return any(sign in lowered for sign in DEMANDS)


def module_cause(name: str, tree: Tree) -> str:
    """Say what the lack of a module means: it is there but out of reach, to be installed or built, or nowhere."""
    top = name.partition(".")[0]
    here = any(path.split("/")[-1] == f"{top}.py" for path in tree.files) or any(
        folder.split("/")[-1] == top for folder in tree.folders
    )
    entry = distribution_for(top, name)
    if here and "." not in name:
        return "module_out_of_reach"
    made = next((each for each in built_modules(tree) if _is_extension(each, name)), None) if here else None
    if made is not None:
        return "needs_gpu_toolchain" if _GPU_BUILD.search(tree.read(made.path)) else "build_backend_error"
    if entry is not None and entry.status in (Status.CUDA, Status.OFF_INDEX):
        return "needs_gpu_toolchain" if entry.status is Status.CUDA else "undeclared_dependency"
    had = entry is not None and entry.name and entry.status not in (Status.PRIVATE, Status.NEVER)
    return "undeclared_dependency" if had and not here else "missing_in_repository"


def _is_extension(made: BuiltModule, name: str) -> bool:
    """Whether an installation builds a module: neither a package around one, nor code that a reader generates."""
    around = made.name.startswith(f"{name}.")
    return made.serves(name) and not around and not made.path.endswith((".proto", ".ui"))


_GPU_BUILD = re.compile(r"\bCUDAExtension\b|\bCUDA_ADD_LIBRARY\b|__global__|LANGUAGES[^)]{0,200}\bCUDA\b")
"""What a file that describes a build, or its source, has where a GPU toolchain makes it."""


def file_cause(path: str, tree: Tree) -> str:
    """Say whose a file that is not there is: the repository's (code, configuration), or the user's."""
    relative = path.removeprefix(f"{SOURCE}/").removeprefix("./")
    if is_weights_path(relative):
        return "needs_weights"
    if is_data_path(relative):
        return "needs_data"
    if is_config_or_code(relative):
        return "missing_in_repository"
    return "needs_data" if path.startswith("/") and not path.startswith(SOURCE) else _by_folder(relative, tree)


def _by_folder(relative: str, tree: Tree) -> str:
    """Judge a file of no telling kind by its folder: beside committed files it was to be committed as well.

    A folder that only keeps its place waits for what its user brings.
    """
    folder = relative.rpartition("/")[0]
    beside = (path for path in tree.files if folder and path.startswith(f"{folder}/"))
    return "missing_in_repository" if any(not _keeps_a_place(path) for path in beside) else "needs_data"


def _keeps_a_place(path: str) -> bool:
    """Whether a file is there for its folder's sake only: git keeps no empty folders."""
    name = PurePosixPath(path).name.lower()
    return name in {"__init__.py", "placeholder", "placeholder.txt"} or name.startswith(
        (".git", ".keep", "readme")
    )


def _by_text(report: StartReport, tree: Tree) -> StartOutcome:
    """Judge by the end of the log where no process was watched to its end."""
    if not report.started:
        return _outcome("missing_compiler_or_command", "there is no such program", report.errors)
    cause = message_cause("", report.errors[-4000:]) or message_cause("", report.output[-2000:])
    asked = _asked_last(report)
    if cause is None and asked:
        return _outcome(file_cause(asked, tree), f"wants {asked}", _last_line(report.errors or report.output))
    return _outcome(cause or "crash", f"exit code {report.exit_code}", _last_line(report.errors or report.output))


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().split("\n") if line.strip()]
    return lines[-1] if lines else ""
