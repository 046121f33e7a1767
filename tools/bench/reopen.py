"""Opens the environment of a stored check again: a sandbox in which its installation is carried out once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.check import Services
from checker.core.container import FILES
from checker.core.errors import HostRefusal, RegistryFailure
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Step
from checker.core.values.results import Attempt, Check, StepResult, StepStatus
from checker.ecosystems.python.planning.resolve import is_exact
from checker.ecosystems.python.planning.steps import LOCK
from checker.sandbox.base import Sandbox

LOCK_FILE = f"{FILES}/lock.txt"
FETCH_SECONDS = 1200

INSTALLING = (Phase.PREPARE, Phase.INSTALL, Phase.TOOLS)


@dataclass(frozen=True)
class Reopened:
    """A sandbox with what the attempt had installed; `results` tell how that went this time."""

    box: Sandbox
    plan: BuildPlan
    tree: Tree
    results: tuple[StepResult, ...]

    @property
    def installed(self) -> bool:
        """Whether every installation step ended well."""
        return all(r.passed for r in self.results if r.step.required)

    @property
    def ours(self) -> bool:
        """Whether it was our failure that one did not."""
        return any(r.status is StepStatus.ENGINE_ERROR for r in self.results)


def steps_again(attempt: Attempt) -> tuple[Step, ...]:
    """Return the steps that made and filled the environment of an attempt, to be carried out again.

    Nothing is resolved anew: what was read from the resolver's answer is read from the lock that the plan keeps. A
    tool that could not be had then is left out.
    """
    done = (r for r in attempt.results if r.step.phase in INSTALLING and (r.passed or r.step.required))
    return tuple(again(r.step) for r in done)


def again(step: Step) -> Step:
    """Return the step with the lock that the plan keeps in place of the resolver's answer."""
    return step.model_copy(update={"argv": tuple(LOCK_FILE if word == LOCK else word for word in step.argv)})


def plan_again(attempt: Attempt) -> BuildPlan:
    """Return the plan with its lock among its files, whatever the resolver's answer was read from."""
    plan, files = attempt.plan, dict(attempt.plan.files)
    files.setdefault("lock.txt", "".join(f"{line}\n" for line in plan.lock))
    return plan.with_(files=tuple(files.items()))


@contextmanager
def reopened(check: Check, attempt: Attempt | None, services: Services) -> Iterator[Reopened]:
    """Check the commit out again, fetch the wheels of an attempt's lock again, and install again.

    Raises:
        HostRefusal: there is no attempt to repeat, or the commit cannot be had any more.
        Inconclusive: host, index or engine do not answer.

    """
    if attempt is None or check.checkout is None:
        raise HostRefusal("nothing was built that could be opened again")
    plan = plan_again(attempt)
    pins = [line for line in plan.lock if is_exact(line)]
    fetch(pins, plan.interpreter or "", plan.indexes, services)
    services.workspace.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=services.workspace, prefix="bench-") as name:
        source = Path(name, "source")
        source.mkdir()
        target = check.target.model_copy(update={"commit": check.checkout.commit})
        services.host.checkout(target, check.probe, source)
        with services.engine.open(plan, source, services.limits) as box:
            results: list[StepResult] = []
            for step in steps_again(attempt):
                results.append(box.run(step))
                if not results[-1].passed and step.required:
                    break
            yield Reopened(box, plan, Tree(source), tuple(results))


def fetch(pins: Sequence[str], interpreter: str, indexes: Sequence[str], services: Services) -> None:
    """Bring the wheels of exact pins into the shared cache, as far as there are any.

    Raises:
        RegistryFailure: the index does not answer.

    """
    if not pins:
        return
    lock = "".join(f"{line}\n" for line in pins)
    told = services.tools.python.fetch(lock, interpreter=interpreter, indexes=indexes, seconds=FETCH_SECONDS)
    if told.status is StepStatus.ENGINE_ERROR:
        raise RegistryFailure(f"the package index: {told.log.strip().splitlines()[-1:] or 'no answer'}")
