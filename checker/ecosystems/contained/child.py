"""What a child does: it opens a tree, answers what a project is asked, and calls back for steps and tools."""

from __future__ import annotations

import socket
import traceback
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from checker.core.confine import leave_no_core, limit_memory, limit_processor_time
from checker.core.tree import Tree
from checker.core.values.plans import Step
from checker.core.values.results import StepResult
from checker.ecosystems.base import Detection, Facts, Project
from checker.ecosystems.contained.channel import Channel
from checker.ecosystems.contained.interface import PROJECT, Method, describe, describe_tools

#: Kinds of faults: more memory than it may have, nested more deeply than a reader goes, a mistake of ours.
MEMORY, DEPTH, MISTAKE = "memory", "depth", "mistake"


@dataclass(frozen=True)
class Order:
    """What a child is made for: the module of an ecosystem, seconds of processor time, bytes of memory."""

    module: str
    cpu_seconds: int
    memory_bytes: int


def open_tree(root: Path, max_files: int, focus: str, facts: Facts) -> Detection | None:
    """Open a tree in the child; this is its signature."""
    raise NotImplementedError


def run(step: Step) -> StepResult:
    """Run a step in the sandbox, on the side of the checker; this is its signature."""
    raise NotImplementedError


OPEN, RUN = describe(open_tree, "open"), describe(run, "run")


def describe_tools_of(ecosystem: object) -> dict[str, Method]:
    """Return how the tools are called that an ecosystem's protocol `Tools` names; none where it has no such."""
    protocol = getattr(ecosystem, "Tools", None)
    return dict(describe_tools(protocol)) if isinstance(protocol, type) else {}


def live(end: socket.socket, order: Order) -> None:
    """Serve the checker at the other end until it has had enough."""
    leave_no_core()
    limit_memory(order.memory_bytes)
    limit_processor_time(order.cpu_seconds)
    child = Child(end, import_module(order.module))
    child.channel.serve_until_closed(explain)


def explain(error: Exception) -> tuple[str, str]:
    """Return the kind of a fault, and its traceback."""
    kind = MEMORY if isinstance(error, MemoryError) else DEPTH if isinstance(error, RecursionError) else MISTAKE
    return kind, "".join(traceback.format_exception(error, limit=-20))


class Child:
    """One tree of one ecosystem."""

    def __init__(self, end: socket.socket, ecosystem: Any) -> None:
        self.channel = Channel(end, self.serve)
        self._ecosystem = ecosystem
        self._tools = RemoteTools(self.channel, describe_tools_of(ecosystem))
        self._project: Project | None = None

    def serve(self, name: str, body: bytes) -> bytes:
        """Answer a call of the checker."""
        if name == "open":
            return OPEN.pack(self._open(**OPEN.unpack_arguments(body)))
        method = PROJECT[name]
        arguments = method.unpack_arguments(body)
        if name in {"ask", "prepare"}:
            arguments["tools"] = self._tools
        if name == "prepare":
            arguments["run"] = partial(call, self.channel, "run", RUN)
        return method.pack(getattr(self._project, name)(**arguments))

    def _open(self, root: Path, max_files: int, focus: str, facts: Facts) -> Detection | None:
        self._project = self._ecosystem.open(Tree(root, max_files, focus), facts)
        return None if self._project is None else self._project.detection


def call(channel: Channel, name: str, method: Method, /, *args: object, **kwargs: object) -> Any:
    """Call the other side and return its answer, validated; what is called may have arguments of these names."""
    return method.unpack(channel.call(name, method.pack_arguments(*args, **kwargs)))


class RemoteTools:
    """The tools of the worker, called across the channel."""

    def __init__(self, channel: Channel, methods: dict[str, Method], path: str = "") -> None:
        self._channel = channel
        self._methods = methods
        self._path = path

    def __getattr__(self, name: str) -> Any:
        """Return a tool, or a function that calls it."""
        path = f"{self._path}{name}"
        method = self._methods.get(path)
        if method is None:
            if not any(known.startswith(f"{path}.") for known in self._methods):
                raise AttributeError(path)
            return RemoteTools(self._channel, self._methods, f"{path}.")
        asked = partial(call, self._channel, path, method)
        return asked() if method.is_property else asked
