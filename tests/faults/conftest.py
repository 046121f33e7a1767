"""Faults of the machine around the checker; helpers of the sandbox's and the workers' tests are used here too."""

from __future__ import annotations

import sys
from pathlib import Path

for neighbour in ("support", "sandbox", "workers"):
    sys.path.append(str(Path(__file__).parents[1] / neighbour))
