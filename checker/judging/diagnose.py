"""Reads the cause of a failed step: the engine's status first, then exit codes, then the log through a table.

Invariants: a status or an exit code is never overruled by printed text; text only explains a failure that the
engine reported. A failure of ours is looked for before everything else, and only where a step had a network. A
diagnosis never makes a step count more or less: that is the ladder's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from checker.core.plans import Evidence, Phase, Rung
from checker.core.results import Blame, Cause, StepResult, StepStatus
from checker.judging.causes import CAUSES, cause
from checker.judging.import_report import import_errors
from checker.judging.signatures.building import BUILDING_ROWS
from checker.judging.signatures.ours import OURS
from checker.judging.signatures.paths import PATHS, opened
from checker.judging.signatures.row import BUILDING, Signature
from checker.judging.signatures.running import DRIFT, LIMITS, OWN

Recognised = tuple[Signature, Evidence]
"""The row that a text matches, and the line that decided."""

QUOTE = 300
"""Characters of a log line that are quoted as evidence."""

TAIL = 15
"""Last lines that are read where a program stopped without a traceback: earlier ones are news, not the reason."""

RUNTIME_TEXT = 64 * 1024
"""Characters at the end of a program's output that are searched."""

_TRACEBACK = "Traceback (most recent call last):"
_CHAINS = re.compile(r"\n[^\n]*(?:direct cause of the following exception|During handling of the above exception)")
_WRAPPERS = re.compile(
    r"(?:CalledProcessError|ChildFailedError|ProcessRaisedException|ProcessExitedException|DataLoader worker"
    r"|CellExecutionError|InstantiationException|SystemExit)\b"
)
_UV_WARNING = re.compile(r"^warning: [^\n]*\n(?:  cause: [^\n]*\n|         [^\n]*\n)*", re.MULTILINE)
_RETRIES = re.compile(
    r"^\s{0,40}(?:WARNING: Retrying \(Retry\(total=[1-9]|npm (?:WARN|warn) |W: )[^\n]*\n", re.MULTILINE
)


def diagnose(result: StepResult) -> Cause | None:
    """Return why a step failed, or None for one that passed or was not tried."""
    if result.status in (StepStatus.PASSED, StepStatus.SKIPPED):
        return None
    if result.cause is not None:
        return result.cause
    return _by_status(result) or _by_exit_code(result) or _named(recognise(result)) or _unknown(result)


def diagnose_own(result: StepResult) -> Cause:
    """Return why a step failed that put an environment together, where what it says of our failures is refuted."""
    text = without_warnings(result.log)
    return _named(_hit(BUILDING_ROWS, text, result.log)) or _unknown(result)


def diagnose_attempt(results: Sequence[StepResult]) -> Cause | None:
    """Return why an attempt stopped: the first required step that failed decides.

    Where none did, it is what kept it from the next rung: the first failure above the highest rung that was
    reached, else one below it. One script of three that cannot be started is no reason while others start, be it
    as far as a limit; where there is nothing to be started, a question that failed beside one that was answered
    tells. Code that no interpreter of today reads is the reason before a module that is missing as well.
    """
    required = next((r for r in results if r.step.required and _failed(r)), None)
    if required is not None:
        return diagnose(required)
    worked = [r for r in results if r.passed or r.status is StepStatus.LIMIT]
    phases = {r.step.phase for r in worked}
    open_ = [r for r in results if _failed(r) and _height(r) >= 0 and _may_explain(r, phases)]
    top = max(map(_height, worked), default=-1)
    unreadable = next((r.cause for r in open_ if r.cause is not None and r.cause.name == "python2_syntax"), None)
    if unreadable is not None and top <= Rung.IMPORTABLE.height:
        return unreadable
    stopped = min(open_, key=lambda r: (_height(r) < top, _height(r)), default=None)
    if stopped is None and top < Rung.STARTS.height:
        stopped = next((r for r in results if _failed(r) and _height(r) == top), None)
    return None if stopped is None else diagnose(stopped)


def _may_explain(result: StepResult, worked: set[Phase]) -> bool:
    limit = result.status is StepStatus.LIMIT
    return limit or result.step.phase is Phase.IMPORT or result.step.phase not in worked


def _height(result: StepResult) -> int:
    rung = result.step.phase.rung
    return -1 if rung is None else rung.height


def match(text: str, rows: Iterable[Signature]) -> tuple[Signature, re.Match[str]] | None:
    """Return the first row that a text matches, with the place."""
    return next(((row, found) for row in rows if (found := row.pattern.search(text))), None)


def is_pytest(result: StepResult) -> bool:
    """Whether a step runs pytest, whose exit codes have a meaning of their own."""
    names = [word.rsplit("/", 1)[-1] for word in result.step.argv]
    return any(name in ("pytest", "py.test") for name in names)


def _failed(result: StepResult) -> bool:
    return result.status not in (StepStatus.PASSED, StepStatus.SKIPPED)


def _by_status(result: StepResult) -> Cause | None:
    match result.status:
        case StepStatus.TIMED_OUT if result.step.phase is Phase.RESOLVE:
            return cause("registry", _engine(f"no answer within {result.seconds:.0f} s"))
        case StepStatus.TIMED_OUT:
            return cause("time_out", _engine(f"stopped after {result.seconds:.0f} s"))
        case StepStatus.OUT_OF_MEMORY:
            return cause("out_of_memory", _engine("killed by the engine for its use of memory"))
        case StepStatus.DISK_LIMIT:
            return cause("disk_limit", _engine("stopped at the limit for files or disk"))
        case StepStatus.ENGINE_ERROR:
            return _engine_error(result.log)
        case _:
            return None


def _engine_error(log: str) -> Cause:
    """Name what of ours failed; of a connection that broke, the sandbox's own last words tell whose it was."""
    said = _ENGINE_SAYS.search(log)
    if said is not None:
        return cause("storage" if _OUR_DISK in said[1] else "engine", *_last_line(log))
    return _named(_hit(OURS, log, log)) or cause("engine", *_last_line(log))


_ENGINE_SAYS = re.compile(r"^container engine: ([^\n]*)\s*\Z", re.MULTILINE)
_OUR_DISK = "our own disk"


def _by_exit_code(result: StepResult) -> Cause | None:
    """Give pytest's exit codes their documented meaning (docs.pytest.org, "Exit codes")."""
    if not is_pytest(result):
        return None
    match result.exit_code:
        case 5:
            return cause("no_tests", _engine("pytest exit code 5: no tests were collected"))
        case 1:
            return _shared_limit(result.log) or cause("tests_fail", *_summary(result.log, "pytest exit code 1"))
        case 2 | 3 | 4:
            explained = _named(_hit(LIMITS + DRIFT + OWN[:-1], _pytest_errors(result.log), result.log))
            return explained or cause(
                "tests_do_not_collect", *_summary(result.log, f"pytest exit code {result.exit_code}")
            )
        case _:
            return None


def recognise(result: StepResult) -> Recognised | None:
    """Return the first row of the tables that a failed step's output matches, with the line that decided."""
    if result.step.phase in BUILDING:
        text = without_warnings(result.log)
        return _hit(OURS, text, result.log) or _hit(BUILDING_ROWS, text, result.log)
    texts = (*import_errors(result), *focus(result.log))
    return next((found for text in texts if (found := _explain(text, result.log))), None)


def _explain(text: str, log: str) -> Recognised | None:
    """Match a program's last words: limits of the check, what it could not open, drift, its own faults."""
    found = _hit(LIMITS, text, log)
    if found is None and (path := opened(text)) is not None:
        row = next(row for row in PATHS if row.pattern.search(path[1]))
        return row, _quote(path, log, claim=f"could not open {path[1]}")
    return found or _hit(DRIFT + OWN, text, log)


def _named(found: Recognised | None) -> Cause | None:
    return None if found is None else cause(found[0].cause, found[1], hint=found[0].hint)


def _unknown(result: StepResult) -> Cause:
    name = "build_backend_error" if result.step.phase in BUILDING else "crash"
    return cause(name, *_last_line(result.log, f"exit code {result.exit_code}"))


def without_warnings(log: str) -> str:
    """Return a log without warnings and retries: a tool that goes on was not stopped by what it warns of."""
    return _RETRIES.sub("", _UV_WARNING.sub("", log))


def focus(log: str) -> tuple[str, ...]:
    """Return the texts that tell why a program stopped, most telling first.

    That is the last traceback, then the chain it belongs to; where the last one only reports that a child
    failed, all tracebacks; without any, the last lines.
    """
    log = log[-RUNTIME_TEXT:]
    start = log.rfind(_TRACEBACK)
    if start < 0:
        return ("\n".join(log.rstrip().splitlines()[-TAIL:]) + "\n",)
    texts = [log[start:]]
    chained = start
    while (found := _last_chain(log, chained)) >= 0:
        chained = found
    if chained != start:
        texts.append(log[chained:])
    if _WRAPPERS.search(log, start):
        texts = [*texts[1:], log[log.find(_TRACEBACK) :], texts[0]]
    return tuple(texts)


def _last_chain(log: str, start: int) -> int:
    """Return where the traceback begins that the one at `start` is chained to, or -1."""
    previous = log.rfind(_TRACEBACK, 0, start)
    return previous if previous >= 0 and _CHAINS.search(log, previous, start) else -1


def _hit(rows: Iterable[Signature], text: str, log: str) -> Recognised | None:
    hit = match(text, rows)
    return None if hit is None else (hit[0], _quote(hit[1], log))


def _shared_limit(log: str) -> Cause | None:
    """Return the limit of the check that every failed test names in pytest's summary, or None."""
    lines = re.findall(r"^(?:FAILED|ERROR) [^\n]{1,300}? - ([^\n]{1,300})$", log[-RUNTIME_TEXT:], re.MULTILINE)
    found = [_named(_explain(line, log)) for line in lines]
    first = found[0] if found else None
    limits = all(c is not None and CAUSES[c.name].blame is Blame.LIMIT for c in found)
    return first if limits else None


def _pytest_errors(log: str) -> str:
    """Return the lines that pytest marks as errors: `E` in the margin, and its own `ERROR:` lines."""
    marked = re.findall(r"^(?:E  +|ERROR:? |\w*Error: )[^\n]{0,400}", log[-RUNTIME_TEXT:], re.MULTILINE)
    return "\n".join(re.sub(r"^E +", "", line) for line in marked)


def _summary(log: str, claim: str) -> tuple[Evidence, ...]:
    lines = re.findall(
        r"^(?:=+ .*(?:passed|failed|errors?).* =+|(?:FAILED|ERROR) .*)$", log[-RUNTIME_TEXT:], re.MULTILINE
    )
    return (Evidence(claim=claim, source="engine", text=lines[-1][:QUOTE] if lines else ""),)


def _quote(found: re.Match[str], log: str, claim: str = "") -> Evidence:
    """Quote the line of the log in which a match begins; its number counts from 1."""
    text = found.string
    at = found.start() + len(found[0]) - len(found[0].lstrip())
    line = text[text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0]
    place = log.rfind(line)
    number = log.count("\n", 0, place) + 1 if place >= 0 else None
    return Evidence(claim=claim or "the log says so", source="log", line=number, text=line.strip()[:QUOTE])


def _last_line(log: str, claim: str = "last line of the log") -> tuple[Evidence, ...]:
    line = next((line for line in reversed(log.splitlines()) if line.strip()), "")
    return (Evidence(claim=claim, source="log", text=line.strip()[:QUOTE]),)


def _engine(claim: str) -> Evidence:
    return Evidence(claim=claim, source="engine")


def is_limit(found: Cause | None) -> bool:
    """Whether a cause is a limit of the check: the program worked as far as a check can take it."""
    return found is not None and found.blame is Blame.LIMIT
