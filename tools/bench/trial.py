"""A newcomer's trial of one repository: `docker build`, then the same questions as the checker asks."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.core.container import FILES, PROBES, Limits
from checker.core.settings import Settings
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Phase, Rung, Step, Way
from checker.core.values.results import Attempt, Missing, StepResult, StepStatus
from checker.ecosystems.python.outcomes.interpret import interpret
from checker.ecosystems.python.planning.trial_steps import Climb, plan_climb
from checker.ecosystems.python.survey import survey
from checker.judging.ladder import climb, holds
from checker.judging.programs import is_answered
from checker.sandbox.docker import access
from checker.sandbox.provision.images import Images
from tools.bench.names import Names, report_of, sort_names, wanted_of
from tools.bench.plain import Built, Plain
from tools.bench.recipe import (
    CA_FILE,
    CA_PLACE,
    CONDA_PART,
    PYTHON,
    Specification,
    dockerfile,
    specification,
    with_tools,
)

BUILD_SECONDS = 1800.0
"""The checker's own limit for one installation."""

_CHECKER = Path(__file__).resolve().parents[2] / "checker"


class Trial(Value):
    """How it went: `cold` and `warm` are the seconds of building without and with the engine's layers.

    `trying` are the seconds of the questions afterwards; `source` is the file that was installed from.
    """

    source: str | None
    built: bool = False
    cold: float = 0.0
    warm: float = 0.0
    trying: float = 0.0
    importable: bool | None = None
    answers: bool | None = None
    starts: bool | None = None
    names: Names = Names()
    why: str = ""


def try_repository(root: Path, missing: Sequence[Missing], engine: Plain, seconds: float = BUILD_SECONDS) -> Trial:
    """Build and try a checkout; `missing` are modules that are known to exist nowhere.

    Raises:
        EngineFailure: the base image could not be made.

    """
    settings = engine.settings
    tree = Tree(root)
    found, tag = specification(tree), f"checker-bench/newcomer:{engine.run}"
    plan, steps = _questions(tree)
    none_found = sort_names(wanted_of(Attempt(plan=plan)), {}, missing)
    if found is None:
        return Trial(source=None, names=none_found, why="nothing at the root says what to install")
    base = Images(engine.client, settings).ensure("python").tag
    with TemporaryDirectory(prefix="checker-bench-") as name:
        context = _context(Path(name), root, found, base, engine)
        cold = _build(engine, context, tag, seconds, fresh=True)
        warm = _build(engine, context, tag, seconds, fresh=False)
    if not cold.built:
        return Trial(
            source=found.source, cold=cold.seconds, warm=warm.seconds, names=none_found, why=why_not(cold)
        )
    results = _ask(tree, plan, steps, tag, engine)
    rungs = climb(has_code=True, declared=True, plan=plan, results=results)
    attempt = Attempt(plan=plan, results=tuple(results), rungs=rungs)
    return Trial(
        source=found.source,
        built=True,
        cold=cold.seconds,
        warm=warm.seconds,
        trying=round(sum(r.seconds for r in results), 2),
        importable=holds(rungs, Rung.IMPORTABLE),
        answers=holds(rungs, Rung.ANSWERS),
        starts=holds(rungs, Rung.STARTS),
        names=sort_names(wanted_of(attempt), report_of(attempt), missing),
    )


def _questions(tree: Tree) -> tuple[BuildPlan, Climb]:
    """Return what is asked once something is installed: what the checker asks, for the newcomer's interpreter."""
    seen = survey(tree)
    plan = BuildPlan(
        ecosystem="python", way=Way.AS_PUBLISHED, project=seen.project.folder, interpreter=PYTHON, declared=True
    )
    steps = plan_climb(plan, seen)
    return plan.with_(steps=steps.steps, files=steps.files), steps


def _context(folder: Path, root: Path, found: Specification, base: str, engine: Plain) -> Path:
    """Lay out what the engine is given to build from."""
    settings = engine.settings
    shutil.copytree(root, folder / "source", symlinks=True, ignore_dangling_symlinks=True)
    if found.written:
        (folder / CONDA_PART).write_text(found.written, encoding="utf-8")
    if settings.ca_bundle is not None:
        shutil.copyfile(settings.ca_bundle, folder / CA_FILE)
    text = dockerfile(base, engine.run, found, env=_index(settings), certificates=settings.ca_bundle is not None)
    (folder / "Dockerfile").write_text(text, encoding="utf-8")
    return folder


def _index(settings: Settings) -> dict[str, str]:
    """Return the variables by which pip reaches this machine's package index."""
    known = access.make_index_environment(settings, secrets=False)
    known |= access.make_ca_environment(CA_PLACE) if settings.ca_bundle is not None else {}
    return {name: value for name, value in known.items() if not name.startswith("UV_")}


def _build(engine: Plain, context: Path, tag: str, seconds: float, *, fresh: bool) -> Built:
    return engine.build(context, tag, seconds=seconds, fresh=fresh, memory=engine.settings.limits.memory_bytes)


def why_not(built: Built) -> str:
    """Return the line of a failed build that tells most."""
    if built.timed_out:
        return "time-out"
    lines = [line.strip() for line in built.log.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "e:")) or "Error:" in line]
    return (errors or lines or ["no output"])[-1][:300]


def _ask(tree: Tree, plan: BuildPlan, steps: Climb, tag: str, engine: Plain) -> list[StepResult]:
    """Ask in containers without network or rights; test and notebook tools are added first, and not timed."""
    wanted = tuple(dict.fromkeys(package for packages in steps.tools for package in packages))
    if wanted:
        with TemporaryDirectory(prefix="checker-bench-") as name:
            Path(name, "Dockerfile").write_text(with_tools(tag, engine.run, wanted), encoding="utf-8")
            _build(engine, Path(name), tag, BUILD_SECONDS, fresh=True)
    results: list[StepResult] = []
    with TemporaryDirectory(prefix="checker-bench-") as name:
        for path, text in plan.files:
            Path(name, path).write_text(text, encoding="utf-8", errors="surrogateescape")
            Path(name, path).chmod(0o644)
        Path(name).chmod(0o755)
        for step in plan.steps:
            if step.phase is not Phase.TEST and not is_answered(step, results):
                result = _run(step, tag, Path(name), engine)
                known = result.status is not StepStatus.ENGINE_ERROR
                results.append(interpret(tree, result, plan) if known else result)
    return results


def _run(step: Step, tag: str, files: Path, engine: Plain) -> StepResult:
    limits: Limits = engine.settings.limits
    host = {
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "mem_limit": limits.memory_bytes,
        "memswap_limit": limits.memory_bytes,
        "pids_limit": limits.pids,
        "init": True,
    }
    binds = {FILES: (files, True), PROBES: (_CHECKER / "sandbox" / "probes", True)}
    return engine.step(tag, step, binds=binds, env={}, limits=limits, host=host)
