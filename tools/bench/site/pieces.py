"""The pieces of stories about made-up repositories: plans, steps with their logs, attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from checker.core.values.plans import BuildPlan, Evidence, Phase, Repair, Rung, Step, Way
from checker.core.values.results import Attempt, Cause, RungResult, StepResult, StepStatus
from checker.judging.causes import make_cause

PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "torch",
    "torchvision",
    "transformers",
    "einops",
    "tqdm",
    "pyyaml",
    "matplotlib",
    "hydra-core",
    "networkx",
    "librosa",
    "opencv-python",
    "timm",
    "wandb",
    "sentencepiece",
)
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


def ground(rng: Random, year: int) -> Ground:
    """Return a ground to tell a story on."""
    day = datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=rng.randrange(300))
    names = sorted(rng.sample(PACKAGES, rng.randrange(4, 9)))
    return Ground(
        day, rng, tuple(f"{name}=={rng.randrange(3)}.{rng.randrange(24)}.{rng.randrange(6)}" for name in names)
    )


def plan(g: Ground, way: Way, *repairs: Repair) -> BuildPlan:
    """Return the plan of an attempt."""
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
        ecosystem="python",
        way=way,
        declared=True,
        interpreter=python,
        requirements=g.packages,
        lock=g.packages,
        cutoff=None if way is Way.AS_PUBLISHED else g.date + timedelta(days=1),
        evidence=(said, chosen),
        repairs=repairs,
    )


def ran(
    g: Ground,
    name: str,
    phase: Phase,
    argv: str,
    log: str,
    status: StepStatus = StepStatus.PASSED,
    why: Cause | None = None,
) -> StepResult:
    """Return a step that was run."""
    code = {StepStatus.PASSED: 0, StepStatus.SKIPPED: None}.get(status, 1)
    return StepResult(
        step=Step(name=name, phase=phase, argv=tuple(argv.split())),
        status=status,
        exit_code=code,
        log=log,
        cause=why,
        seconds=round(g.rng.uniform(0.4, 60.0), 1),
        peak_memory=g.rng.randrange(60, 2400) * 1_000_000,
    )


def resolved(g: Ground) -> StepResult:
    """Return a resolver that found versions."""
    return ran(
        g,
        "resolve",
        Phase.RESOLVE,
        "uv pip compile requirements.txt",
        f"Resolved {len(g.packages) * 7} packages in 1.2s",
    )


def installed(g: Ground) -> StepResult:
    """Return an installation that went well."""
    log = "\n".join(f" + {line}" for line in g.packages * 4)
    return ran(g, "install", Phase.INSTALL, "uv pip install --requirement lock.txt", f"{log}\nInstalled in 8.1s")


def imported(g: Ground) -> StepResult:
    """Return imports that were all found."""
    return ran(
        g, "import", Phase.IMPORT, "python imports.py", f"{g.rng.randrange(9, 60)} imports found, none missing"
    )


def attempt(plan: BuildPlan, results: tuple[StepResult, ...], upto: Rung, why: Cause | None) -> Attempt:
    """Return an attempt whose rungs hold up to one."""
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


def stopped(g: Ground, way: Way, name: str, quote: str, log: str, *repairs: Repair) -> Attempt:
    """An attempt that ends at the resolver."""
    why = make_cause(name, Evidence(claim="the log says so", source="log", text=quote))
    failed = ran(g, "resolve", Phase.RESOLVE, "uv pip compile requirements.txt", log, StepStatus.FAILED, why)
    skipped = ran(g, "install", Phase.INSTALL, "uv pip install --requirement lock.txt", "", StepStatus.SKIPPED)
    return attempt(plan(g, way, *repairs), (failed, skipped), Rung.DECLARED, why)


def working(g: Ground, way: Way, upto: Rung = Rung.RUNS, *repairs: Repair) -> Attempt:
    """An attempt that comes as far as it can; below `runs` it stops for data."""
    why = None
    results = [
        resolved(g),
        installed(g),
        imported(g),
        ran(g, "usage", Phase.ANSWER, "python train.py --help", "usage: train.py"),
    ]
    if upto is Rung.STARTS:
        quote = "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.jsonl'"
        why = make_cause("needs_data", Evidence(claim="the log says so", source="log", text=quote))
        trace = 'Traceback (most recent call last):\n  File "train.py", line 88, in main\n    read(data)\n'
        log = "loading configuration configs/base.yaml\n" * 30 + trace + quote
        results.append(ran(g, "train.py", Phase.START, "python train.py --epochs 1", log, StepStatus.LIMIT, why))
    elif upto is Rung.RUNS:
        results.append(ran(g, "tests", Phase.TEST, "python -m pytest -q", "...............\n15 passed in 3.41s"))
    return attempt(plan(g, way, *repairs), tuple(results), upto, why)


def no_wheel(g: Ground, way: Way) -> Attempt:
    """Return an attempt that ends for want of a build for today's Python."""
    line = g.packages[-1]
    quote = f"  × No solution found: {line} has no wheels with a matching Python version tag (e.g., `cp313`)"
    log = f"Using CPython 3.13.2\n{quote}\n      hint: only found wheels for cp36 to cp38"
    return stopped(g, way, "no_matching_python", quote.strip(), log)


def imports_fail(g: Ground, way: Way, name: str, quote: str, *repairs: Repair) -> Attempt:
    """Return an attempt that ends at an import."""
    why = make_cause(name, Evidence(claim="train.py imports it", source="train.py", line=14, text=quote))
    trace = 'Traceback (most recent call last):\n  File "/code/src/train.py", line 14, in <module>\n'
    log = "checking 31 imports\n" * 40 + trace + quote + "\n" + "30 of 31 imports found\n" * 3
    failed = ran(g, "import", Phase.IMPORT, "python imports.py", log, StepStatus.FAILED, why)
    return attempt(plan(g, way, *repairs), (resolved(g), installed(g), failed), Rung.BUILT, why)
