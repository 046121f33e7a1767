"""The address that git is given for a repository of each forge, and what a mirror holds of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from code_host import CodeHost
from repository_maker import Maker

from checker.core.values.papers import Paper
from checker.core.values.repositories import Availability, RepositoryId
from checker.hosts import open_host
from checker.hosts.remote import RemoteHost
from checker.papers.links import read_paper

ADDRESSES = {
    "https://github.com/o/n": "https://github.com/o/n.git",
    "https://gitlab.com/g/s/n/-/tree/dev": "https://gitlab.com/g/s/n.git",
    "https://gitlab.inria.fr/g/n": "https://gitlab.inria.fr/g/n.git",
    "https://codeberg.org/o/n/src/branch/dev": "https://codeberg.org/o/n.git",
    "https://huggingface.co/o/n": "https://huggingface.co/o/n",
    "https://huggingface.co/datasets/o/n": "https://huggingface.co/datasets/o/n",
    "https://git.sr.ht/~o/n": "https://git.sr.ht/~o/n",
    "https://dev.azure.com/org/proj/_git/n": "https://dev.azure.com/org/proj/_git/n",
    "https://org.visualstudio.com/proj/_git/n": "https://org.visualstudio.com/proj/_git/n",
    "https://sourceforge.net/p/proj/code/ci/master/tree/": "https://git.code.sf.net/p/proj/code",
    "https://bitbucket.lab.org/projects/KEY/repos/n": "https://bitbucket.lab.org/scm/key/n.git",
    "https://git.savannah.gnu.org/cgit/n.git": "https://git.savannah.gnu.org/git/n.git",
}


@pytest.mark.parametrize(("url", "address"), ADDRESSES.items())
def test_git_is_given_the_address_that_the_forge_serves(url: str, address: str) -> None:
    (link,) = read_paper(Paper(id="p", title="", abstract=f"Code: {url}")).links
    assert link.repository is not None
    assert RemoteHost.create().url(link.repository) == address


def test_a_mirror_stands_in_for_other_forges(root: Path, tmp_path: Path) -> None:
    maker = Maker(root / "gitlab.com" / "lab" / "group" / "waves.git")
    head = maker.commit({"README.md": "# x"})
    maker.head = None
    other = maker.commit({"a/main.py": "print(1)"}, branch="feature/x")
    host, repository = open_host(mirror=root), RepositoryId(host="gitlab.com", owner="lab/group", name="waves")
    probe = host.probe(repository)
    assert (probe.availability, probe.head_commit, probe.branches) == (
        Availability.AVAILABLE,
        head,
        ("feature/x",),
    )
    (link,) = read_paper(
        Paper(id="p", title="", abstract="See https://gitlab.com/lab/group/waves/-/tree/feature/x/a.")
    ).links
    assert link.target is not None
    found = host.checkout(link.target, probe, tmp_path)
    assert (found.commit, found.ref) == (other, "feature/x")


@pytest.mark.parametrize(
    ("folder", "url"),
    [
        ("lab/group/waves.git", "https://gitlab.com/lab/group/waves/-/tree/feature/x/a"),
        ("lab/waves.git", "https://codeberg.org/lab/waves/src/branch/feature/x/a"),
        ("datasets/lab/waves", "https://huggingface.co/datasets/lab/waves/tree/feature/x/a"),
        ("~lab/waves", "https://git.sr.ht/~lab/waves/tree/feature/x/item/a"),
        ("lab/proj/_git/waves", "https://dev.azure.com/lab/proj/_git/waves?path=/a&version=GBfeature/x"),
    ],
)
def test_other_forges_answer_over_http(
    folder: str, url: str, root: Path, code_host: CodeHost, tmp_path: Path
) -> None:
    maker = Maker(root / folder)
    maker.commit({"README.md": "# x"})
    wanted = maker.commit({"a/main.py": "print(1)"}, branch="feature/x")
    (link,) = read_paper(Paper(id="p", title="", abstract=f"See {url}.")).links
    assert link.target is not None
    host = RemoteHost.create({link.host: code_host.url}, 5, 0)
    probe = host.probe(link.target.repository)
    found = host.checkout(link.target, probe, tmp_path / "files")
    assert (probe.availability, found.commit, found.ref) == (Availability.AVAILABLE, wanted, "feature/x")
    assert (tmp_path / "files" / "a" / "main.py").is_file()


@pytest.mark.parametrize(
    ("default", "others", "ref"),
    [("dev", {"main": "b"}, "main"), ("master", {}, "master"), ("trunk", {"x": "b"}, "trunk")],
)
def test_a_link_to_main_means_that_branch_where_it_is_there(
    default: str, others: dict[str, str], ref: str, root: Path, tmp_path: Path
) -> None:
    maker = Maker(root / "o" / "n.git", branch=default)
    maker.commit({"a.py": "1"})
    for branch, text in others.items():
        maker.commit({"a.py": text}, branch=branch)
    (link,) = read_paper(Paper(id="p", title="", abstract="See https://github.com/o/n/tree/main")).links
    host = open_host(mirror=root)
    assert link.target is not None
    assert host.checkout(link.target, host.probe(link.target.repository), tmp_path).ref == ref
