"""What planning knows about a container: the folders inside, and what one attempt may use."""

from __future__ import annotations

from checker.core.values.base import Value

#: The folder that the tree stands in; writable as well, for code that writes beside itself (`../out`).
AROUND = "/code"

#: The repository's tree inside the sandbox; writable, and what is written there is gone afterwards.
SOURCE = f"{AROUND}/src"

#: Writable folder for what gets installed; lives as long as the attempt.
ENVIRONMENT = "/env"

#: HOME of the untrusted user.
HOME = "/env/home"

#: Read-only folder with the plan's `files`.
FILES = "/checker/files"

#: The attempt's own view of the shared download cache; uv's links inside it are relative.
CACHE = "/checker/cache"

#: Read-only folder with the programs of `checker/sandbox/probes`.
PROBES = "/checker/probes"

#: Read-only folder with the wheels that earlier attempts of the same check have built under the same key.
BUILDS = "/checker/builds"

GIB = 1024**3
MIB = 1024**2


class Limits(Value):
    """What one attempt may use; docs/security.md gives the reason for each default.

    Bytes, seconds and counts. `log_bytes` is kept of one step's output (head and tail); `scale` multiplies
    every step's own time limit; `attempt_seconds` bounds all steps together. `reading_…` bound what reading and
    planning may use of the worker in one check, while no step runs.
    """

    memory_bytes: int = 8 * GIB
    cpus: float = 2.0
    pids: int = 1024
    file_bytes: int = 8 * GIB
    disk_bytes: int = 20 * GIB
    log_bytes: int = 256 * 1024
    collect_bytes: int = 2 * MIB
    scale: float = 1.0
    attempt_seconds: int = 3600
    reading_seconds: int = 55
    reading_cpu_seconds: int = 40
    reading_bytes: int = 2 * GIB
