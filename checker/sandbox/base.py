"""The one boundary to untrusted code: `open(plan, source, limits)` gives `run(step) → StepResult`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from checker.core.container import Limits
from checker.core.values.plans import BuildPlan, Step
from checker.core.values.results import StepResult

#: Called with each cleaned line of output as it comes; must not block.
LineListener = Callable[[str], None]


class Sandbox(Protocol):
    """A place made for one plan. Steps share its files, nothing else; no process outlives its step."""

    def write(self, files: Sequence[tuple[str, str]]) -> None:
        """Write files (path, text) below `FILES`: the plan's own are there already, later ones replace them.

        Raises:
            EngineFailure: a path leaves the folder.
            StorageFailure: our disk is full.

        """
        ...

    def share_builds(self, wheel_store: Path, key: str) -> None:
        """Take over what an earlier attempt built under the same key, and leave there what this one builds.

        `wheel_store` belongs to one check, and nothing outside that check's sandboxes ever reads what lies on it.
        To be called between steps. Where it cannot be done, everything is built again.
        """
        ...

    def run(self, step: Step, on_line: LineListener | None = None) -> StepResult:
        """Carry out one step inside its limits.

        Never raises for what the step does. A failure of the engine is a result with status
        `engine_error`; it is never reported as a failure of the repository.
        """
        ...


class SandboxEngine(Protocol):
    """Makes sandboxes, and removes what dead processes left behind."""

    def open(self, plan: BuildPlan, source: Path, limits: Limits) -> AbstractContextManager[Sandbox]:
        """Make a sandbox that holds a private copy of `source`; leaving it removes everything it made.

        Raises:
            EngineFailure: the engine is absent, hangs, or could not make it.

        """
        ...

    def sweep(self) -> int:
        """Remove what dead processes left behind, without touching what living ones use; return how much."""
        ...

    def stop(self) -> None:
        """End all steps that run now, from any thread; their results have the status `engine_error`."""
        ...
