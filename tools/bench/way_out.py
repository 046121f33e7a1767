"""What the way out costs: a few wheels through the proxy of an attempt, and over the engine's bridge, in turn.

`python -m tools.bench.way_out [ROUNDS]` prints a table; nothing is cached between the rounds.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from checker.core.container import Limits
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.sandbox.base import Sandbox
from checker.sandbox.docker.engine import DockerEngine
from tools.bench.machine import heading

WHEELS = ("numpy==1.26.4", "requests==2.32.3", "pyyaml==6.0.2", "scipy==1.13.1")
VENV = "/env/venv"

NOTHING = Step(name="nothing", phase=Phase.INSTALL, argv=("true",), network=True)
MAKE = Step(name="make", phase=Phase.PREPARE, argv=("uv", "venv", "--clear", "--python", "python3.11", VENV))
INSTALL = Step(
    name="install",
    phase=Phase.INSTALL,
    argv=("uv", "pip", "install", "--no-cache", "--link-mode", "copy", "--python", f"{VENV}/bin/python", *WHEELS),
    network=True,
)
STEPS = {"a step that does nothing": NOTHING, f"{len(WHEELS)} wheels and what they need": INSTALL}


def one_round(box: Sandbox) -> dict[str, float]:
    """Return the seconds of each step.

    Raises:
        SystemExit: a step failed.

    """
    seconds = {}
    for name, step in STEPS.items():
        box.run(MAKE)
        result = box.run(step)
        if not result.passed:
            raise SystemExit(result.log)
        seconds[name] = result.seconds
    return seconds


def main() -> None:
    """Measure, in turn, and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    settings = Settings.from_environment()
    plan, found = BuildPlan(ecosystem="python", way=Way.PERIOD), defaultdict[tuple[str, str], list[float]](list)
    with TemporaryDirectory() as folder:
        for number in range(rounds + 1):
            for way in ("proxy", "bridge"):
                engine = DockerEngine(settings.model_copy(update={"install_network": way}))
                with engine.open(plan, Path(folder), Limits()) as box:
                    for name, seconds in one_round(box).items():
                        if number:  # the first round is for what is made once
                            found[name, way].append(seconds)
                engine.close()
    print(heading(f"python -m tools.bench.way_out {rounds}", settings), end="\n\n")
    print("| seconds, median (least to most) | proxy | bridge |\n|---|---|---|")
    for name in STEPS:
        cells = (found[name, way] for way in ("proxy", "bridge"))
        shown = (f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})" for values in cells)
        print(f"| {name} | {' | '.join(shown)} |")


if __name__ == "__main__":
    main()
