"""What the store's tables hold of a value: pure, from values to rows."""

from __future__ import annotations

import shlex
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from checker.core.text import clean, cut_excerpt
from checker.core.values.changes import Change
from checker.core.values.papers import CodeLink
from checker.core.values.plans import Evidence
from checker.core.values.results import Attempt, Cause, Check, RungResult, StepResult

Row = dict[str, Any]

#: Characters kept of a step's log in the table of steps; the whole log stands in the value.
EXCERPT = 4_000


def pack(value: Check) -> bytes:
    """Return the value as compressed JSON."""
    return zlib.compress(value.model_dump_json().encode(), level=6)


def unpack(data: bytes) -> Check:
    """Return the value that `pack` was given."""
    return Check.model_validate_json(zlib.decompress(data))


def write_moment(value: datetime | None) -> str | None:
    """Write a moment so that text sorts as time does."""
    return None if value is None else value.isoformat()


def join_evidence(evidence: Iterable[Evidence]) -> str:
    """Put evidence into words, one line for each piece."""
    return "\n".join(
        clean(f"{e.claim} ({e.source}{f':{e.line}' if e.line is not None else ''})") for e in evidence
    )


def link_row(link: CodeLink, position: int, repository_id: int | None) -> Row:
    """Row of `links`."""
    return {
        "position": position,
        "url": clean(link.url),
        "host": clean(link.host),
        "kind": link.kind.value,
        "repository_id": repository_id,
        "ref": link.ref,
        "path": link.path,
        "promised": link.promised,
    }


def check_row(check: Check) -> Row:
    """Row of `checks`, without its references."""
    checkout, probe, verdict = check.checkout, check.probe, check.verdict
    return {
        "commit": checkout.commit if checkout else probe.head_commit,
        "availability": check.availability.value,
        "ecosystem": check.ecosystem,
        "reached": verdict.reached,
        "way": verdict.way,
        **_make_cause_columns(check.cause or verdict.cause),
        "inconclusive": check.inconclusive,
        "committed_at": write_moment(checkout.committed_at) if checkout else None,
        "code_date": write_moment(checkout.code_date) if checkout else None,
        "licence": probe.licence,
        "archived": probe.archived,
        "fork": probe.fork,
        "moved_to": str(probe.moved_to) if probe.moved_to else None,
        "swhid_revision": checkout.swhid_revision if checkout else None,
        "swhid_directory": checkout.swhid_directory if checkout else None,
        "checker_version": check.checker_version,
        "rules": check.rules,
        "started_at": write_moment(check.started_at),
        "seconds": check.seconds,
    }


def _make_cause_columns(cause: Cause | None) -> Row:
    if cause is None:
        return {"cause": None, "blame": None, "cause_summary": None, "hint": None}
    return {
        "cause": cause.name,
        "blame": cause.blame.value,
        "cause_summary": clean(cause.summary),
        "hint": clean(cause.hint),
    }


def make_attempt_row(attempt: Attempt, position: int) -> Row:
    """Row of `attempts`."""
    return {
        "position": position,
        "way": attempt.plan.way.value,
        "project": attempt.plan.project,
        "interpreter": attempt.plan.interpreter,
        "index_date": write_moment(attempt.plan.cutoff),
        "reached": attempt.reached,
        "cause": attempt.cause.name if attempt.cause else None,
        "inconclusive": attempt.inconclusive,
        "seconds": attempt.seconds,
    }


def repair_rows(attempt: Attempt) -> list[Row]:
    """Rows of `repairs`."""
    return [
        {"name": r.name, "signature": clean(r.signature), "changed": clean(r.changed), "hint": clean(r.hint)}
        for r in attempt.plan.repairs
    ]


def make_step_row(result: StepResult, position: int) -> Row:
    """Row of `steps`."""
    return {
        "position": position,
        "name": clean(result.step.name),
        "phase": result.step.phase.value,
        "command": clean(shlex.join(result.step.argv)),
        "status": result.status.value,
        "exit_code": result.exit_code,
        "seconds": result.seconds,
        "peak_memory_bytes": result.peak_memory,
        "cause": result.cause.name if result.cause else None,
        "log_excerpt": cut_excerpt(result.log, EXCERPT),
    }


def make_rung_rows(rungs: Iterable[RungResult]) -> list[Row]:
    """Rows of `rungs`."""
    return [
        {
            "rung": r.rung.value,
            "height": r.rung.height,
            "holds": r.holds,
            "evidence": join_evidence(r.evidence),
        }
        for r in rungs
    ]


def make_missing_rows(check: Check) -> list[Row]:
    """Rows of `missing`."""
    return [
        {"kind": m.kind, "name": clean(m.name), "wanted_by": join_evidence(m.wanted_by)} for m in check.missing
    ]


def change_row(change: Change, position: int) -> Row:
    """Row of `changes`."""
    packages = (f"{p.name} {p.before or 'none'} → {p.after or 'none'}" for p in change.packages)
    return {
        "position": position,
        "kind": change.kind.value,
        "subject": clean(change.subject),
        "repository": change.repository,
        "paper_id": change.paper_id,
        "before": clean(change.before),
        "after": clean(change.after),
        "reason": clean(change.reason),
        "commit_before": change.commit_before,
        "commit_after": change.commit_after,
        "packages": clean("\n".join(packages)),
        "days": change.days,
    }
