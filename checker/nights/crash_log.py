"""Which builds this process has begun and not ended: what a process that dies again and again was at."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from checker.core.errors import StorageFailure


class Begun:
    """A file with a line for each build that begins (`+ target`) and ends (`- target`).

    A build that ended, or was stopped in good order, leaves nothing; one during which the process died counts.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._deaths = _read(path)

    def deaths(self, target: str) -> int:
        """Return how often the process died while it was at a target."""
        return self._deaths[target]

    def begin(self, target: str) -> None:
        """Note that a build begins.

        Raises:
            StorageFailure: the file cannot be written.

        """
        self._note(f"+ {target}\n")

    def end(self, target: str) -> None:
        """Note that a build has ended, however it did (StorageFailure: see `begin`)."""
        self._note(f"- {target}\n")

    def clear(self) -> None:
        """Forget everything: the run is finished."""
        self._path.unlink(missing_ok=True)

    def _note(self, line: str) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise StorageFailure(f"{self._path}: {error.strerror}") from error


def _read(path: Path) -> Counter[str]:
    deaths: Counter[str] = Counter()
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            sign, _, target = line.partition(" ")
            deaths[target] += {"+": 1, "-": -1}.get(sign, 0)
    return deaths
