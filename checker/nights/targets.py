"""Which repositories a night is about, when two of them are one, and the checks that need no worker; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker import __version__
from checker.core.rules import compute_rules_digest
from checker.core.values.base import without_secrets
from checker.core.values.papers import LinkedPaper
from checker.core.values.repositories import DEFAULT_BRANCHES, Availability, Probe, Target
from checker.core.values.results import Check, Verdict
from checker.judging.causes import make_cause

#: Answers after which there are files to look at.
CHECKABLE = frozenset({Availability.AVAILABLE, Availability.MOVED})


def unite(papers: Iterable[LinkedPaper], targets: Iterable[Target]) -> tuple[Target, ...]:
    """Return every repository once, however many papers name it and however they spell it.

    A link to one commit, to a branch or to a folder is a target of its own, as a pinned line of a list is; one to
    `tree/main` is not, where others link to the repository.
    """
    found: dict[str, Target] = {}
    linked = (target for paper in papers for link in paper.links if (target := link.target) is not None)
    for target in (*targets, *linked):
        found.setdefault(target.key, target)
    return tuple(
        target
        for target in found.values()
        if target.ref not in DEFAULT_BRANCHES or target.without_custom_branch.key not in found
    )


def keep_conclusive(checks: Mapping[str, Check]) -> dict[str, Check]:
    """Return the checks that need not be done again."""
    return {key: check for key, check in checks.items() if not check.inconclusive}


def make_canonical_key(target: Target, probe: Probe) -> str:
    """Name a repository by where it is now: two links to it under two names are one check.

    A link to `main` is one to the repository, unless that is another branch than the default.
    """
    asked = target if target.ref in probe.branches else target.without_custom_branch
    return asked.model_copy(update={"repository": probe.moved_to or target.repository}).key


def rename_check(check: Check, target: Target, probe: Probe) -> Check:
    """Return the check of a repository for a link that names it differently."""
    held = check.availability not in CHECKABLE
    availability = check.availability if held else probe.availability
    return check.model_copy(update={"target": target, "probe": probe, "availability": availability})


def make_unchecked(target: Target, probe: Probe) -> Check:
    """Return the check that ends with the host's answer."""
    check = Check(
        target=target,
        probe=probe,
        availability=probe.availability,
        checker_version=__version__,
        rules=compute_rules_digest(),
    )
    if probe.conclusive:
        return check
    why = make_cause("network")
    if probe.detail:
        why = why.model_copy(update={"summary": f"{why.summary.rstrip('.')} ({probe.detail})"})
    return check.model_copy(update={"cause": why, "verdict": Verdict(cause=why, inconclusive=True)})


def make_failed_check(target: Target, probe: Probe | None, failure: str, name: str = "checker") -> Check:
    """Return the inconclusive check that stands for a failure of ours; `name` is a row of `judging.causes`."""
    why = make_cause(name)
    why = why.model_copy(update={"summary": f"{why.summary.rstrip('.')} ({failure})" if failure else why.summary})
    unknown = Probe(
        repository=target.repository,
        availability=Availability.UNREACHABLE,
        answered_by="checker",
        detail=failure,
    )
    probe = probe or unknown
    failed = Check(
        target=target,
        probe=probe,
        availability=probe.availability,
        checker_version=__version__,
        rules=compute_rules_digest(),
        cause=why,
        verdict=Verdict(cause=why, inconclusive=True),
    )
    return without_secrets(failed)
