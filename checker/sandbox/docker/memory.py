"""How much memory a container took at its highest, read from its control group."""

from __future__ import annotations

from checker.sandbox.docker.cgroup import find_account


class MemoryMeter:
    """Samples a running container; `peak` is the highest sample in bytes, or None where none could be read.

    Counted is what programs hold. The page cache is not: it is not theirs.
    """

    def __init__(self, pid: int) -> None:
        self.peak: int | None = None
        self._file = find_account(pid, "memory", first="memory.stat", second="memory.stat")

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
