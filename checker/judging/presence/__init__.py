"""Whether a repository holds code, judged by its content, and where it is."""

from __future__ import annotations

from checker.judging.presence.look import (
    Found,
    choose_branches,
    describe_contents,
    holds_code_by_name,
    look_for_code,
    make_evidence,
)

__all__ = ["Found", "choose_branches", "describe_contents", "holds_code_by_name", "look_for_code", "make_evidence"]
