"""How much of the processors a container got, and whether it had to wait for them."""

from __future__ import annotations

import os
from pathlib import Path

from checker.sandbox.docker.cgroup import find_account

#: A step that had to wait for processors goes on for so many times its seconds at most, and so do repairs.
MOST = 3

#: Part of the looks at the machine that have to find more programs than processors.
CROWDED = 0.5


def is_crowded() -> bool:
    """Whether more programs wanted a processor in the last minute than the machine has."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


class ProcessorMeter:
    """Watches one container; `starved(seconds)` says whether others took what its limit in seconds promised."""

    def __init__(self, pid: int) -> None:
        self._file = find_account(pid, "cpuacct", first="cpuacct.usage", second="cpu.stat")
        self._looks = 0
        self._crowded = 0

    def sample(self) -> None:
        """Look at the machine once: its load of the last minute against its processors."""
        self._looks += 1
        self._crowded += is_crowded()

    def was_starved(self, seconds: float) -> bool:
        """Whether the container had less than so many seconds of processor time on a machine that was crowded.

        False where its account cannot be read: the limit holds then.
        """
        used = self.read_used()
        return used is not None and used < seconds and self._crowded > CROWDED * self._looks

    def read_used(self) -> float | None:
        """Return the processor time of the container's programs so far, in seconds; None where it is not known."""
        return None if self._file is None else _read_seconds(self._file)


def _read_seconds(account: Path) -> float | None:
    try:
        text = account.read_text(encoding="ascii")
        if account.name == "cpuacct.usage":
            return int(text) / 1e9
        rows = (line.split() for line in text.splitlines())
        return next((int(row[1]) / 1e6 for row in rows if len(row) == 2 and row[0] == "usage_usec"), None)
    except (OSError, ValueError):
        return None
