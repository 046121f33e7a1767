"""Prepares a plan: resolves in the sandbox, fetches wheels with the trusted tool, then installs offline."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from checker.core.values.plans import BuildPlan, Evidence, Phase, Step
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.base import Prepared, RunStep
from checker.ecosystems.python.code.pythonpath import NAME as PYTHONPATH
from checker.ecosystems.python.distributions.cpu_builds import split_for_cpu
from checker.ecosystems.python.planning.relaxing import relax_plan, remove_intention, wants_relaxing
from checker.ecosystems.python.planning.steps import LOCK, install
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.tools import PythonTools

FETCH_SECONDS = 1200
#: What compiled code is loaded beside.
#:
#: What only compiles it (setuptools, wheel, ninja, Cython) does not count: a build sees its own requirements, or
#: what was installed before the lock, and never the lock's.
_ABI = frozenset(
    {"cffi", "cupy", "jax", "jaxlib", "mxnet", "numpy", "scipy", "tensorflow", "tensorflow-cpu", "torch"}
)

_LEFT = re.compile(r"^no wheel, left to the sandbox: (\S+)$", re.MULTILINE)


def prepare(plan: BuildPlan, toolbox: PythonTools, run: RunStep) -> Prepared:
    """Carry out the plan's steps up to the lock, and say in the plan what the lock holds.

    Where every entry of the lock is a wheel that the cache now holds, the installation needs neither network
    nor index date: two ways with the same lock are then the same work.
    """
    settled = _take_until_resolved(plan.steps)
    results: list[StepResult] = []
    for step in settled:
        results.append(run(step))
        if wants_relaxing(plan, results[-1]):
            plan, results[-1] = relax_plan(plan, results[-1], run)
        if not results[-1].passed and step.required:
            break
    plan = remove_intention(plan)
    rest = plan.steps[len(settled) :]
    text = next((text for r in results if (text := r.output(LOCK)) is not None and r.passed), None)
    if text is None:
        return Prepared(plan=plan, results=tuple(results))
    lock = read_lock(text)
    # What the repository holds itself is no other package's of that name and version on the index.
    is_own = bool(spec_of(plan).find_links)
    for candidate in () if is_own else (_exchange_for_cpu_builds(plan, lock, toolbox), (plan, lock)):
        if candidate is not None:
            plan, lock = candidate
            fetched = _bring(plan, lock, toolbox)
            if fetched.status is StepStatus.DISK_LIMIT:
                return _prepare_stopped(plan.with_(lock=lock, steps=(*settled, *rest)), fetched, tuple(results))
            if _is_whole(fetched, lock):
                return _prepare_offline(plan, lock, settled, rest, tuple(results))
    plan = plan.with_(lock=lock, steps=(*settled, *rest))
    return Prepared(plan=plan, results=tuple(results), builds=name_builds(plan))


def _bring(plan: BuildPlan, lock: tuple[str, ...], toolbox: PythonTools) -> StepResult:
    """Fetch what a lock pins."""
    pinned = "".join(f"{line}\n" for line in lock if is_exact(line))
    return toolbox.fetch(pinned, interpreter=plan.interpreter or "", indexes=plan.indexes, seconds=FETCH_SECONDS)


def _is_whole(fetched: StepResult, lock: tuple[str, ...]) -> bool:
    """Whether the cache now holds a wheel for every line of a lock."""
    return fetched.passed and not _LEFT.search(fetched.log) and all(is_exact(line) for line in lock)


def _prepare_stopped(plan: BuildPlan, fetched: StepResult, results: tuple[StepResult, ...]) -> Prepared:
    """Let the installation end where fetching for it did: at the limit for the disk."""
    wanted = next((step for step in plan.steps if step.name == "install"), None)
    over = () if wanted is None else (fetched.model_copy(update={"step": wanted}),)
    return Prepared(plan=plan, results=(*results, *over), builds=name_builds(plan))


def _prepare_offline(
    plan: BuildPlan,
    lock: tuple[str, ...],
    settled: tuple[Step, ...],
    rest: tuple[Step, ...],
    results: tuple[StepResult, ...],
) -> Prepared:
    """Install from the cache alone."""
    files = (*plan.files, ("lock.txt", "".join(f"{line}\n" for line in lock)))
    steps = tuple(install(plan, offline=True) if step.name == "install" else step for step in rest)
    return Prepared(plan=plan.with_(files=files, lock=lock, steps=(*settled, *steps)), results=results)


def _exchange_for_cpu_builds(
    plan: BuildPlan, lock: tuple[str, ...], toolbox: PythonTools
) -> tuple[BuildPlan, tuple[str, ...]] | None:
    """Exchange builds for CUDA for builds for processors, where their index has them; the plan says so."""
    index, split = toolbox.cpu_index, split_for_cpu(lock, plan.requirements)
    if index is None or split is None or index in plan.indexes:
        return None
    exchanged, others = split
    wanted = "".join(f"{line}\n" for line in exchanged)
    fetched = toolbox.fetch(wanted, interpreter=plan.interpreter or "", indexes=(index,), seconds=FETCH_SECONDS)
    if not fetched.passed or _LEFT.search(fetched.log):
        return None
    said = Evidence(claim=f"builds for processors: {', '.join(exchanged)}", source=index)
    return plan.with_(indexes=(*plan.indexes, index), evidence=(*plan.evidence, said)), (*exchanged, *others)


def name_builds(plan: BuildPlan) -> str:
    """Name what compiled code depends on: attempts that differ in none of it may share their builds.

    A wheel built against one torch or numpy cannot be loaded beside another, and its name does not say so. Folders
    of the repository on the path change nothing about what comes from an index.
    """
    pins = [line for line in plan.lock if not is_exact(line) or canonicalize_name(Requirement(line).name) in _ABI]
    spec = spec_of(plan)
    built = (spec.preinstall, spec.no_build_isolation)
    env = [pair for pair in plan.env if pair[0] != PYTHONPATH]
    ground = (plan.interpreter, plan.cutoff, plan.system_packages, env, plan.indexes, built, sorted(pins))
    return hashlib.sha256(repr(ground).encode()).hexdigest()[:16]


def _take_until_resolved(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the leading steps up to the last that resolves; none where nothing is to be resolved."""
    last = max((n for n, step in enumerate(steps) if step.phase is Phase.RESOLVE), default=-1)
    return tuple(steps[: last + 1])


def read_lock(text: str) -> tuple[str, ...]:
    """Return the requirement lines of a lock, without comments, options and continuation marks."""
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line and line[0] not in "#-")


def is_exact(line: str) -> bool:
    """Whether a line names one version on an index: what a trusted tool may fetch."""
    try:
        found = Requirement(line)
    except InvalidRequirement:
        return False
    return found.url is None and [s.operator for s in found.specifier] == ["=="]
