"""`checker serve` in a process of its own, with the theatre's sandbox: started, asked, stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60


@dataclass
class Serving:
    """A service that runs, and where it is reached."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    def open(self, gate: str) -> None:
        """Let the steps that wait for a gate go on."""
        (self.folder / "gate" / gate).touch()

    def stop(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float, str]:
        """End it; return the exit code, the seconds it took, and what it said."""
        began = time.monotonic()
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, time.monotonic() - began, said


@contextmanager
def serving(
    folder: Path, arxiv: str = "http://127.0.0.1:9", env: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """Start a service on a free port; it is gone afterwards whatever happens."""
    for name in ("mirror", "gate"):
        (folder / name).mkdir(exist_ok=True)
    here = Path(__file__).parent
    words = [
        sys.executable,
        here / "play_serve.py",
        folder / "mirror",
        folder / "gate",
        folder / "results",
        0,
        arxiv,
    ]
    process = subprocess.Popen(
        [str(word) for word in words],
        env={**os.environ, "PYTHONPATH": f"{here}:{here.parent / 'support'}:{here.parents[1]}", **(env or {})},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Serving(process, _address(process), folder)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"serving (http://\S+:\d+)/", line)
    assert found is not None, line
    return found[1]
