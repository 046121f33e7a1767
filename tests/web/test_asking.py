"""What may be asked for: repositories of the configured hosts, papers; no other host, protocol or place."""

from __future__ import annotations

import pytest

from checker.core.errors import UsageError
from checker.core.values.repositories import Target
from checker.hosts.urls import KNOWN_HOSTS
from checker.web.asking import PaperAsked, read_asked

COMMIT = "3f9c2e7d5b1a48669e0d7c2b4f8a6e5d1c3b2a90"


@pytest.mark.parametrize(
    ("text", "slug", "commit", "ref"),
    [
        ("ada/engine", "ada/engine", None, None),
        ("  ada/engine\n", "ada/engine", None, None),
        (f"ada/engine@{COMMIT}", "ada/engine", COMMIT, None),
        ("ada/engine@v1.0", "ada/engine", None, "v1.0"),
        ("https://github.com/ada/engine", "ada/engine", None, None),
        ("HTTPS://GitHub.com/ada/engine.git", "ada/engine", None, None),
        ("http://www.github.com/ada/engine/", "ada/engine", None, None),
        ("github.com/ada/engine", "ada/engine", None, None),
        ("https://github.com/ada/engine/tree/dev?x=1#readme", "ada/engine", None, "dev"),
        ("https://github.com/ada/engine/tree/dev/src?x=1#readme", "ada/engine", None, "dev/src"),
        (f"https://github.com/ada/engine/tree/{COMMIT}", "ada/engine", COMMIT, None),
    ],
)
def test_repositories(text: str, slug: str, commit: str | None, ref: str | None) -> None:
    asked = read_asked(text, KNOWN_HOSTS)
    assert isinstance(asked, Target)
    assert (asked.repository.host, asked.repository.slug) == ("github.com", slug)
    assert (asked.commit, asked.ref, asked.folder) == (commit, ref, None)


def test_a_repository_in_groups_of_another_host() -> None:
    asked = read_asked("https://gitlab.com/ada/group/engine", KNOWN_HOSTS)
    assert isinstance(asked, Target)
    assert str(asked.repository) == "gitlab.com/ada/group/engine"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2301.00001", "2301.00001"),
        ("arXiv:2301.00001v2", "2301.00001"),
        ("https://arxiv.org/abs/2301.00001", "2301.00001"),
        ("arXiv:hep-th/9901001", "hep-th/9901001"),
    ],
)
def test_papers(text: str, number: str) -> None:
    assert read_asked(text, KNOWN_HOSTS) == PaperAsked(arxiv=number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "engine",
        "/etc/passwd",
        "./engine",
        "../../etc",
        "~/engine",
        "C:\\engine",
        "file:///etc/passwd",
        "file://github.com/ada/engine",
        "ssh://git@github.com/ada/engine",
        "git@github.com:ada/engine",
        "git://github.com/ada/engine",
        "ext::sh -c touch% /tmp/x",
        "ftp://github.com/ada/engine",
        "https://github.com:22/ada/engine",
        "https://github.com:443/ada/engine",
        "https://ada:secret@github.com/ada/engine",
        "https://github.com@evil.example.org/ada/engine",
        "https://evil.example.org/github.com/ada/engine",
        "https://github.com.evil.example.org/ada/engine",
        "https://g\u0456thub.com/ada/engine",
        "https://github.co/ada/engine",
        "https://raw.githubusercontent.com/ada/engine/main/x.py",
        "https://gist.github.com/ada/123",
        "https://gïthub.com/ada/engine",
        "https://xn--gthub-n4a.com/ada/engine",
        "https://github.com./ada/engine",
        "https://github。com/ada/engine",
        "https://127.0.0.1/ada/engine",
        "https://[::1]/ada/engine",
        "https://localhost/ada/engine",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/ada/engine",
        "https://github.com/ada",
        "https://github.com/",
        "https://github.com/../ada",
        "https://github.com/ada/%2e%2e",
        "https://github.com\\@evil.example.org/ada/engine",
        "https://github.com /ada/engine",
        "ada/engine\x00",
        "ada/engine\nada/other",
        "ada/..",
        "ada/.",
        "-upload-pack=x/engine",
        "ada/engine@--upload-pack=x",
        "a" * 501,
        "https://github.com/" + "a" * 600 + "/x",
        "javascript:alert(1)//github.com/ada/engine",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_asked(text, KNOWN_HOSTS)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400


def test_only_the_configured_hosts() -> None:
    with pytest.raises(UsageError, match=r"gitlab\.com is not among .* asked here: github\.com"):
        read_asked("https://gitlab.com/ada/engine", frozenset({"github.com"}))
    with pytest.raises(UsageError, match=r"github\.com is not among"):
        read_asked("ada/engine", frozenset({"codeberg.org"}))
