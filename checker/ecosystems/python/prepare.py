"""Between plan and climb: resolve in the sandbox, fetch wheels with the trusted tool, then install offline."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from checker.ecosystems.base import Prepared, RunStep, Toolbox
from checker.ecosystems.python.steps import LOCK, install
from checker.models import BuildPlan, Phase, Step, StepResult

FETCH_SECONDS = 1200
_SETTLING = frozenset({Phase.PREPARE, Phase.RESOLVE})
_ABI = frozenset(
    {
        "cffi",
        "cupy",
        "cython",
        "jax",
        "jaxlib",
        "mxnet",
        "ninja",
        "numpy",
        "packaging",
        "pybind11",
        "scikit-build",
        "scipy",
        "setuptools",
        "tensorflow",
        "tensorflow-cpu",
        "torch",
        "wheel",
    }
)
"""What extensions are compiled against or by."""

_LEFT = re.compile(r"^no wheel, left to the sandbox: (\S+)$", re.MULTILINE)


def prepare(plan: BuildPlan, toolbox: Toolbox, run: RunStep) -> Prepared:
    """Carry out the plan's steps up to the lock, and say in the plan what the lock holds.

    Where every entry of the lock is a wheel that the cache now holds, the installation needs neither network
    nor index date: two ways with the same lock are then the same work.
    """
    settled = _until_resolved(plan.steps)
    results: list[StepResult] = []
    for step in settled:
        results.append(run(step))
        if not results[-1].passed and step.required:
            break
    rest = plan.steps[len(settled) :]
    text = next((text for r in results if (text := r.output(LOCK)) is not None and r.passed), None)
    if text is None:
        return Prepared(plan=plan, results=tuple(results))
    lock = read_lock(text)
    pinned = "".join(f"{line}\n" for line in lock if is_exact(line))
    fetched = toolbox.fetch(
        pinned, interpreter=plan.interpreter or "", indexes=plan.indexes, seconds=FETCH_SECONDS
    )
    whole = fetched.passed and not _LEFT.search(fetched.log) and all(is_exact(line) for line in lock)
    if whole:
        rest = tuple(_offline(plan, step) for step in rest)
        plan = plan.with_(files=(*plan.files, ("lock.txt", pinned)))
    plan = plan.with_(lock=lock, steps=(*settled, *rest))
    return Prepared(plan=plan, results=tuple(results), builds=None if whole else builds_name(plan))


def builds_name(plan: BuildPlan) -> str:
    """Name what compiled code depends on: attempts that differ in none of it may share their builds.

    A wheel built against one torch or numpy cannot be loaded beside another, and its name does not say so.
    """
    pins = [line for line in plan.lock if not is_exact(line) or canonicalize_name(Requirement(line).name) in _ABI]
    options = [plan.option(name) for name in ("preinstall", "no_build_isolation")]
    ground = (plan.interpreter, plan.cutoff, plan.system_packages, plan.env, plan.indexes, options, sorted(pins))
    return hashlib.sha256(repr(ground).encode()).hexdigest()[:16]


def _until_resolved(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the leading steps up to the last that resolves; none where nothing is to be resolved."""
    last = max((n for n, step in enumerate(steps) if step.phase is Phase.RESOLVE), default=-1)
    return tuple(steps[: last + 1])


def _offline(plan: BuildPlan, step: Step) -> Step:
    return install(plan, offline=True) if step.name == "install" else step


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
