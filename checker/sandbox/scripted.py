"""A sandbox engine that plays a script: the double for tests that need no container."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checker.core.container import Limits
from checker.core.errors import CheckerError
from checker.core.values.plans import BuildPlan, Step
from checker.core.values.results import StepResult, StepStatus
from checker.sandbox.base import LineListener

#: What a script says about a step; a bare status stands for a result without output.
Answer = StepResult | StepStatus

#: Answers by the step's name (`*` for every other step), or a function of plan and step.
Script = Mapping[str, Answer] | Callable[[BuildPlan, Step], Answer]


@dataclass
class ScriptedEngine:
    """Plays `script`, and records what was asked of it; steps that no script knows pass.

    `failure` is raised by `open`, where a test wants an engine that is not there.
    """

    script: Script = field(default_factory=dict)
    failure: CheckerError | None = None
    plans: list[BuildPlan] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    is_open: int = 0

    @contextmanager
    def open(self, plan: BuildPlan, source: Path, limits: Limits) -> Iterator[ScriptedSandbox]:
        """Give a sandbox that plays the script.

        Raises:
            CheckerError: `failure`, where one is set.

        """
        if self.failure is not None:
            raise self.failure
        self.plans.append(plan)
        self.is_open += 1
        try:
            yield ScriptedSandbox(self, plan)
        finally:
            self.is_open -= 1

    def sweep(self) -> int:
        """Find nothing: a script leaves nothing behind."""
        return 0

    def stop(self) -> None:
        """Stop nothing: a script takes no time."""


@dataclass(frozen=True)
class ScriptedSandbox:
    """One attempt of a scripted engine."""

    engine: ScriptedEngine
    plan: BuildPlan
    files: dict[str, str] = field(default_factory=dict)

    def write(self, files: Sequence[tuple[str, str]]) -> None:
        """Record the files."""
        self.files.update(files)

    def share_builds(self, wheel_store: Path, key: str) -> None:
        """Share nothing: a script builds nothing."""

    def run(self, step: Step, on_line: LineListener | None = None) -> StepResult:
        """Answer as the script says; the log's lines go to the listener."""
        self.engine.steps.append(step)
        answer = self._answer(step)
        if isinstance(answer, StepStatus):
            codes = {StepStatus.PASSED: 0, StepStatus.FAILED: 1}
            answer = StepResult(step=step, status=answer, exit_code=codes.get(answer))
        if on_line is not None:
            for line in answer.log.splitlines():
                on_line(line)
        return answer.model_copy(update={"step": step})

    def _answer(self, step: Step) -> Answer:
        script = self.engine.script
        if isinstance(script, Mapping):
            return script.get(step.name, script.get("*", StepStatus.PASSED))
        return script(self.plan, step)
