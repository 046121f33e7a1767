"""Repeats the nights of `tests/workers` in which processes die at random, and counts what was lost or doubled.

usage: python -m tools.bench.faults NIGHTS [FIRST-SEED]

Every seed is printed. Each gives two nights: one over Redis (workers, jobs, the coordinator and Redis itself are
killed) and one of `checker run` without a broker, killed again and again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TESTS = (
    "tests/workers/test_random_faults.py",
    "tests/workers/test_embedded_kills.py::test_killed_at_random_moments",
)
MARK = "counted: "
"""Begins the line in which a test says what it counted (`tests/workers/counting.py`)."""

SECONDS = 900


def night(test: str, seed: int) -> dict[str, Any]:
    """Run one night; `ended` tells whether it came to its end and everything held."""
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", test]
    env = {**os.environ, "CHECKER_TEST_SEED": str(seed)}
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    lines = [line.partition(MARK)[2] for line in done.stdout.splitlines() if MARK in line]
    counted: dict[str, Any] = json.loads(lines[-1]) if lines else {"faults": []}
    if done.returncode:
        sys.stderr.write(done.stdout[-3000:])
    return {**counted, "test": test, "ended": done.returncode == 0, "seconds": round(time.monotonic() - began)}


def total(nights: list[dict[str, Any]]) -> str:
    """Return the counts of all nights as a table."""
    faults = Counter(fault for one in nights for fault in one["faults"])
    rows = [
        ("nights", str(len(nights))),
        ("of them to their end with everything in order", str(sum(one["ended"] for one in nights))),
        ("faults injected", f"{faults.total()} ({', '.join(f'{n} {name}' for name, n in faults.most_common())})"),
        ("faults survived", str(sum(len(one["faults"]) for one in nights if one["ended"]))),
        *((name, str(sum(one.get(key, 0) for one in nights))) for name, key in _COUNTS.items()),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {count} |" for name, count in rows)])


_COUNTS = {
    "repositories to be checked": "repositories",
    "checks begun, those that were killed included": "begun",
    "checks lost": "lost",
    "checks doubled": "doubled",
    "checks inconclusive": "inconclusive",
}


def main() -> int:
    """Run the nights, tell of each, and print the table; 1 where one of them did not end well."""
    if len(sys.argv) not in (2, 3) or not all(word.isdigit() for word in sys.argv[1:]):
        sys.stderr.write("usage: python -m tools.bench.faults NIGHTS [FIRST-SEED]\n")
        return 2
    first = int(sys.argv[2]) if len(sys.argv) == 3 else 1
    nights: list[dict[str, Any]] = []
    for seed in range(first, first + int(sys.argv[1])):
        for test in TESTS:
            nights.append(night(test, seed))
            sys.stderr.write(f"seed {seed}: {json.dumps(nights[-1])}\n")
    sys.stdout.write(f"{total(nights)}\n")
    return 0 if all(one["ended"] for one in nights) else 1


if __name__ == "__main__":
    raise SystemExit(main())
