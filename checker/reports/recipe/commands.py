"""Turns the steps that a check carried out into commands that need nothing of the checker."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from checker.core.container import FILES, PROBES, SOURCE
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Phase, Rung
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.launchers import ONE_PROCESS
from checker.ecosystems.python.outcomes.run_report import read_report
from checker.ecosystems.python.planning.steps import LOCK, make_index_options
from checker.reports.recipe.quoting import write_assignment

#: Folder of the image that holds the recipe's own files.
PLACE = "/recipe"

LOCK_FILE = f"{PLACE}/lock.txt"
NOTEBOOK = f"{PLACE}/notebook.py"
NOTEBOOK_OUT = "/tmp/notebook.json"  # noqa: S108 - inside a container of the user's own

INSTALLING = frozenset({Phase.PREPARE, Phase.INSTALL, Phase.TOOLS})
DATE = "UV_EXCLUDE_NEWER"

_LOCKS = (LOCK, f"{FILES}/lock.txt")
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)

#: Imports every module named on the command line in a process of its own; fails where one of them does.
IMPORT_EACH = (
    "import subprocess, sys; "
    'sys.exit(any([subprocess.call([sys.executable, "-c", "import " + name]) for name in sys.argv[1:]]))'
)


class Sight(Value):
    """A command by which a rung can be seen to hold; `exit_code` is what it ended with in the check.

    `limit` says in words what stopped it, where it was stopped by what a check cannot give.
    """

    rung: Rung
    argv: tuple[str, ...]
    exit_code: int | None = None
    limit: str = ""


def list_install_commands(attempt: Attempt, date: str, *, hashed: bool) -> tuple[tuple[str, ...], ...]:
    """Return the commands that made and filled the environment, in order, each once.

    `date` (ISO 8601) is the index date for what no lock fixes (build requirements, test tools) where the plan
    has none; `hashed` says that every line of the lock has a hash, so that one without is refused.
    """
    done = (r for r in attempt.results if r.passed and r.step.phase in INSTALLING)
    return tuple(dict.fromkeys(_install(result, attempt.plan, date, hashed=hashed) for result in done))


def _install(result: StepResult, plan: BuildPlan, date: str, *, hashed: bool) -> tuple[str, ...]:
    step, argv = result.step, [LOCK_FILE if word in _LOCKS else word for word in result.step.argv]
    env = dict(step.env)
    from_lock = "--requirement" in argv and LOCK_FILE in argv
    if "--offline" in argv:
        # Every entry was a wheel that lay ready, whatever its upload date: wheels alone, and no date, again.
        at = argv.index("--offline")
        argv[at : at + 1] = ["--no-build", *make_index_options(plan)]
    elif step.network and not plan.indexes and not from_lock:
        env.setdefault(DATE, date)
    if from_lock and hashed:
        argv.append("--require-hashes")
    return _write_call(tuple(argv), step.cwd, tuple(env.items()), plan)


def _write_call(
    argv: tuple[str, ...], cwd: str, env: tuple[tuple[str, str], ...], plan: BuildPlan
) -> tuple[str, ...]:
    """Return the command with its own folder and variables, where they are not those of the image."""
    folder = posixpath.normpath(posixpath.join(SOURCE, cwd))
    own = [write_assignment(name, value) for name, value in dict(env).items() if (name, value) not in plan.env]
    options = [f"--chdir={folder}"] if folder != SOURCE else []
    return ("env", *options, *own, *argv) if options or own else argv


# ---------------------------------------------------------------- what shows a rung

_SHOWN_BY: dict[Rung, tuple[tuple[Phase, ...], tuple[StepStatus, ...]]] = {
    Rung.ANSWERS: ((Phase.ANSWER, Phase.TEST), (StepStatus.PASSED,)),
    Rung.STARTS: ((Phase.START, Phase.RUN), (StepStatus.PASSED, StepStatus.LIMIT)),
    Rung.RUNS: ((Phase.RUN, Phase.TEST), (StepStatus.PASSED,)),
}


def find_sights(attempt: Attempt) -> tuple[Sight, ...]:
    """Return a command for each rung that holds and can be seen, lowest first."""
    return tuple(_find_sights({r.rung for r in attempt.rungs if r.holds}, attempt))


def _find_sights(holding: set[Rung], attempt: Attempt) -> Iterator[Sight]:
    if Rung.IMPORTABLE in holding and (imports := _make_import_command(attempt)):
        yield Sight(rung=Rung.IMPORTABLE, argv=imports, exit_code=0)
    for rung, (phases, statuses) in _SHOWN_BY.items():
        fitting = [r for r in attempt.results if r.step.phase in phases and r.status in statuses]
        if rung not in holding or not fitting:
            continue
        best = min(fitting, key=lambda r: (statuses.index(r.status), phases.index(r.step.phase)))
        limit = best.cause.summary if best.cause and best.status is StepStatus.LIMIT else ""
        env = (*best.step.env, *_find_launcher(best))
        argv = _write_call(_strip_watcher(best.step.argv), best.step.cwd, env, attempt.plan)
        yield Sight(rung=rung, argv=argv, exit_code=best.exit_code, limit=limit)


def _find_launcher(result: StepResult) -> tuple[tuple[str, str], ...]:
    """Return the variables with which the watching program stood in for a launcher of several processes."""
    reports = (read_report(text) for _, text in result.collected)
    return ONE_PROCESS if any(report is not None and report.launched for report in reports) else ()


#: Programs of the checker that run the command behind `--`.
_WATCHERS = frozenset({f"{PROBES}/run.py", f"{PROBES}/tests.py"})


def _strip_watcher(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command that the checker watched, without the program that watched it."""
    program = argv[1] if len(argv) > 1 else ""
    if program in _WATCHERS and "--" in argv:
        return argv[argv.index("--") + 1 :]
    if program == f"{PROBES}/notebook.py" and len(argv) > 3:
        return ("python", NOTEBOOK, argv[2], NOTEBOOK_OUT, *argv[4:])
    return argv


def _make_import_command(attempt: Attempt) -> tuple[str, ...]:
    """Return the command that imports what the check imported: each module in a process of its own."""
    result = next((r for r in attempt.results if r.step.phase is Phase.IMPORT and r.passed), None)
    names = tuple(_read_imported(result)) if result is not None else ()
    if result is None or not names:
        return ()
    return _write_call(("python", "-c", IMPORT_EACH, *names), result.step.cwd, result.step.env, attempt.plan)


def _read_imported(result: StepResult) -> Iterator[str]:
    """Yield the modules that the import step's report names as found; it was written inside the sandbox."""
    try:
        report = json.loads(result.collected[0][1]) if result.collected else {}
        rows = report.get("modules", []) if isinstance(report, dict) else []
    except (ValueError, RecursionError):
        return
    for row in rows if isinstance(rows, list) else []:
        seen = isinstance(row, dict) and row.get("status") == "ok" and "path" not in row
        name = row.get("name") if seen else None
        if isinstance(name, str) and _MODULE.fullmatch(name):
            yield name
