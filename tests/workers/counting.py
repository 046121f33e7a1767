"""Counts what a night with faults left in its store, and prints it in one line for `tools.bench.faults`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

MARK = "counted: "

OF_THE_LAST_RUN = (
    "select count(*), count(distinct target) from run_checks where run_id = (select max(id) from runs)"
)
"""A command that was killed when its run had ended, and only the report was missing, begins another one."""


def tell(kind: str, seed: int, *, faults: Iterable[str], begun: int, store: Path, repositories: int) -> None:
    """Print what was done to a night and what became of its checks."""
    with closing(sqlite3.connect(store)) as connection:
        rows, targets = connection.execute(OF_THE_LAST_RUN).fetchone()
        (untold,) = connection.execute("select count(*) from checks where inconclusive").fetchone()
    counted = {
        "kind": kind,
        "seed": seed,
        "faults": list(faults),
        "repositories": repositories,
        "begun": begun,
        "lost": repositories - targets,
        "doubled": rows - targets,
        "inconclusive": untold,
    }
    print(f"{MARK}{json.dumps(counted)}", flush=True)
