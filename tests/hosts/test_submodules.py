"""Submodules: the honest ones are brought, the hostile ones refused, the gone ones named."""

from __future__ import annotations

from pathlib import Path

import pytest
from code_host import CodeHost, Scripted
from repository_maker import Bring, Maker

from checker.core.errors import HostRefusal
from checker.core.values.repositories import Checkout, RepositoryId
from checker.hosts import Host, open_host
from checker.hosts.limits import CloneLimits
from checker.hosts.urls import check_public, parse_url, resolve


def modules(**urls: str) -> str:
    return "".join(f'[submodule "{p}"]\n\tpath = {p}\n\turl = {u}\n' for p, u in urls.items())


def states(checkout: Checkout) -> dict[str, str]:
    return {s.path: s.status for s in checkout.submodules}


@pytest.fixture
def library(root: Path) -> str:
    """A second repository; returns the commit to be used, which is not its head."""
    maker = Maker(root / "ada" / "library.git")
    used = maker.commit({"lib/core.py": "used", "link": ("120000", "../top.py")})
    maker.commit({"lib/core.py": "newer"})
    return used


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/ada/library.git",
        "https://github.com/Ada/Library",
        "https://user:secret@github.com/ada/library.git",
        "../library.git",
        "../../ada/library",
        "git@github.com:ada/library.git",
        "ssh://git@github.com/ada/library.git",
        "git://github.com/ada/library.git",
        "http://github.com/ada/library",
    ],
)
def test_present(root: Path, maker: Maker, library: str, bring: Bring, url: str) -> None:
    maker.commit({"top.py": "", ".gitmodules": modules(third_party=url), "third_party": ("160000", library)})
    folder, checkout = bring(open_host(mirror=root))
    assert states(checkout) == {"third_party": "present"}
    assert (folder / "third_party" / "lib" / "core.py").read_text() == "used"
    assert (folder / "third_party" / "link").is_symlink()  # leads into the parent, which is inside the tree
    assert checkout.files == 4
    assert checkout.submodules[0].commit == library
    assert bool(checkout.submodules[0].detail) == (not url.startswith(("https:", "..")))
    assert not (folder / ".git" / "submodule").exists()


def test_present_over_http(online: Host, maker: Maker, library: str, bring: Bring) -> None:
    maker.commit({"top.py": "", ".gitmodules": modules(sub="../library"), "sub": ("160000", library)})
    folder, checkout = bring(online)
    assert states(checkout) == {"sub": "present"}
    assert (folder / "sub" / "lib" / "core.py").read_text() == "used"


REFUSED = [
    "file:///etc",
    "/etc",
    "ext::sh -c touch% /tmp/pwned",
    "--upload-pack=touch /tmp/pwned",
    "-u./payload",
    "ssh://-oProxyCommand=touch/x/y",
    "https://127.0.0.1/ada/library.git",
    "https://localhost/ada/library.git",
    "https://[::1]/ada/library.git",
    "https://169.254.169.254/latest/meta-data",
    "https://github.com:8443/ada/library.git",
    "https://github.com/ada",
    "https://github.com/ada/../../x",
    "https://github.com/ada/a%0ab",
    "https://gith\u0443b.com/ada/library",
    "ftp://github.com/ada/library",
    "x" * 5000,
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda u: u[:30])
def test_refused(code_host: CodeHost, maker: Maker, library: str, bring: Bring, url: str) -> None:
    online = open_host(git_url=code_host.url, max_wait=0)
    maker.commit({"a.py": "", ".gitmodules": modules(sub=url), "sub": ("160000", library)})
    folder, checkout = bring(online)
    assert states(checkout) == {"sub": "refused"}
    assert checkout.submodules[0].detail
    assert not (folder / "sub").exists()
    assert not any("library" in line or "x/y" in line for line in code_host.asked)


def test_gone(either: Host, maker: Maker, library: str, bring: Bring) -> None:
    maker.commit(
        {
            "a.py": "",
            ".gitmodules": modules(deleted="https://github.com/nobody/nothing", rewritten="../library"),
            "deleted": ("160000", library),
            "rewritten": ("160000", "12" * 20),
            "unnamed": ("160000", library),
        }
    )
    _, checkout = bring(either)
    assert states(checkout) == {"deleted": "gone", "rewritten": "gone", "unnamed": "gone"}
    details = {s.path: s.detail for s in checkout.submodules}
    assert details["unnamed"] == "no address in .gitmodules"
    assert "12" * 20 in details["rewritten"]


def test_unreachable(online: Host, code_host: CodeHost, maker: Maker, library: str, bring: Bring) -> None:
    maker.commit({"a.py": "", ".gitmodules": modules(sub="../library"), "sub": ("160000", library)})
    code_host.git["ada/library"] = [Scripted(503)]
    _, checkout = bring(online)
    assert states(checkout) == {"sub": "unreachable"}


def test_submodules_of_submodules_are_bounded(root: Path, bring: Bring) -> None:
    below = Maker(root / "ada" / "l0.git").commit({"bottom.py": ""})
    for level in (1, 2, 3, 4):
        maker = Maker(root / "ada" / (f"l{level}.git" if level < 4 else "paper.git"))
        below = maker.commit({".gitmodules": modules(s=f"../l{level - 1}"), "s": ("160000", below)})
    _, checkout = bring(open_host(mirror=root))
    assert states(checkout) == {"s": "present", "s/s": "present", "s/s/s": "present", "s/s/s/s": "refused"}


def test_a_submodule_of_itself_ends(root: Path, maker: Maker, bring: Bring) -> None:
    first = maker.commit({"a.py": ""})
    names = {f"s{n}": "../paper" for n in range(10)}
    maker.commit({".gitmodules": modules(**names), **dict.fromkeys(names, ("160000", first))})
    _, checkout = bring(open_host(mirror=root, limits=CloneLimits(submodules=4)))
    assert sorted(states(checkout).values()) == ["present"] * 4 + ["refused"] * 6


def test_a_link_in_place_of_gitmodules_is_not_read(root: Path, maker: Maker, library: str, bring: Bring) -> None:
    maker.commit(
        {"m": modules(s="../library"), ".gitmodules": ("120000", "m"), "s": ("160000", library), "a.py": ""}
    )
    _, checkout = bring(open_host(mirror=root))
    assert states(checkout) == {"s": "gone"}


def test_relative_addresses_follow_gits_rules() -> None:
    parent = RepositoryId(host="gitlab.com", owner="group/sub", name="paper")
    assert resolve(parent, "../other.git").repository.slug == "group/sub/other"
    assert resolve(parent, "../../x/other").repository.slug == "group/x/other"
    assert str(parse_url("https://gitlab.com/a/b/c.git").repository) == "gitlab.com/a/b/c"
    with pytest.raises(HostRefusal):
        resolve(parent, "../../../../../etc")


def test_unknown_names_must_lead_to_public_addresses() -> None:
    with pytest.raises(HostRefusal, match="not public"):
        check_public("localhost")
