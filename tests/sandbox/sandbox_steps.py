"""Small steps for tries in a sandbox, and a look at what is left of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docker

from checker.core.container import MIB, Limits
from checker.core.values.plans import Phase, Step
from checker.core.values.results import StepResult
from checker.sandbox.docker.sandbox import HOME_LABEL, DockerSandbox

SMALL = Limits(memory_bytes=512 * MIB, pids=128, disk_bytes=256 * MIB, file_bytes=512 * MIB, log_bytes=64 * 1024)


OpenBox = Callable[..., DockerSandbox]


def leftovers(client: docker.APIClient, home: Path) -> list[str]:
    """Return everything that the engine and the disk still hold of a data folder's attempts."""
    mine = {"label": f"{HOME_LABEL}={home}"}
    containers = [row["Id"] for row in client.containers(all=True, filters=mine)]
    volumes = [row["Name"] for row in client.volumes(filters=mine)["Volumes"] or ()]
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines() if f"{home}/" in line]
    return containers + volumes + mounts + [str(path) for path in (home / "scratch").glob("*/*")]


def sh(script: str, **fields: object) -> Step:
    """A run-time step that carries out a shell script of the test's own."""
    step = Step(name="test", phase=Phase.RUN, argv=("sh", "-c", script), seconds=30)
    return step.model_copy(update=fields)


def py(script: str, **fields: object) -> Step:
    """The same in Python."""
    step = Step(name="test", phase=Phase.RUN, argv=("python3.11", "-c", script), seconds=30)
    return step.model_copy(update=fields)


def run(box: DockerSandbox, script: str, **fields: object) -> StepResult:
    return box.run(sh(script, **fields))
