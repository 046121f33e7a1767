from __future__ import annotations

import pytest

from checker.core.values.papers import CodeLink, LinkKind, Paper
from checker.core.values.repositories import RepositoryId, Target
from checker.papers.links import link_of_target, locate, read_paper


def links_in(abstract: str, title: str = "A Title") -> tuple[CodeLink, ...]:
    return read_paper(Paper(id="p1", title=title, abstract=abstract)).links


def repositories_in(abstract: str) -> list[str]:
    return [f"{link.owner}/{link.name}" for link in links_in(abstract) if link.kind is LinkKind.REPOSITORY]


LAB = "https://github.com/sea-lab/wave-net"

ONE_REPOSITORY = {
    "plain": f"Code is available at {LAB}",
    "full stop": f"Code is available at {LAB}.",
    "full stop apart": f"Code is available at {LAB} .",
    "comma": f"Code ({LAB}, in Python) is free.",
    "closing bracket": f"(code: {LAB})",
    "closing bracket and stop": f"(see {LAB}).",
    "stop and closing bracket": f"(See {LAB}.)",
    "square brackets": f"[{LAB}]",
    "braces": f"{{{LAB}}}.",
    "straight quotes": f'at "{LAB}".',
    "typographic quotes": f"at “{LAB}”, and",
    "single typographic quotes": f"at ‘{LAB}’.",
    "guillemets": f"« {LAB} »",
    "possessive": f"{LAB}'s README says so",
    "backticks": f"at `{LAB}`.",
    "angle brackets": f"at <{LAB}>.",
    "bold": f"**{LAB}**",
    "underscores around": f"_{LAB}_",
    "tilde": f"{LAB}~\\cite{{x}}",
    "dollar": f"${LAB}$",
    "line break of LaTeX": f"{LAB}\\\\ Next",
    "newline command": f"{LAB}\\newline",
    "git suffix": f"git clone {LAB}.git",
    "git suffix and stop": f"at {LAB}.git.",
    "git suffix glued": f"at {LAB}.gitThe results are",
    "trailing slash": f"at {LAB}/.",
    "query": f"{LAB}?tab=readme-ov-file",
    "fragment": f"{LAB}#usage",
    "repeated in braces": f"at {LAB}{{{LAB}}}.",
    "repeated with case": f"at {LAB} and HTTPS://GITHUB.COM/Sea-Lab/Wave-Net",
    "glued to itself": f"{LAB}{LAB}",
    "url macro": f"\\url{{{LAB}}}.",
    "href macro": f"\\href{{{LAB}}}{{code}}",
    "href repeated": f"\\href{{{LAB}}}{{\\texttt{{{LAB}}}}}",
    "footnote": f"code\\footnote{{{LAB}}} is",
    "footnote with stop": f"code\\footnote{{\\url{{{LAB}}}.}} is",
    "escaped hyphen": "https://github.com/sea\\-lab/wave\\-net",
    "escaped slashes": "https:\\/\\/github.com\\/sea-lab\\/wave-net",
    "Markdown link": f"[code]({LAB})",
    "Markdown link with a title": f'[code]({LAB} "the code")',
    "Markdown link of itself": f"[{LAB}]({LAB})",
    "Markdown reference": f"[code][1]\n\n[1]: {LAB}",
    "HTML anchor": f'<a href="{LAB}">code</a>',
    "HTML entities": f"&lt;{LAB}&gt; &quot;x&quot;",
    "HTML entities twice": f"&amp;lt;{LAB}&amp;gt;",
    "full-width stop": f"代码见{LAB}。",
    "full-width comma": f"{LAB}，我们",
    "full-width brackets": f"（{LAB}）",
    "full-width colon": "https：//github.com/sea-lab/wave-net",
    "Chinese in front": "代码见github.com/sea-lab/wave-net",
    "soft hyphen": "https://github.com/sea-lab/wa\u00adve-net",
    "zero width": "https://github\u200b.com/\u200bsea-lab/\ufeffwave-net",
    "word joiner": "https://github.com/sea-lab/wave\u2060-net",
    "non-breaking hyphen": "https://github.com/sea\u2011lab/wave\u2011net",
    "en dash": "https://github.com/sea–lab/wave–net",
    "no-break space": f"at\u00a0{LAB}\u00a0now",
    "em dash": f"{LAB}—a tool",
    "three hyphens": f"{LAB}---a tool",
    "no scheme": "at github.com/sea-lab/wave-net.",
    "www": "at www.github.com/sea-lab/wave-net",
    "http": "http://github.com/sea-lab/wave-net",
    "scp": "git@github.com:sea-lab/wave-net.git",
    "ssh": "ssh://git@github.com/sea-lab/wave-net.git",
    "git": "git://github.com/sea-lab/wave-net.git",
    "git+https": "pip install git+https://github.com/sea-lab/wave-net.git",
    "git+ssh": "git+ssh://git@github.com/sea-lab/wave-net.git",
    "port": "https://github.com:443/sea-lab/wave-net",
    "user": "https://someone@github.com/sea-lab/wave-net",
    "api": "https://api.github.com/repos/sea-lab/wave-net",
    "editor": "https://github.dev/sea-lab/wave-net",
    "word glued in front": "Code is available athttps://github.com/sea-lab/wave-net.",
    "colon glued in front": f"Code:{LAB}",
    "sentence glued behind": f"{LAB}.Our method is fast.",
    "sentence glued behind a stop": f"{LAB}.The results",
    "word glued behind": f"{LAB}The results are",
    "semicolon behind": f"{LAB};Data: soon",
    "comma glued": f"{LAB},and",
    "bracket glued": f"{LAB}(in Python)",
    "space after the host": "https://github.com/ sea-lab/wave-net.",
    "space in the host": "https://github. com/sea-lab/wave-net",
    "space before the dot": "https://github .com/sea-lab/wave-net",
    "space in the scheme": "https: //github.com/sea-lab/wave-net",
    "space after the scheme": "https:// github.com/sea-lab/wave-net",
    "space before the name": "https://github.com/sea-lab/ wave-net.",
    "space before the slash": "https://github.com/sea-lab /wave-net",
    "space after a hyphen": "https://github.com/sea-lab/wave- net.",
    "spaces everywhere": "https : / / github . com / sea-lab / wave-net .",
    "line break after the host": "https://github.com/\nsea-lab/wave-net",
    "line break after the owner": "https://github.com/sea-lab/\nwave-net is",
    "line break after a hyphen": "https://github.com/sea-lab/wave-\nnet, which",
    "line break in the owner": "https://github.com/sea-\nlab/wave-net, which",
    "space in the word": "https://git hub.com/sea-lab/wave-net",
    "scp with a slash": "git@github.com/sea-lab/wave-net.git",
    "colon missing": "https//github.com/sea-lab/wave-net",
    "slash missing": "https:/github.com/sea-lab/wave-net",
    "letter too many": "htttps://github.com/sea-lab/wave-net",
    "letter missing": "htps://github.com/sea-lab/wave-net",
    "scheme twice": "https://https://github.com/sea-lab/wave-net",
    "slash too many": "https://github.com//sea-lab//wave-net",
    "no scheme but slashes": "//github.com/sea-lab/wave-net",
}


@pytest.mark.parametrize("abstract", ONE_REPOSITORY.values(), ids=ONE_REPOSITORY)
def test_a_repository_is_found_under_its_dirt(abstract: str) -> None:
    links = links_in(abstract)
    assert [(link.kind, link.host) for link in links] == [(LinkKind.REPOSITORY, "github.com")]
    assert (links[0].owner, links[0].name, links[0].path) == ("sea-lab", "wave-net", None)


NAMES = {
    "https://github.com/o/flux.jl.": "o/flux.jl",
    "https://github.com/o/next.js, and": "o/next.js",
    "https://github.com/o/ASP.NET is": "o/ASP.NET",
    "https://github.com/o/a\\_b\\_c": "o/a_b_c",
    "https://github.com/o/a{\\_}b": "o/a_b",
    "https://github.com/o/a$\\_$b": "o/a_b",
    "https://github.com/o/a\\textunderscore b": "o/a_b",
    "https://github.com/o/_private": "o/_private",
    "https://github.com/o/v1.2.3.": "o/v1.2.3",
    "https://github.com/0/1": "0/1",
    "https://github.com/o/.github": "o/.github",
    "https://github.com/o/name%2Dx": "o/name-x",
    "https://github.com/o/name%20": "o/name",
    "https://github.com/o/name.wiki.git": "o/name",
    "https://github.com/a-b-c/X--Y": "a-b-c/X--Y",
    "https://github.com/actions/checkout": "actions/checkout",
    "https://github.com/o/topics": "o/topics",
    "https://github.com/o/ Name2.": "o/Name2",
    "https://github.com/o/ name.": "o/name",
    "https://github.com/o/ my_name is": "o/my_name",
    "https://github.com/o/AttentionIsAllYouNeed is": "o/AttentionIsAllYouNeed",
}


@pytest.mark.parametrize(("text", "expected"), NAMES.items())
def test_names_follow_the_rules_of_the_host(text: str, expected: str) -> None:
    assert repositories_in(f"Code: {text}") == [expected]


PLACES = {
    "https://github.com/o/n/tree/main": ("main", "tree/main"),
    "https://github.com/o/n/tree/main.": ("main", "tree/main"),
    "https://github.com/o/n/tree/v2/src/model": ("v2", "tree/v2/src/model"),
    "https://github.com/o/n/tree/dev{https://github.com/o/n/tree/dev}": ("dev", "tree/dev"),
    "https://github.com/o/n/blob/main/train.py#L10-L20": ("main", "blob/main/train.py"),
    "https://github.com/o/n/commit/0a1b2c3": ("0a1b2c3", "commit/0a1b2c3"),
    "https://github.com/o/n/releases/tag/v1.0.": ("v1.0", "releases/tag/v1.0"),
    "https://github.com/o/n/releases": (None, "releases"),
    "https://github.com/o/n/tree/main/wave_(old)).": ("main", "tree/main/wave_(old)"),
    "https://github.com/o/n/https://github.com/o/n": (None, None),
    "https://github.com/o/n/issues/5": (None, "issues/5"),
    "https://github.com/o/n/archive/refs/tags/v1.zip": ("v1", "archive/refs/tags/v1.zip"),
    "https://raw.githubusercontent.com/o/n/main/a/b.txt": ("main", "main/a/b.txt"),
    "https://raw.githubusercontent.com/o/n/refs/heads/dev/b.txt": ("dev", "refs/heads/dev/b.txt"),
    "https://colab.research.google.com/github/o/n/blob/main/x.ipynb": ("main", "blob/main/x.ipynb"),
    "https://mybinder.org/v2/gh/o/n/main": ("main", "main"),
    "git+https://github.com/o/n.git@v1#egg=n": ("v1", None),
}


@pytest.mark.parametrize(("url", "place"), PLACES.items())
def test_the_path_after_a_repository_is_kept_and_read(url: str, place: tuple[str | None, str | None]) -> None:
    (link,) = links_in(f"Code: {url}")
    assert (link.kind, link.host, link.owner, link.name) == (LinkKind.REPOSITORY, "github.com", "o", "n")
    assert (link.ref, link.path) == place


OTHER_KINDS = {
    "https://github.com/sea-lab": (LinkKind.OWNER, "github.com", "sea-lab"),
    "https://github.com/sea-lab.": (LinkKind.OWNER, "github.com", "sea-lab"),
    "https://github.com/sea-lab/ and the data": (LinkKind.OWNER, "github.com", "sea-lab"),
    "https://github.com/sea-lab/ soon.": (LinkKind.OWNER, "github.com", "sea-lab"),
    "https://github.com/sea-lab?tab=repositories": (LinkKind.OWNER, "github.com", "sea-lab"),
    "https://github.com/orgs/sea-lab/repositories": (LinkKind.OWNER, "github.com", "sea-lab"),
    "https://gist.github.com/someone/0123abcd": (LinkKind.GIST, "gist.github.com", "someone"),
    "https://github.com/topics/learning": (LinkKind.OTHER, "github.com", None),
    "https://github.com/features": (LinkKind.OTHER, "github.com", None),
    "https://github.com/features/actions": (LinkKind.OTHER, "github.com", None),
    "https://github.com/sponsors/someone": (LinkKind.OTHER, "github.com", None),
    "https://github.com/login?return_to=x": (LinkKind.OTHER, "github.com", None),
    "https://github.com/marketplace/thing": (LinkKind.OTHER, "github.com", None),
    "https://github.com/Settings/profile": (LinkKind.OTHER, "github.com", None),
    "https://github.com/": (LinkKind.OTHER, "github.com", None),
    "https://github.com/-bad/name": (LinkKind.OTHER, "github.com", None),
    "https://github.com/b--d/name": (LinkKind.OTHER, "github.com", None),
    "https://github.com/b_d/name": (LinkKind.OTHER, "github.com", None),
    f"https://github.com/{'a' * 40}/name": (LinkKind.OTHER, "github.com", None),
    f"https://github.com/o/{'n' * 101}": (LinkKind.OTHER, "github.com", None),
    "https://github.com/o/.git": (LinkKind.OTHER, "github.com", None),
    "https://github.com.evil.org/o/n": (LinkKind.OTHER, "github.com.evil.org", None),
    "https://mygithub.com/o/n": (LinkKind.OTHER, "mygithub.com", None),
    "mygithub.com/o/n": (LinkKind.OTHER, "mygithub.com", None),
    "https://github.co/o/n": (LinkKind.OTHER, "github.co", None),
    "https://github.com@evil.org/o/n": (LinkKind.OTHER, "evil.org", None),
    "https://evil.org/github.com/o/n": (LinkKind.OTHER, "evil.org", None),
    "https://evil.org?u=https://github.com/o/n": (LinkKind.OTHER, "evil.org", None),
    "https://github.com:8080/o/n": (LinkKind.OTHER, "github.com", None),
    "https://github-com.org/o/n": (LinkKind.OTHER, "github-com.org", None),
    "https://docs.github.com/en/pages": (LinkKind.OTHER, "docs.github.com", None),
    "https://sea-lab.github.io/wave/": (LinkKind.OTHER, "sea-lab.github.io", None),
    "sea-lab.github.io/wave": (LinkKind.OTHER, "sea-lab.github.io", None),
    "www.sea-lab.org": (LinkKind.OTHER, "www.sea-lab.org", None),
    "http://192.0.2.7:5000/": (LinkKind.OTHER, "192.0.2.7", None),
    "https://en.wikipedia.org/wiki/Wave_(physics).": (LinkKind.OTHER, "en.wikipedia.org", None),
}


@pytest.mark.parametrize(("url", "expected"), OTHER_KINDS.items(), ids=[url[:60] for url in OTHER_KINDS])
def test_other_kinds_of_links(url: str, expected: tuple[LinkKind, str, str | None]) -> None:
    (link,) = links_in(f"See {url}")
    assert (link.kind, link.host, link.owner) == expected
    assert link.repository is None


NO_LINKS = [
    "Code is on GitHub.",
    "We host it on GitHub. Companies/people use it.",
    "github.com is a host, and so is gitlab.com.",
    "Write to someone@github.com or a.b@sea-lab.org/x.",
    "g\u0456thub.com/o/n with a letter of another alphabet, and https://g\u0456thub.com/o/n",
    "and/or, e.g./i.e., 1.5/2.0, model.py/config, ResNet.v2/50",
    "https:// is a scheme, http is one too",
    "https://localhost/x and https://nothing",
    "![badge](https://img.shields.io/github/stars/o/n)",
    "",
]


@pytest.mark.parametrize("abstract", NO_LINKS)
def test_no_links(abstract: str) -> None:
    assert links_in(abstract) == ()


@pytest.mark.parametrize("ellipsis", ["...", "…", "....", "[...]", "[…]"])
def test_a_name_that_is_cut_off_is_no_repository(ellipsis: str) -> None:
    (link,) = links_in(f"Code is available at https://github.com/sea-lab/wav{ellipsis}")
    assert (link.kind, link.url) == (LinkKind.OTHER, "https://github.com/sea-lab/wav…")
    (owner,) = links_in(f"Code is available at https://github.com/sea{ellipsis}")
    assert owner.kind is LinkKind.OTHER


def test_a_path_that_is_cut_off_leaves_a_whole_repository() -> None:
    (link,) = links_in("Code: https://github.com/sea-lab/wave-net/tree/ma…")
    assert (link.kind, link.name, link.ref, link.path) == (LinkKind.REPOSITORY, "wave-net", None, None)


def test_links_come_in_order_and_once() -> None:
    links = links_in(
        "See https://a.org/x, https://github.com/o/n, https://github.com/O/N.git, https://www.a.org/x/ "
        "and https://github.com/o/n/tree/main.",
        title="https://github.com/first/one",
    )
    assert [link.url for link in links] == [
        "https://github.com/first/one",
        "https://a.org/x",
        "https://github.com/o/n",
        "https://github.com/o/n/tree/main",
    ]
    assert {link.paper_id for link in links} == {"p1"}


def test_urls_of_other_hosts_keep_what_belongs_to_them() -> None:
    text = "(https://a.org/f(x)/y?q=1&r=2#top), https://b.org/p;q and https://c.org/a,b."
    assert [link.url for link in links_in(text)] == [
        "https://a.org/f(x)/y?q=1&r=2#top",
        "https://b.org/p",
        "https://c.org/a,b",
    ]


def test_a_target_of_a_list_is_a_link_of_no_paper() -> None:
    target = Target(repository=RepositoryId(owner="o", name="n"), commit="0a1b2c3")
    link = link_of_target(target)
    assert (link.paper_id, link.url, link.ref) == ("", "https://github.com/o/n", "0a1b2c3")
    assert link.repository == target.repository


def test_what_is_no_url_is_nowhere() -> None:
    assert locate("https://") is None
    assert locate("https://exa mple/x") is None


def test_an_owner_of_before_the_rule_on_the_last_hyphen() -> None:
    assert repositories_in("Our code is at https://github.com/sea-/wave-net.") == ["sea-/wave-net"]
