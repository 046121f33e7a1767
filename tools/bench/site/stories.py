"""What becomes of a made-up repository: a story is a plan, its steps with their logs, and where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from checker.causes import cause
from checker.models import (
    Attempt,
    BuildPlan,
    Cause,
    Evidence,
    Missing,
    Phase,
    Repair,
    Rung,
    RungResult,
    Step,
    StepResult,
    StepStatus,
    Way,
)

PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "torch", "torchvision", "transformers", "einops", "tqdm", "pyyaml",
            "matplotlib", "hydra-core", "networkx", "librosa", "opencv-python", "timm", "wandb", "sentencepiece")  # fmt: skip
PYTHONS = {
    2019: "3.6",
    2020: "3.7",
    2021: "3.8",
    2022: "3.9",
    2023: "3.10",
    2024: "3.11",
    2025: "3.12",
    2026: "3.13",
}


class Ground(NamedTuple):
    """What a story is told about: the date of the code, its random choices, the packages it wants."""

    date: datetime
    rng: Random
    packages: tuple[str, ...]


class Story(NamedTuple):
    """The attempts that were carried out and what was found missing."""

    attempts: tuple[Attempt, ...]
    missing: tuple[Missing, ...] = ()


def ground(rng: Random, year: int) -> Ground:
    """Return a ground to tell a story on."""
    day = datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=rng.randrange(300))
    names = sorted(rng.sample(PACKAGES, rng.randrange(4, 9)))
    return Ground(
        day, rng, tuple(f"{name}=={rng.randrange(3)}.{rng.randrange(24)}.{rng.randrange(6)}" for name in names)
    )


# ---------------------------------------------------------------- pieces


def _plan(g: Ground, way: Way, *repairs: Repair) -> BuildPlan:
    python = "3.13" if way is Way.AS_PUBLISHED else PYTHONS.get(g.date.year, "3.13")
    said = Evidence(
        claim="requirements come from requirements.txt", source="requirements.txt", line=1, text=g.packages[0]
    )
    chosen = (
        Evidence(claim=f"Python {python}: the one that a newcomer has today", source="date")
        if way is Way.AS_PUBLISHED
        else Evidence(
            claim=f"Python {python}: the README names it", source="README.md", line=24, text=f"Python {python}"
        )
    )
    return BuildPlan(
        ecosystem="python", way=way, declared=True, interpreter=python, requirements=g.packages, lock=g.packages,
        cutoff=None if way is Way.AS_PUBLISHED else g.date + timedelta(days=1), evidence=(said, chosen), repairs=repairs,
    )  # fmt: skip


def _ran(
    g: Ground,
    name: str,
    phase: Phase,
    argv: str,
    log: str,
    status: StepStatus = StepStatus.PASSED,
    why: Cause | None = None,
) -> StepResult:
    code = {StepStatus.PASSED: 0, StepStatus.SKIPPED: None}.get(status, 1)
    return StepResult(
        step=Step(name=name, phase=phase, argv=tuple(argv.split())), status=status, exit_code=code, log=log, cause=why,
        seconds=round(g.rng.uniform(0.4, 60.0), 1), peak_memory=g.rng.randrange(60, 2400) * 1_000_000,
    )  # fmt: skip


def _resolved(g: Ground) -> StepResult:
    return _ran(
        g,
        "resolve",
        Phase.RESOLVE,
        "uv pip compile requirements.txt",
        f"Resolved {len(g.packages) * 7} packages in 1.2s",
    )


def _installed(g: Ground) -> StepResult:
    log = "\n".join(f" + {line}" for line in g.packages * 4)
    return _ran(g, "install", Phase.INSTALL, "uv pip install --requirement lock.txt", f"{log}\nInstalled in 8.1s")


def _imported(g: Ground) -> StepResult:
    return _ran(
        g, "import", Phase.IMPORT, "python imports.py", f"{g.rng.randrange(9, 60)} imports found, none missing"
    )


def _attempt(plan: BuildPlan, results: tuple[StepResult, ...], upto: Rung, why: Cause | None) -> Attempt:
    rungs = tuple(
        RungResult(
            rung=rung,
            holds=rung.height <= upto.height or (None if why is None or rung.height > upto.height + 1 else False),
            evidence=(
                Evidence(claim=_CLAIMS[rung], source="requirements.txt" if rung is Rung.DECLARED else "log"),
            )
            if rung.height <= upto.height
            else (),
        )
        for rung in Rung
    )
    seconds = round(sum(result.seconds for result in results), 1)
    return Attempt(plan=plan, results=results, rungs=rungs, cause=why, seconds=seconds)


_CLAIMS = {
    Rung.CODE: "source files of Python",
    Rung.DECLARED: "the dependencies are stated",
    Rung.RESOLVED: "the resolver found one set of versions",
    Rung.BUILT: "every installation step ended with 0",
    Rung.IMPORTABLE: "every import of its code was found",
    Rung.ANSWERS: "train.py prints its usage",
    Rung.STARTS: "the README's command started",
    Rung.RUNS: "its tests pass",
}


def _stopped(g: Ground, way: Way, name: str, quote: str, log: str, *repairs: Repair) -> Attempt:
    """An attempt that ends at the resolver."""
    why = cause(name, Evidence(claim="the log says so", source="log", text=quote))
    failed = _ran(g, "resolve", Phase.RESOLVE, "uv pip compile requirements.txt", log, StepStatus.FAILED, why)
    skipped = _ran(g, "install", Phase.INSTALL, "uv pip install --requirement lock.txt", "", StepStatus.SKIPPED)
    return _attempt(_plan(g, way, *repairs), (failed, skipped), Rung.DECLARED, why)


def _working(g: Ground, way: Way, upto: Rung = Rung.RUNS, *repairs: Repair) -> Attempt:
    """An attempt that comes as far as it can; below `runs` it stops for data."""
    why = None
    results = [
        _resolved(g),
        _installed(g),
        _imported(g),
        _ran(g, "usage", Phase.ANSWER, "python train.py --help", "usage: train.py"),
    ]
    if upto is Rung.STARTS:
        quote = "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.jsonl'"
        why = cause("needs_data", Evidence(claim="the log says so", source="log", text=quote))
        trace = 'Traceback (most recent call last):\n  File "/src/train.py", line 88, in main\n    records = read(options.data)\n'
        log = "loading configuration configs/base.yaml\n" * 30 + trace + quote
        results.append(_ran(g, "train.py", Phase.START, "python train.py --epochs 1", log, StepStatus.LIMIT, why))
    elif upto is Rung.RUNS:
        results.append(_ran(g, "tests", Phase.TEST, "python -m pytest -q", "...............\n15 passed in 3.41s"))
    return _attempt(_plan(g, way, *repairs), tuple(results), upto, why)


def _no_wheel(g: Ground, way: Way) -> Attempt:
    line = g.packages[-1]
    quote = f"  × No solution found: {line} has no wheels with a matching Python version tag (e.g., `cp313`)"
    log = f"Using CPython 3.13.2\n{quote}\n      hint: You require CPython 3.13, but only found wheels for cp36 to cp38"
    return _stopped(g, way, "no_matching_python", quote.strip(), log)


def _imports_fail(g: Ground, way: Way, name: str, quote: str, *repairs: Repair) -> Attempt:
    why = cause(name, Evidence(claim="train.py imports it", source="train.py", line=14, text=quote))
    trace = 'Traceback (most recent call last):\n  File "/src/train.py", line 14, in <module>\n'
    log = "checking 31 imports\n" * 40 + trace + quote + "\n" + "30 of 31 imports found\n" * 3
    failed = _ran(g, "import", Phase.IMPORT, "python imports.py", log, StepStatus.FAILED, why)
    return _attempt(_plan(g, way, *repairs), (_resolved(g), _installed(g), failed), Rung.BUILT, why)


# ---------------------------------------------------------------- stories


def runs(g: Ground) -> Story:
    """It runs as published."""
    return Story((_working(g, Way.AS_PUBLISHED),))


def starts(g: Ground) -> Story:
    """It starts as published and stops for data."""
    return Story((_working(g, Way.AS_PUBLISHED, Rung.STARTS),))


def dated(g: Ground) -> Story:
    """Its pins have no build for today's Python; at its date it starts."""
    return Story((_no_wheel(g, Way.AS_PUBLISHED), _working(g, Way.PERIOD, Rung.STARTS)))


def repaired(g: Ground) -> Story:
    """It needs an older setuptools, which is added."""
    quote = "ModuleNotFoundError: No module named 'pkg_resources'"
    mend = Repair(
        name="old_setuptools", signature=quote, changed="setuptools<81 added to the environment",
        evidence=(Evidence(claim="the log of the attempt before says so", source="log", text=quote),),
        hint="Name setuptools with a version in the requirements, or use importlib.metadata.",
    )  # fmt: skip
    before = [_imports_fail(g, way, "undeclared_dependency", quote) for way in (Way.AS_PUBLISHED, Way.PERIOD)]
    return Story((*before, _working(g, Way.REPAIRED, Rung.RUNS, mend)))


def incomplete(g: Ground) -> Story:
    """It imports a module that was never committed."""
    quote = "ModuleNotFoundError: No module named 'utils.metrics'"
    wanted = Evidence(claim="imported", source="train.py", line=14, text="from utils.metrics import score")
    tries = tuple(_imports_fail(g, way, "missing_in_repository", quote) for way in (Way.AS_PUBLISHED, Way.PERIOD))
    return Story(tries, (Missing(kind="module", name="utils.metrics", wanted_by=(wanted,)),))


def conflicting(g: Ground) -> Story:
    """Its versions contradict each other, whatever the date."""
    first, last = g.packages[0], g.packages[-1]
    quote = f"  ╰─▶ Because {first} and {last} depend on different versions of typing-extensions, your requirements are"
    log = f"Using CPython 3.13.2\n  × No solution found when resolving dependencies:\n{quote} unsatisfiable."
    return Story(
        tuple(
            _stopped(g, way, "dependency_conflict", quote.strip(), log) for way in (Way.AS_PUBLISHED, Way.PERIOD)
        )
    )


def suffixed(g: Ground) -> Story:
    """It pins a version that is not on the index."""
    quote = "  ╰─▶ Because there is no version of torch==1.7.1+cu110 and you require torch==1.7.1+cu110, your requirements"
    log = f"  × No solution found when resolving dependencies:\n{quote} are unsatisfiable."
    mend = Repair(
        name="local_version", signature="no version of torch==1.7.1+cu110", changed="torch==1.7.1+cu110 became torch==1.7.1",
        evidence=(Evidence(claim="a build for CUDA 11.0", source="requirements.txt", line=3, text="torch==1.7.1+cu110"),),
        hint="Pin torch==1.7.1; the CUDA build is chosen where it is installed.",
    )  # fmt: skip
    before = [_stopped(g, way, "version_gone", quote.strip(), log) for way in (Way.AS_PUBLISHED, Way.PERIOD)]
    return Story((*before, _working(g, Way.REPAIRED, Rung.STARTS, mend)))


def answering(g: Ground) -> Story:
    """It prints its usage, and nothing was seen to run."""
    return Story((_working(g, Way.AS_PUBLISHED, Rung.ANSWERS),))


STORIES: tuple[tuple[int, Callable[[Ground], Story]], ...] = (
    (20, runs), (14, starts), (16, dated), (13, repaired), (11, incomplete), (8, conflicting), (10, suffixed), (8, answering),
)  # fmt: skip
"""How often each is told, in a hundred; the numbers are made up, as everything here is."""
