"""Where the kernel keeps the accounts of a container: files of its control group, version 1 or 2."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import docker

from checker.sandbox.docker.client import ENGINE_ERRORS

_GROUPS = Path("/sys/fs/cgroup")


def find_process(client: docker.APIClient, container: str) -> int:
    """Return the process number of a container's first program on this machine; 0 where it has none."""
    with suppress(*ENGINE_ERRORS, KeyError, TypeError, ValueError):
        return int(client.inspect_container(container)["State"]["Pid"])
    return 0


def find_account(pid: int, controller: str, *, first: str, second: str) -> Path | None:
    """Return the file that a controller keeps for the group that a process is in.

    `first` is its name under version 1 of control groups, `second` under version 2. None where the engine's
    processes are not this machine's, or the group is the machine's own.
    """
    if pid <= 0:
        return None
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines():
            number, controllers, path = line.split(":", 2)
            if number == "0" and not controllers:
                found = _GROUPS / path.lstrip("/") / second
            elif controller in controllers.split(","):
                found = _GROUPS / controller / path.lstrip("/") / first
            else:
                continue
            if found.is_file() and path != "/":
                return found
    return None
