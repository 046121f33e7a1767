"""A notebook is judged by the cell that failed; only our own time limit is a limit."""

from __future__ import annotations

import pytest

from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.notebooks import Cell, NotebookReport, judge_notebook
from checker.ecosystems.python.outcomes.starts import StartStatus

OK = Cell(index=0, status="ok")


@pytest.mark.parametrize(
    ("fields", "status", "cause"),
    [
        ({"ok": True}, StartStatus.PASSED, ""),
        ({"ok": False, "timed_out": True}, StartStatus.LIMIT, "time_out"),
        (
            {"ok": False, "timed_out": True, "cells": (OK, Cell(index=1, status="error", type="OutOfTime"))},
            StartStatus.LIMIT,
            "time_out",
        ),
        ({"ok": False}, StartStatus.FAILED, "crash"),
        ({"ok": False, "ended": ("DeadKernelError", "Kernel died")}, StartStatus.FAILED, "crash"),
        (
            {
                "ok": False,
                "cells": (OK, Cell(index=1, status="error", type="UsageError", message="`%tensorflow_version`")),
            },
            StartStatus.FAILED,
            "crash",
        ),
        (
            {
                "ok": False,
                "cells": (Cell(index=1, status="error", type="FileNotFoundError", message="'/data/x.npy'"),),
            },
            StartStatus.LIMIT,
            "needs_data",
        ),
    ],
)
def test_a_notebook(tmp_path, fields: dict[str, object], status: StartStatus, cause: str) -> None:
    outcome = judge_notebook(
        NotebookReport.model_validate({"runner": "kernel", "cells": (OK,), **fields}), Tree(tmp_path)
    )
    assert (outcome.status, outcome.cause) == (status, cause)
