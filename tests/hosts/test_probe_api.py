"""What GitHub's API adds to git's answer, over real HTTP and through PyGithub."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from code_host import CodeHost, Scripted, facts
from repository_maker import REPOSITORY, Maker

from checker.core.values.repositories import Availability, RepositoryId
from checker.hosts import Host, open_host

A = Availability
DOCS = "https://docs.github.com/rest"
DMCA = {"message": "Repository access blocked", "block": {"reason": "dmca", "created_at": "2020-01-01T00:00:00Z"}}
TERMS = {"message": "Repository access blocked", "block": {"reason": "tos", "created_at": "2020-01-01T00:00:00Z"}}
LIMIT = {"message": "API rate limit exceeded for user ID 1.", "documentation_url": DOCS}
SECONDARY = {
    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
}


def test_facts(with_token: Host, code_host: CodeHost, maker: Maker) -> None:
    head = maker.commit({"a.py": ""})
    code_host.api["ada/paper"] = [facts("ada/paper", archived=True, fork=True)]
    probe = with_token.probe(REPOSITORY)
    assert (probe.availability, probe.answered_by, probe.head_commit) == (A.AVAILABLE, "git", head)
    assert (probe.host_id, probe.archived, probe.fork, probe.licence) == (4711, True, True, "MIT")
    assert probe.last_push == datetime(2022, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_without_a_token_the_api_is_not_asked(online: Host, code_host: CodeHost, maker: Maker) -> None:
    maker.commit({"a.py": ""})
    online.probe(REPOSITORY)
    assert not any("/api/" in line for line in code_host.asked)


def test_no_licence_that_anybody_could_name(with_token: Host, code_host: CodeHost, maker: Maker) -> None:
    maker.commit({"a.py": ""})
    code_host.api["ada/paper"] = [
        facts("ada/paper", license={"spdx_id": "NOASSERTION"}),
        facts("ada/paper", license=None),
    ]
    assert with_token.probe(REPOSITORY).licence is None
    assert with_token.probe(REPOSITORY).licence is None


def test_renamed_is_seen_although_the_client_follows_silently(
    with_token: Host, code_host: CodeHost, maker: Maker
) -> None:
    maker.commit({"a.py": ""})
    moved = Scripted(
        301,
        {"message": "Moved Permanently", "url": f"{code_host.api_url}/repositories/4711"},
        {"Location": f"{code_host.api_url}/repositories/4711"},
    )
    code_host.api["ada/paper"] = [moved]
    code_host.api["repositories/4711"] = [facts("ada-lab/engine")]
    probe = with_token.probe(REPOSITORY)
    assert probe.availability is A.MOVED
    assert probe.moved_to == RepositoryId(owner="ada-lab", name="engine")
    assert probe.repository == REPOSITORY


def test_renamed_where_git_does_not_redirect(with_token: Host, code_host: CodeHost, root) -> None:
    head = Maker(root / "ada-lab" / "engine.git").commit({"a.py": ""})
    code_host.api["ada/paper"] = [facts("ada-lab/engine")]
    probe = with_token.probe(REPOSITORY)
    assert (probe.availability, probe.head_commit) == (A.MOVED, head)
    assert probe.moved_to == RepositoryId(owner="ada-lab", name="engine")


def test_a_name_in_another_case_is_the_same(with_token: Host, code_host: CodeHost, maker: Maker) -> None:
    maker.commit({"a.py": ""})
    code_host.api["ada/paper"] = [facts("Ada/PAPER")]
    assert with_token.probe(REPOSITORY).availability is A.AVAILABLE


def test_a_name_taken_by_somebody_else_has_another_id(with_token: Host, code_host: CodeHost, maker: Maker) -> None:
    maker.commit({"a.py": ""})
    code_host.api["ada/paper"] = [facts("ada/paper", id=1), facts("ada/paper", id=2), facts("ada/paper", id=2)]
    assert [with_token.probe(REPOSITORY).host_id for _ in range(3)] == [1, 2, 2]


def test_missing_for_both(with_token: Host) -> None:
    assert with_token.probe(REPOSITORY).availability is A.MISSING


@pytest.mark.parametrize("answer", [Scripted(451, DMCA), Scripted(403, TERMS)], ids=["dmca", "terms"])
def test_blocked(with_token: Host, code_host: CodeHost, maker: Maker, answer: Scripted) -> None:
    code_host.api["ada/paper"] = [answer]
    code_host.git["ada/paper"] = [Scripted(403, "Access denied\n")]
    probe = with_token.probe(REPOSITORY)
    assert (probe.availability, probe.answered_by) == (A.BLOCKED, "api")
    assert answer.body["block"]["reason"] in probe.detail  # type: ignore[index]


def test_git_says_disabled_and_the_api_does_not(with_token: Host, code_host: CodeHost) -> None:
    code_host.git["ada/paper"] = [Scripted(403, "Repository 'ada/paper' is disabled.\n")]
    code_host.api["ada/paper"] = [facts("ada/paper", disabled=False)]
    probe = with_token.probe(REPOSITORY)
    assert (probe.availability, probe.host_id) == (A.BLOCKED, 4711)


def test_private_is_missing_for_everybody_else(with_token: Host, code_host: CodeHost) -> None:
    code_host.api["ada/paper"] = [facts("ada/paper", private=True)]
    probe = with_token.probe(REPOSITORY)
    assert probe.availability is A.MISSING and "private" in probe.detail


def test_contradiction_is_not_decided(with_token: Host, code_host: CodeHost) -> None:
    code_host.api["ada/paper"] = [facts("ada/paper")]
    assert with_token.probe(REPOSITORY).availability is A.UNREACHABLE


OURS = [
    Scripted(403, LIMIT, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}),
    Scripted(403, SECONDARY, {"Retry-After": "3600"}),
    Scripted(403, SECONDARY),
    Scripted(429, {"message": "Too many requests"}, {"Retry-After": "3600"}),
    Scripted(401, {"message": "Bad credentials"}),
    Scripted(403, {"message": "Resource not accessible by personal access token"}),
    Scripted(500, {"message": "Server Error"}),
    Scripted(502, "<html>Bad gateway</html>"),
    Scripted(200, "<html>a hotel's network</html>"),
    Scripted(200, {"message": "no repository at all"}),
    Scripted(0, drop=True),
]


@pytest.mark.parametrize("answer", OURS, ids=lambda a: str(a.status))
def test_failures_of_ours_change_no_answer_of_git(
    with_token: Host, code_host: CodeHost, maker: Maker, answer: Scripted
) -> None:
    maker.commit({"a.py": ""})
    code_host.api["ada/paper"] = [answer]
    code_host.api["ada/gone"] = [answer]
    code_host.git["ada/down"] = [Scripted(503)]
    code_host.api["ada/down"] = [answer]
    began = time.monotonic()
    assert with_token.probe(REPOSITORY).availability is A.AVAILABLE
    assert with_token.probe(RepositoryId(owner="ada", name="gone")).availability is A.MISSING
    assert with_token.probe(RepositoryId(owner="ada", name="down")).availability is A.UNREACHABLE
    assert time.monotonic() - began < 10


def test_a_short_limit_is_waited_for(code_host: CodeHost, maker: Maker) -> None:
    maker.commit({"a.py": ""})
    code_host.api["ada/paper"] = [Scripted(403, SECONDARY, {"Retry-After": "1"}), facts("ada/paper")]
    host = open_host(git_url=code_host.url, api_url=code_host.api_url, token="t", timeout=5, max_wait=3)
    assert host.probe(REPOSITORY).host_id == 4711


class TestGitDown:
    """Git gives no answer; the API alone tells."""

    @pytest.fixture(autouse=True)
    def _down(self, code_host: CodeHost) -> None:
        code_host.git["ada/paper"] = [Scripted(502)]

    def test_missing(self, with_token: Host) -> None:
        probe = with_token.probe(REPOSITORY)
        assert (probe.availability, probe.answered_by) == (A.MISSING, "api")

    def test_empty_is_told_by_409(self, with_token: Host, code_host: CodeHost) -> None:
        code_host.api["ada/paper"] = [facts("ada/paper")]
        code_host.api["ada/paper/commits"] = [Scripted(409, {"message": "Git Repository is empty."})]
        assert with_token.probe(REPOSITORY).availability is A.EMPTY

    def test_available_with_its_head(self, with_token: Host, code_host: CodeHost) -> None:
        code_host.api["ada/paper"] = [facts("ada/paper")]
        commits = Scripted(200, '[{"sha": "%s", "url": "x"}]' % ("a" * 40), {"Content-Type": "application/json"})
        code_host.api["ada/paper/commits"] = [commits]
        probe = with_token.probe(REPOSITORY)
        assert (probe.availability, probe.answered_by, probe.head_commit) == (A.AVAILABLE, "api", "a" * 40)

    def test_silent_api(self, code_host: CodeHost) -> None:
        code_host.api["ada/paper"] = [Scripted(0, hang=True)]
        host = open_host(git_url=code_host.url, api_url=code_host.api_url, token="t", timeout=1, max_wait=0)
        assert host.probe(REPOSITORY).availability is A.UNREACHABLE
