"""How much memory a container took at its highest, read from its control group."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import docker

from checker.sandbox.client import ENGINE_ERRORS

_GROUPS = Path("/sys/fs/cgroup")
_FIELDS = {"total_rss", "total_shmem", "anon", "shmem"}
"""Memory that programs hold: version 1 and version 2 names. The page cache is not counted: it is not theirs."""


class MemoryMeter:
    """Samples a running container; `peak` is the highest sample in bytes, or None where none could be had."""

    def __init__(self, client: docker.APIClient, container: str) -> None:
        self.peak: int | None = None
        self._file: Path | None = None
        with suppress(*ENGINE_ERRORS, KeyError):
            pid = client.inspect_container(container)["State"]["Pid"]
            self._file = _statistics_of(pid)

    def sample(self) -> None:
        """Look once."""
        if self._file is None:
            return
        try:
            rows = [line.split() for line in self._file.read_text(encoding="ascii").splitlines()]
        except (OSError, ValueError):
            return
        now = sum(int(row[1]) for row in rows if len(row) == 2 and row[0] in self._names(rows))
        self.peak = max(now, self.peak or 0)

    @staticmethod
    def _names(rows: list[list[str]]) -> frozenset[str]:
        first = any(row[0] == "total_rss" for row in rows if row)
        return frozenset({"total_rss", "total_shmem"} if first else {"anon", "shmem"})


def _statistics_of(pid: int) -> Path | None:
    """Return the statistics file of the control group that a process is in."""
    if pid <= 0:
        return None
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines():
            number, controllers, path = line.split(":", 2)
            if number == "0" and not controllers:
                found = _GROUPS / path.lstrip("/") / "memory.stat"
            elif "memory" in controllers.split(","):
                found = _GROUPS / "memory" / path.lstrip("/") / "memory.stat"
            else:
                continue
            if found.is_file() and path != "/":
                return found
    return None
