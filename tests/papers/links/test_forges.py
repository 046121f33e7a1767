"""Links to other forges than GitHub: repositories with branch, folder, file and commit, and what is none."""

from __future__ import annotations

import pytest

from checker.core.values.papers import CodeLink, CodeStatus, LinkKind, Paper
from checker.core.values.repositories import Target
from checker.papers.links import read_paper

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def links_in(text: str) -> tuple[CodeLink, ...]:
    return read_paper(Paper(id="p1", title="A Title", abstract=text)).links


def name(target: Target) -> tuple[str, str | None, str | None]:
    return str(target.repository), target.commit or target.ref, target.path


REPOSITORIES: dict[str, tuple[str, str | None, str | None]] = {
    # GitLab
    "https://gitlab.com/group/name": ("gitlab.com/group/name", None, None),
    "https://gitlab.com/group/sub/deep/name.git": ("gitlab.com/group/sub/deep/name", None, None),
    "https://gitlab.com/group/sub/name/-/tree/main/src": ("gitlab.com/group/sub/name", "main", "src"),
    "https://gitlab.com/group/name/-/tree/dev/src/a": ("gitlab.com/group/name", "dev/src/a", None),
    "https://gitlab.com/group/name/-/tree/feature%2Fx": ("gitlab.com/group/name", "feature/x", None),
    f"https://gitlab.com/group/name/-/commit/{COMMIT}": ("gitlab.com/group/name", COMMIT, None),
    f"https://gitlab.com/group/name/-/blob/{COMMIT}/a.py#L3": ("gitlab.com/group/name", COMMIT, "a.py"),
    "https://gitlab.com/group/name/-/releases/v1.0": ("gitlab.com/group/name", "v1.0", None),
    "https://gitlab.com/group/name/-/tags/v1.0": ("gitlab.com/group/name", "v1.0", None),
    "https://gitlab.com/group/name/-/archive/v1/name-v1.zip": ("gitlab.com/group/name", "v1", None),
    "https://gitlab.com/group/name/-/issues/5": ("gitlab.com/group/name", None, None),
    "https://gitlab.com/group/name/tree/master/a": ("gitlab.com/group/name", "master", "a"),
    "https://gitlab.com/group/a+b": ("gitlab.com/group/a+b", None, None),
    "https://gitlab.inria.fr/team/name": ("gitlab.inria.fr/team/name", None, None),
    "https://gitlab-ext.lab.de/team/name": ("gitlab-ext.lab.de/team/name", None, None),
    "http://www.gitlab.com/group/name/": ("gitlab.com/group/name", None, None),
    "git@gitlab.com:group/sub/name.git": ("gitlab.com/group/sub/name", None, None),
    "ssh://git@gitlab.lab.org/group/name.git": ("gitlab.lab.org/group/name", None, None),
    "gitlab.com/group/name": ("gitlab.com/group/name", None, None),
    "framagit.org/o/n": ("framagit.org/o/n", None, None),
    "https://code.lab.edu/o/n/-/tree/dev": ("code.lab.edu/o/n", "dev", None),
    # Forgejo, Gitea, Gogs
    "https://codeberg.org/o/n": ("codeberg.org/o/n", None, None),
    "https://codeberg.org/o/n/src/branch/main/lib": ("codeberg.org/o/n", "main", "lib"),
    "https://codeberg.org/o/n/src/branch/dev/lib": ("codeberg.org/o/n", "dev/lib", None),
    f"https://codeberg.org/o/n/src/commit/{COMMIT}/lib": ("codeberg.org/o/n", COMMIT, "lib"),
    "https://codeberg.org/o/n/src/tag/v2": ("codeberg.org/o/n", "v2", None),
    "https://codeberg.org/o/n/commit/0a1b2c3": ("codeberg.org/o/n", "0a1b2c3", None),
    "https://codeberg.org/o/n/releases/tag/v2": ("codeberg.org/o/n", "v2", None),
    "https://codeberg.org/o/n/archive/v2.tar.gz": ("codeberg.org/o/n", "v2", None),
    "https://gitea.lab.org/o/n/raw/branch/main/a.py": ("gitea.lab.org/o/n", "main", "a.py"),
    "https://forge.lab.org/o/n/src/branch/main/a": ("forge.lab.org/o/n", "main", "a"),
    "https://gin.g-node.org/o/n/src/master/code": ("gin.g-node.org/o/n", "master", "code"),
    # Bitbucket
    "https://bitbucket.org/o/n/src/master/": ("bitbucket.org/o/n", "master", None),
    f"https://bitbucket.org/o/n/src/{COMMIT}/sim": ("bitbucket.org/o/n", COMMIT, "sim"),
    "https://bitbucket.org/o/n/branch/dev": ("bitbucket.org/o/n", "dev", None),
    f"https://bitbucket.org/o/n/commits/{COMMIT}": ("bitbucket.org/o/n", COMMIT, None),
    "https://bitbucket.org/o/n/get/v1.zip": ("bitbucket.org/o/n", "v1", None),
    "https://bitbucket.lab.org/projects/KEY/repos/n/browse/sim?at=refs/heads/dev": (
        "bitbucket.lab.org/scm/key/n",
        "dev/sim",
        None,
    ),
    # Hugging Face
    "https://huggingface.co/o/n": ("huggingface.co/o/n", None, None),
    "https://hf.co/o/n/tree/main": ("huggingface.co/o/n", "main", None),
    "https://huggingface.co/datasets/o/n": ("huggingface.co/datasets/o/n", None, None),
    "https://huggingface.co/spaces/o/n/blob/main/app.py": ("huggingface.co/spaces/o/n", "main", "app.py"),
    "https://huggingface.co/o/n/resolve/main/a.safetensors": ("huggingface.co/o/n", "main", "a.safetensors"),
    # sourcehut, SourceForge, Gitee, Azure, Savannah, cgit, Gitiles
    "https://git.sr.ht/~o/n": ("git.sr.ht/~o/n", None, None),
    "https://git.sr.ht/~o/n/tree/dev/item/src/a.c": ("git.sr.ht/~o/n", "dev/src/a.c", None),
    "https://git.sr.ht/~o/n/refs/v1": ("git.sr.ht/~o/n", "v1", None),
    "https://sourceforge.net/p/proj/code/ci/master/tree/src": ("git.code.sf.net/p/proj/code", "master", "src"),
    "https://sourceforge.net/p/proj/git/": ("git.code.sf.net/p/proj/git", None, None),
    "git://git.code.sf.net/p/proj/code": ("git.code.sf.net/p/proj/code", None, None),
    "https://gitee.com/o/n/tree/master/a": ("gitee.com/o/n", "master", "a"),
    "https://dev.azure.com/org/proj/_git/n?path=/src&version=GBdev": (
        "dev.azure.com/org/proj/_git/n",
        "dev/src",
        None,
    ),
    "https://org.visualstudio.com/proj/_git/n": ("org.visualstudio.com/proj/_git/n", None, None),
    "https://git.savannah.gnu.org/git/n.git": ("git.savannah.gnu.org/git/n", None, None),
    "https://git.savannah.gnu.org/cgit/n.git/tree/src?h=dev": ("git.savannah.gnu.org/git/n", "dev/src", None),
    "https://git.kernel.org/pub/scm/linux/x.git/commit/?id=0a1b2c3": (
        "git.kernel.org/pub/scm/linux/x",
        "0a1b2c3",
        None,
    ),
    "https://x.googlesource.com/a/b/+/refs/heads/main/src": ("x.googlesource.com/a/b", "main", "src"),
    "https://git.lab.ac.uk/o/n": ("git.lab.ac.uk/o/n", None, None),
    "https://scm.lab.fr/anonscm/git/p/n.git": ("scm.lab.fr/anonscm/git/p/n", None, None),
    "git@repos.lab.org:o/n.git": ("repos.lab.org/o/n", None, None),
    "git+https://gitlab.com/o/n.git@v1#egg=n": ("gitlab.com/o/n", "v1", None),
}


@pytest.mark.parametrize(("url", "expected"), REPOSITORIES.items(), ids=[url[:70] for url in REPOSITORIES])
def test_repositories_with_branch_folder_and_commit(
    url: str, expected: tuple[str, str | None, str | None]
) -> None:
    (link,) = links_in(f"Code: {url}")
    assert link.kind is LinkKind.REPOSITORY and link.target is not None
    assert name(link.target) == expected


LAB = "https://gitlab.com/sea-lab/waves/wave-net"

DIRT = {
    "full stop": f"Code is at {LAB}.",
    "comma": f"Code ({LAB}, in Python) is free.",
    "comma glued": f"{LAB},and",
    "semicolon glued": f"{LAB};Data",
    "bracket glued": f"{LAB}(in Python)",
    "brackets": f"(code: {LAB}).",
    "url macro": f"\\url{{{LAB}}}.",
    "escaped": "https://gitlab.com/sea\\-lab/waves/wave\\-net",
    "git suffix": f"git clone {LAB}.git.",
    "repeated": f"at {LAB}{{{LAB}}}.",
    "repeated with case": f"at {LAB} and HTTPS://GITLAB.COM/Sea-Lab/Waves/Wave-Net.git",
    "sentence glued": f"{LAB}.The results",
    "possessive": f"{LAB}'s README says so",
    "space after the host": "https://gitlab.com/ sea-lab/waves/wave-net.",
    "space in the scheme": "https: //gitlab.com/sea-lab/waves/wave-net",
    "space in the host": "https://gitlab. com/sea-lab/waves/wave-net",
    "line break after the host": "https://gitlab.com/\nsea-lab/waves/wave-net",
    "line break in the owner": "https://gitlab.com/sea-\nlab/waves/wave-net, which",
    "no scheme": "at gitlab.com/sea-lab/waves/wave-net.",
    "word glued in front": "Code is available athttps://gitlab.com/sea-lab/waves/wave-net.",
    "colon missing": "https//gitlab.com/sea-lab/waves/wave-net",
    "soft hyphen": "https://gitlab.com/sea-lab/waves/wa\u00adve-net",
}


@pytest.mark.parametrize("text", DIRT.values(), ids=DIRT)
def test_a_repository_is_found_under_its_dirt(text: str) -> None:
    links = links_in(text)
    assert [(link.kind, f"{link.owner}/{link.name}".lower()) for link in links] == [
        (LinkKind.REPOSITORY, "sea-lab/waves/wave-net")
    ]


BREAKS = {
    "https://codeberg.org/sea-lab/ wave-net.": "codeberg.org/sea-lab/wave-net",
    "https://bitbucket.org/sea-lab/wave- net.": "bitbucket.org/sea-lab/wave-net",
    "https://gitlab.inria.fr/sea-lab/wave-\nnet, which": "gitlab.inria.fr/sea-lab/wave-net",
    "https://huggingface.co/sea-lab/\nwave-net is": "huggingface.co/sea-lab/wave-net",
    "https://gitlab.com/sea-lab/wave-net /-/tree/main": "gitlab.com/sea-lab/wave-net",
}


@pytest.mark.parametrize(("text", "expected"), BREAKS.items())
def test_gaps_are_closed_on_every_forge(text: str, expected: str) -> None:
    assert [str(link.repository) for link in links_in(text)] == [expected]


OTHERS: dict[str, tuple[LinkKind, str | None]] = {
    "https://gitlab.com/sea-lab": (LinkKind.OWNER, "sea-lab"),
    "https://gitlab.com/sea-lab.": (LinkKind.OWNER, "sea-lab"),
    "https://gitlab.com/groups/sea-lab": (LinkKind.OWNER, "sea-lab"),
    "https://codeberg.org/sea-lab/ and the data": (LinkKind.OWNER, "sea-lab"),
    "https://huggingface.co/sea-lab": (LinkKind.OWNER, "sea-lab"),
    "https://huggingface.co/spaces/sea-lab": (LinkKind.OWNER, "sea-lab"),
    "https://bitbucket.org/sea-lab/workspace/projects/WAVE": (LinkKind.OWNER, "sea-lab"),
    "https://huggingface.co/sea-lab/models": (LinkKind.OWNER, "sea-lab"),
    "https://git.sr.ht/~sea": (LinkKind.OWNER, "~sea"),
    "https://gitlab.com/-/snippets/12": (LinkKind.GIST, None),
    "https://gitlab.com/snippets/12": (LinkKind.GIST, None),
    "https://gitlab.com/o/n/-/snippets/12": (LinkKind.GIST, None),
    "https://bitbucket.org/snippets/o/abc": (LinkKind.GIST, None),
    "https://gitee.com/o/codes/abc": (LinkKind.GIST, None),
    "https://gitlab.com/explore/projects": (LinkKind.OTHER, None),
    "https://gitlab.com/": (LinkKind.OTHER, None),
    "https://docs.gitlab.com/ee/user": (LinkKind.OTHER, None),
    "https://huggingface.co/papers/2301.00001": (LinkKind.OTHER, None),
    "https://huggingface.co/datasets": (LinkKind.OTHER, None),
    "https://huggingface.co/collections/o/x": (LinkKind.OTHER, None),
    "https://sourceforge.net/projects/proj": (LinkKind.OTHER, None),
    "https://sourceforge.net/p/proj/code/HEAD/tree": (LinkKind.OTHER, None),
    "https://git-scm.com/book/en": (LinkKind.OTHER, None),
    "https://gitlab.io/o/n": (LinkKind.OTHER, None),
    "https://gitlab.github.io/o/n": (LinkKind.OTHER, None),
    "https://code.jquery.com/jquery/3.js": (LinkKind.OTHER, None),
    "https://gitlab.lab.org:8443/o/n": (LinkKind.OTHER, None),
    "https://192.0.2.7/o/n.git": (LinkKind.OTHER, None),
    "https://evil.org/gitlab.com/o/n": (LinkKind.OTHER, None),
    "https://mygitlab.evil.org/o/n": (LinkKind.OTHER, None),
    "https://gitlab.com@evil.org/o/n": (LinkKind.OTHER, None),
    "https://gitlab.com/sea-lab/wav…": (LinkKind.OTHER, None),
    "https://codeberg.org/sea-lab/wav...": (LinkKind.OTHER, None),
}


@pytest.mark.parametrize(("url", "expected"), OTHERS.items(), ids=[url[:60] for url in OTHERS])
def test_what_is_no_repository(url: str, expected: tuple[LinkKind, str | None]) -> None:
    (link,) = links_in(f"See {url}")
    assert (link.kind, link.owner) == expected
    assert link.target is None


STATUSES = {
    "See https://gitlab.com/o/n": CodeStatus.LINKED,
    "Code will be released at https://codeberg.org/o/n": CodeStatus.PROMISED,
    "The data set is at https://huggingface.co/datasets/o/n": CodeStatus.NONE,
    "Our code is available at https://huggingface.co/o/n": CodeStatus.LINKED,
    "Try it: https://huggingface.co/spaces/o/n": CodeStatus.LINKED,
    "Write to someone@gitlab.com or git@lab.org.": CodeStatus.NONE,
}


@pytest.mark.parametrize(("text", "status"), STATUSES.items())
def test_what_a_link_to_a_forge_says_about_code(text: str, status: CodeStatus) -> None:
    assert read_paper(Paper(id="p", title="", abstract=text)).code_status is status
