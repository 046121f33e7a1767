"""Every answer that git gets from a host, over real HTTP."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import pytest
from code_host import CodeHost, Scripted
from repository_maker import REPOSITORY, Maker

from checker.core.values.repositories import Availability, RepositoryId
from checker.hosts import Host, open_host

A = Availability

BLOCKED_DISABLED = "Repository 'ada/paper' is disabled.\nPlease ask the owner to check their account.\n"
BLOCKED_DMCA = (
    "Repository unavailable due to DMCA takedown.\n"
    "See the takedown notice for more details:\nhttps://example.org/dmca/2020-01-01-notice.md\n"
)


def test_available(online: Host, maker: Maker) -> None:
    head = maker.commit({"a.py": "print()"})
    probe = online.probe(REPOSITORY)
    assert (probe.availability, probe.answered_by) == (A.AVAILABLE, "git")
    assert (probe.head_commit, probe.default_branch, probe.moved_to) == (head, "main", None)


def test_default_branch_of_another_name(online: Host, root) -> None:
    head = Maker(root / "ada" / "paper.git", branch="trunk").commit({"a.py": ""})
    probe = online.probe(REPOSITORY)
    assert (probe.default_branch, probe.head_commit) == ("trunk", head)


def test_empty(online: Host, maker: Maker) -> None:
    assert online.probe(REPOSITORY).availability is A.EMPTY


def test_login_prompt_is_missing(online: Host) -> None:
    probe = online.probe(REPOSITORY)
    assert probe.availability is A.MISSING
    assert "401" in probe.detail


ANSWERS = [
    (Scripted(404, "Not Found"), A.MISSING),
    (Scripted(410, "Gone"), A.MISSING),
    (Scripted(403, BLOCKED_DISABLED), A.BLOCKED),
    (Scripted(403, "Repository access blocked\n"), A.BLOCKED),
    (Scripted(451, BLOCKED_DMCA), A.BLOCKED),
    (Scripted(403, "Forbidden by the company's proxy\n"), A.UNREACHABLE),
    (Scripted(403, "You have exceeded a secondary rate limit.\n"), A.UNREACHABLE),
    (Scripted(403, "", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}), A.UNREACHABLE),
    (Scripted(429, "Too Many Requests", {"Retry-After": "60"}), A.UNREACHABLE),
    (Scripted(429, "whoa there!", {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}), A.UNREACHABLE),
    (Scripted(500, "oops"), A.UNREACHABLE),
    (Scripted(502, ""), A.UNREACHABLE),
    (Scripted(503, "Repository not found while we are down"), A.UNREACHABLE),
    (Scripted(407, "Proxy Authentication Required"), A.UNREACHABLE),
    (Scripted(200, "<html>Please accept the terms of our hotel's network</html>"), A.UNREACHABLE),
    (Scripted(0, drop=True), A.UNREACHABLE),
]


@pytest.mark.parametrize(("answer", "expected"), ANSWERS, ids=lambda v: str(getattr(v, "status", "")))
def test_answers_told_apart(online: Host, code_host: CodeHost, answer: Scripted, expected: A) -> None:
    code_host.git["ada/paper"] = [answer]
    probe = online.probe(REPOSITORY)
    assert probe.availability is expected, probe.detail
    assert probe.detail and probe.head_commit is None
    assert "\n" not in probe.detail


def test_what_a_host_says_is_kept_on_one_clean_line(online: Host, code_host: CodeHost) -> None:
    code_host.git["ada/paper"] = [Scripted(403, "\x1b[31mrepository access blocked\x1b[0m\nby \x07us\n")]
    detail = online.probe(REPOSITORY).detail
    assert detail.isprintable() and "repository access blocked" in detail


def test_server_error_is_asked_again(code_host: CodeHost, maker: Maker) -> None:
    maker.commit({"a.py": ""})
    backend = f"{code_host.url}/ada/other.git/info/refs?service=git-upload-pack"
    code_host.git["ada/paper"] = [Scripted(503), Scripted(301, "", {"Location": backend})]
    Maker(code_host.root / "ada" / "other.git").commit({"a.py": ""})
    probe = open_host(git_url=code_host.url, timeout=5, max_wait=3).probe(REPOSITORY)
    assert probe.availability is A.MOVED


def test_retry_after_is_honoured_and_bounded(code_host: CodeHost) -> None:
    code_host.git["ada/paper"] = [Scripted(429, "", {"Retry-After": "1"}), Scripted(404)]
    began = time.monotonic()
    probe = open_host(git_url=code_host.url, timeout=5, max_wait=2).probe(REPOSITORY)
    assert probe.availability is A.MISSING
    assert time.monotonic() - began >= 1
    code_host.git["ada/later"] = [Scripted(429, "", {"Retry-After": "3600"})]
    began = time.monotonic()
    probe = open_host(git_url=code_host.url, timeout=5, max_wait=2).probe(RepositoryId(owner="ada", name="later"))
    assert probe.availability is A.UNREACHABLE
    assert time.monotonic() - began < 2


def test_renamed(online: Host, code_host: CodeHost, root) -> None:
    head = Maker(root / "ada-lab" / "engine.git").commit({"a.py": ""})
    there = f"{code_host.url}/ada-lab/engine.git/info/refs?service=git-upload-pack"
    code_host.git["ada/paper"] = [Scripted(301, "", {"Location": there})]
    probe = online.probe(REPOSITORY)
    assert probe.availability is A.MOVED
    assert probe.moved_to == RepositoryId(owner="ada-lab", name="engine")
    assert (probe.repository, probe.head_commit) == (REPOSITORY, head)


def test_another_case_is_no_move(online: Host, code_host: CodeHost, root) -> None:
    Maker(root / "Ada" / "Paper.git").commit({"a.py": ""})
    there = f"{code_host.url}/Ada/Paper.git/info/refs?service=git-upload-pack"
    code_host.git["ada/paper"] = [Scripted(301, "", {"Location": there})]
    assert online.probe(REPOSITORY).availability is A.AVAILABLE


def test_redirect_to_another_host_is_not_followed(online: Host, code_host: CodeHost, tmp_path) -> None:
    other = CodeHost(tmp_path)
    try:
        for target in (
            f"{other.url}/ada/paper.git/info/refs",
            "http://localhost:1/a/b.git/info/refs",
            "file:///etc",
        ):
            code_host.git["ada/paper"] = [Scripted(302, "", {"Location": target})]
            probe = online.probe(REPOSITORY)
            assert probe.availability is A.UNREACHABLE
        assert other.asked == []
    finally:
        other.close()


def test_redirects_without_end(online: Host, code_host: CodeHost) -> None:
    here = f"{code_host.url}/ada/paper.git/info/refs?service=git-upload-pack"
    code_host.git["ada/paper"] = [Scripted(301, "", {"Location": here})]
    probe = online.probe(REPOSITORY)
    assert (probe.availability, probe.detail) == (A.UNREACHABLE, "redirected without end")


def test_silent_host_times_out(code_host: CodeHost) -> None:
    code_host.git["ada/paper"] = [Scripted(0, hang=True)]
    began = time.monotonic()
    probe = open_host(git_url=code_host.url, timeout=1, max_wait=0).probe(REPOSITORY)
    assert probe.availability is A.UNREACHABLE
    assert time.monotonic() - began < 5


def test_connection_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    probe = open_host(git_url=url, timeout=5, max_wait=0).probe(REPOSITORY)
    assert probe.availability is A.UNREACHABLE
    assert "connect" in probe.detail.lower()


def test_name_that_does_not_resolve() -> None:
    probe = open_host(git_url="http://no-such-host.invalid", timeout=10, max_wait=0).probe(REPOSITORY)
    assert probe.availability is A.UNREACHABLE


@pytest.mark.parametrize(
    ("owner", "name"),
    [("..", "x"), ("a", ".."), ("a b", "x"), ("a", "x\ny"), ("a", "x\0"), ("a?b", "x"), ("a", ""), ("a", "x#y")],
)
def test_names_that_are_none(online: Host, code_host: CodeHost, owner: str, name: str) -> None:
    probe = online.probe(RepositoryId(owner=owner, name=name))
    assert probe.availability is A.NOT_A_REPOSITORY
    assert code_host.asked == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "169.254.169.254", "[::1]", "user@host.org", "-o.org"])
def test_hosts_that_are_none_are_never_asked(online: Host, host: str) -> None:
    assert online.probe(RepositoryId(host=host, owner="a", name="b")).availability is A.NOT_A_REPOSITORY


def test_nothing_of_the_environment_leads_git_astray(
    online: Host, maker: Maker, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.commit({"a.py": ""})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "url.file:///etc/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "http://")
    assert online.probe(REPOSITORY).availability is A.AVAILABLE


@pytest.mark.parametrize("programs", ["", "env"])
def test_no_git_on_this_machine(
    online: Host, maker: Maker, tmp_path, monkeypatch: pytest.MonkeyPatch, programs: str
) -> None:
    maker.commit({"a.py": ""})
    folder = tmp_path / "bin"
    folder.mkdir()
    for program in programs.split():
        (folder / program).symlink_to(shutil.which(program) or "")
    monkeypatch.setenv("PATH", str(folder))
    probe = online.probe(REPOSITORY)
    assert probe.availability is A.UNREACHABLE
    assert "git was not found" in probe.detail


def test_folders_of_a_mirror_that_differ_in_case_are_all_looked_into(root: Path) -> None:
    heads = {
        f"{owner}/{name}": Maker(root / owner / f"{name}.git").commit({"a.py": f"{owner} {name}"})
        for owner, name in (("Acme", "code"), ("acme", "other"), ("ACME", "Third"))
    }
    host = open_host(mirror=root)
    for asked, held in (
        ("Acme/code", "Acme/code"),
        ("Acme/other", "acme/other"),
        ("acme/code", "Acme/code"),
        ("acme/other", "acme/other"),
        ("acme/third", "ACME/Third"),
    ):
        owner, name = asked.split("/")
        assert host.probe(RepositoryId(owner=owner, name=name)).head_commit == heads[held], asked
    assert host.probe(RepositoryId(owner="acme", name="fourth")).availability is A.MISSING
