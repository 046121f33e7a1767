"""GitHub: git answers first, which needs no token; the API adds what git cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.hosts.github_api import Facts, GithubApi, Told
from checker.hosts.remote import RemoteHost

A = Availability


@dataclass(frozen=True)
class GithubHost:
    """Git first, which needs no token; the API second, where there is one."""

    remote: RemoteHost
    api: GithubApi | None = None

    def probe(self, repository: RepositoryId) -> Probe:
        """Tell whether a repository answers, as `hosting.base.Host` says."""
        probe = self.remote.probe(repository)
        if self.api is None or probe.availability is A.NOT_A_REPOSITORY:
            return probe
        told = self.api.look_up(repository)
        if _is_renamed(repository, told) and probe.availability is A.MISSING and told.facts is not None:
            again = self.remote.probe(told.facts.repository)
            probe = again.model_copy(update={"repository": repository})
        if probe.availability is A.UNREACHABLE and told.facts is not None:
            head = self.api.head(told.facts.repository, told.facts.default_branch)
            return _judge_by_api(probe, told.facts, head)
        return combine(probe, told)

    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        """Bring the files of a target into the empty folder `destination`, as `hosting.base.Host` says."""
        return self.remote.checkout(target, probe, destination)


def _is_renamed(repository: RepositoryId, told: Told) -> bool:
    return told.facts is not None and told.facts.repository.key != repository.key


def combine(probe: Probe, told: Told) -> Probe:
    """Join what git and the API say.

    A block counts, whoever tells of it; what git serves is there; a repository that only our token sees is
    `missing` for everybody else; where the two contradict each other the check is inconclusive.
    """
    if told.answer.availability is A.BLOCKED and probe.availability is not A.BLOCKED:
        return _make_probe(probe, A.BLOCKED, told.answer.detail, by="api")
    if told.facts is None:
        return _judge_without_facts(probe, told)
    joined = _add_facts(probe, told.facts)
    return _explain_hidden(joined, told.facts) if joined.availability is A.MISSING else joined


def _judge_without_facts(probe: Probe, told: Told) -> Probe:
    """Keep git's answer, but for a repository that git could not reach and the API knows to be gone."""
    if probe.availability is A.UNREACHABLE and told.answer.availability is A.MISSING:
        return _make_probe(probe, A.MISSING, told.answer.detail, by="api")
    if told.answer.availability is A.UNREACHABLE:
        return _make_probe(probe, probe.availability, f"{probe.detail}; {told.answer.detail}")
    return probe


def _explain_hidden(probe: Probe, facts: Facts) -> Probe:
    """Say why git does not serve what the API shows to our token."""
    if facts.disabled:
        return _make_probe(probe, A.BLOCKED, "disabled by the host", by="api")
    if facts.private:
        return _make_probe(probe, A.MISSING, "private: only the token sees it", by="api")
    return _make_probe(probe, A.UNREACHABLE, f"git says: {probe.detail}; the API shows it as public")


def _judge_by_api(probe: Probe, facts: Facts, head: Told) -> Probe:
    """Say what the API alone tells, where git gave no answer."""
    probe = _add_facts(probe, facts)
    if facts.private or facts.disabled:
        return _explain_hidden(probe, facts)
    if head.answer.availability is A.EMPTY:
        return _make_probe(probe, A.EMPTY, "no commits", by="api")
    found = A.MOVED if probe.moved_to else A.AVAILABLE
    said = _make_probe(probe, found, f"the API shows it; git: {probe.detail}", by="api")
    return said.model_copy(update={"head_commit": head.head_commit})


def _make_probe(probe: Probe, availability: Availability, detail: str, by: str | None = None) -> Probe:
    changes = {"availability": availability, "detail": detail, "answered_by": by or probe.answered_by}
    return probe.model_copy(update=changes)


def _add_facts(probe: Probe, facts: Facts) -> Probe:
    """Add the API's facts; another name than the one asked for means that the repository moved."""
    moved = facts.repository if facts.repository.key != probe.repository.key else None
    availability = A.MOVED if moved and probe.availability is A.AVAILABLE else probe.availability
    return probe.model_copy(
        update={
            "availability": availability,
            "detail": f"moved to {moved}" if availability is A.MOVED and moved else probe.detail,
            "moved_to": moved or probe.moved_to,
            "default_branch": probe.default_branch or facts.default_branch,
            "host_id": facts.id,
            "archived": facts.archived,
            "fork": facts.fork,
            "licence": facts.licence,
            "last_push": facts.last_push,
        }
    )
