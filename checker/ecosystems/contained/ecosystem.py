"""An ecosystem as the rest of the checker sees it: each tree is opened in a child, within limits.

What takes more than them is a finding about the repository: whoever reads it would have to wait as long. See
docs/adr/0019-reading-in-a-child.md.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, cast

from checker.core.container import MIB, Limits
from checker.core.errors import Inconclusive, TooComplex
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan
from checker.core.values.results import Attempt, Missing, StepResult
from checker.ecosystems.base import Detection, Ecosystem, Facts, Prepared, Project, RunStep, Tools
from checker.ecosystems.contained.channel import Channel, Fault
from checker.ecosystems.contained.child import DEPTH, MEMORY, OPEN, RUN, Order, call, describe_tools_of
from checker.ecosystems.contained.fork import FORK_SERVER
from checker.ecosystems.contained.interface import PROJECT, Method

#: A child that got less than this share of its processor time by the clock's limit has waited, not worked.
STARVED = 0.75


class ContainedEcosystem:
    """A module of an ecosystem, run in children."""

    def __init__(self, ecosystem: Ecosystem, limits: Limits) -> None:
        self.name = ecosystem.name
        self._limits = limits
        self._module = cast("Any", ecosystem).__name__
        self._tools = describe_tools_of(ecosystem)

    def open(self, tree: Tree, facts: Facts) -> Project | None:
        """Open a tree in a new child.

        Raises:
            TooComplex: that takes more than the limits.
            Inconclusive: the child does not start, or crashes.

        """
        project = ContainedProject(self._module, self._tools, self._limits)
        detection = project.open(tree, facts)
        if detection is None:
            project.close()
            return None
        project.detection = detection
        return project


class _Outside(Exception):
    """A step or a tool failed while the child waited for it: nothing that the child did."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


class ContainedProject:
    """A project in a child; `close` ends it. Once a limit is exceeded or the child has crashed, it is closed."""

    detection: Detection

    def __init__(self, module: str, tools: dict[str, Method], limits: Limits) -> None:
        self._limits = limits
        self._methods = tools
        order = Order(module, limits.reading_cpu_seconds, limits.reading_bytes)
        end, self._life = FORK_SERVER.fork(order)
        self._channel = Channel(end, self._serve, limits.reading_seconds)
        self._over: Exception | None = None
        self._tools: Tools = None
        self._run: RunStep | None = None

    def open(self, tree: Tree, facts: Facts) -> Detection | None:
        """Open the tree; None where it holds nothing of this kind."""
        found = self._call("open", OPEN, tree.root.resolve(), tree.max_files, tree.focus, facts)
        return cast("Detection | None", found)

    def make_plans(self) -> Sequence[BuildPlan]:
        """See `Project`, as for all that follow."""
        return cast("Sequence[BuildPlan]", self._ask("make_plans"))

    def prepare(self, plan: BuildPlan, tools: Tools, run: RunStep) -> Prepared:
        """Prepare in the child, which calls back for every step and every tool."""
        self._tools, self._run = tools, run
        return cast("Prepared", self._ask("prepare", plan))

    def ask(self, attempts: Sequence[Attempt], tools: Tools) -> None:
        """Ask in the child, which calls back for every look-up."""
        self._tools = tools
        self._ask("ask", attempts)

    def repair(self, attempts: Sequence[Attempt]) -> BuildPlan | None:
        """Plan the next repair."""
        return cast("BuildPlan | None", self._ask("repair", attempts))

    def interpret(self, result: StepResult, plan: BuildPlan) -> StepResult:
        """Say what a step means; asked while `prepare` runs as well."""
        return cast("StepResult", self._ask("interpret", result, plan))

    def find_missing(self, attempts: Sequence[Attempt]) -> Sequence[Missing]:
        """List what is missing."""
        return cast("Sequence[Missing]", self._ask("find_missing", attempts))

    def close(self) -> None:
        """End the child."""
        self._channel.close()
        self._life.finish()

    def _serve(self, name: str, body: bytes) -> bytes:
        """Answer what the child asks for; the time that takes is not the child's."""
        patience, self._channel.patience = self._channel.patience, None
        try:
            method = RUN if name == "run" else self._methods[name]
            arguments = method.unpack_arguments(body)
            return method.pack(self._act(name, method, arguments))
        finally:
            self._channel.patience = patience

    def _act(self, name: str, method: Method, arguments: dict[str, Any]) -> object:
        """Run a step or use a tool."""
        try:
            act: Any = self._run if name == "run" else attrgetter(name)(self._tools)
            return act if method.is_property else act(**arguments)
        except Exception as error:
            raise _Outside(error) from error

    def _ask(self, name: str, *args: object) -> object:
        return self._call(name, PROJECT[name], *args)

    def _call(self, name: str, method: Method, *args: object) -> object:
        if self._over is not None:
            raise self._over
        try:
            return call(self._channel, name, method, *args)
        except _Outside as outside:
            self.close()
            raise outside.error from None
        except Fault as fault:
            self._over = self._explain_fault(fault)
        except TimeoutError:
            self._over = self._explain_timeout()
        except (OSError, EOFError, ValueError) as error:  # ValueError: what came is not what was agreed
            self._over = self._explain_end(error)
        self.close()
        raise self._over

    def _explain_fault(self, fault: Fault) -> Exception:
        if fault.name == MEMORY:
            return TooComplex(f"it takes more than {self._limits.reading_bytes // MIB} MiB of memory")
        if fault.name == DEPTH:
            return TooComplex("it is nested more deeply than the checker reads")
        return fault

    def _explain_timeout(self) -> Exception:
        ending, seconds = self._life.finish(), self._limits.reading_seconds
        promised = min(seconds, self._limits.reading_cpu_seconds)
        if ending is None or ending.cpu_seconds < STARVED * promised:
            return Inconclusive(f"this machine was too busy to read the repository within {seconds} s")
        return TooComplex(f"it takes more than {seconds} s")

    def _explain_end(self, error: Exception) -> Exception:
        ending, seconds = self._life.finish(), self._limits.reading_cpu_seconds
        if ending is not None and (ending.code == -signal.SIGXCPU or ending.cpu_seconds >= seconds):
            return TooComplex(f"it takes more than {seconds} s of processor time")
        how = f"exit code {ending.code}" if ending else "its server is gone"
        return Inconclusive(f"the process that reads the repository ended ({how}; {error or 'no answer'})")
