"""Every example tree is planned as its snapshot says; `make plans` writes the snapshots again."""

from __future__ import annotations

from difflib import unified_diff

import golden_plans
import pytest


@pytest.mark.parametrize("name", golden_plans.trees())
def test_the_plan_is_the_golden_one(name: str) -> None:
    path = golden_plans.snapshot_path(name)
    if not path.exists():
        pytest.fail(f"{name} has no snapshot; `make plans` writes it", pytrace=False)
    wanted, found = path.read_text("utf-8"), golden_plans.render(name)
    if wanted != found:
        lines = unified_diff(wanted.splitlines(), found.splitlines(), path.name, "now", lineterm="")
        pytest.fail("\n".join(["`make plans` accepts this:", *lines]), pytrace=False)


def test_no_snapshot_is_left_over() -> None:
    assert golden_plans.superfluous() == []
