"""What a link asks to be checked: which commit, which branch, which folder; and only that folder is looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import python_language as python

from checker.cli import targets
from checker.cli.targets import find_namesake, read_repository, read_target
from checker.core.errors import UsageError
from checker.core.tree import Tree
from checker.core.values.papers import Paper
from checker.core.values.plans import Way
from checker.ecosystems.python.knowledge import Knowledge
from checker.hosts.limits import CloneLimits
from checker.papers.links import link_of_target, read_paper

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("rest", "key"),
    [
        ("", ""),
        ("/tree/main", "@main"),
        ("/tree/HEAD/beit", ":beit"),
        ("/tree/master/beit", "@master:beit"),
        ("/tree/main/research/fast%20net", "@main:research:fast net"),
        ("/blob/master/demo/run.py", "@master:demo:run.py"),
        ("/tree/dev", "@dev"),
        ("/tree/feature/x/docs", "@feature:x:docs"),
        (f"/tree/{COMMIT}", f"@{COMMIT}"),
        (f"/blob/{COMMIT.upper()}/src/a.py", f"@{COMMIT}:src:a.py"),
        ("/issues/12", ""),
        ("/releases", ""),
    ],
)
def test_a_link_says_what_to_check(rest: str, key: str) -> None:
    (link,) = read_paper(Paper(id="1", title="One", abstract=f"Code: https://github.com/ada/nets{rest} .")).links
    assert link.target is not None
    assert link.target.key == f"github.com/ada/nets{key}"


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("ada/nets", ""),
        ("ada/nets@main", "@main"),
        ("ada/nets@dev", "@dev"),
        ("ada/nets@0123abc", "@0123abc"),
        (f"ada/nets@{COMMIT}", f"@{COMMIT}"),
        ("https://github.com/ada/nets/tree/main/beit", "@main:beit"),
        ("https://github.com/ada/nets/tree/dev/beit", "@dev:beit"),
        (f"https://github.com/ada/nets/tree/{COMMIT}/a/b", f"@{COMMIT}:a:b"),
    ],
)
def test_what_is_named_on_the_command_line_is_found_again_in_the_report(named: str, key: str) -> None:
    target = read_target(named)
    assert target.key == f"github.com/ada/nets{key}"
    again = link_of_target(target).target
    assert again is not None and again.key == target.key


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("https://codeberg.org/ada/nets/src/branch/dev/lib", "codeberg.org/ada/nets@dev:lib"),
        ("codeberg.org/ada/nets", "codeberg.org/ada/nets"),
        ("https://gitlab.inria.fr/lab/sub/nets/-/tree/main/a", "gitlab.inria.fr/lab/sub/nets@main:a"),
        (f"https://bitbucket.org/ada/nets/src/{COMMIT}/a", f"bitbucket.org/ada/nets@{COMMIT}:a"),
        ("git@gitlab.com:lab/sub/nets.git", "gitlab.com/lab/sub/nets"),
        ("https://huggingface.co/spaces/ada/nets/tree/main", "huggingface.co/spaces/ada/nets@main"),
        ("https://git.sr.ht/~ada/nets", "git.sr.ht/~ada/nets"),
        ("https://lab.example.org/git/nets.git", "lab.example.org/git/nets"),
        ("https://web.archive.org/web/2020/https://github.com/ada/nets", "github.com/ada/nets"),
        (f"swh:1:rev:{COMMIT};origin=https://github.com/ada/nets", f"github.com/ada/nets@{COMMIT}"),
    ],
)
def test_repositories_of_other_forges_are_named_by_their_addresses(named: str, key: str) -> None:
    target = read_target(named)
    assert target.key == key
    again = link_of_target(target).target
    assert again is not None and again.key == key


@pytest.mark.parametrize(
    "named",
    [
        "https://gitlab.com/ada",
        "https://doi.org/10.5281/zenodo.1",
        "https://a.org/x/y",
        "10.5281/zenodo.1",
        "a b/c",
    ],
)
def test_what_names_no_repository_is_refused(named: str) -> None:
    with pytest.raises(UsageError):
        read_target(named)


def test_the_focus_shows_a_folder_and_what_speaks_for_it(tmp_path: Path) -> None:
    for path in ("README.md", "setup.py", "one/run.py", "one/deep/a.py", "two/run.py", "two/requirements.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    tree = Tree(tmp_path)
    assert tree.on("one").files == ("README.md", "setup.py", "one/run.py", "one/deep/a.py")
    assert tree.on("one/deep/a.py").focus == "one/deep"
    assert tree.on("one/deep").files == ("README.md", "setup.py", "one/run.py", "one/deep/a.py")
    assert tree.on("gone") == tree == tree.on(None) and tree.on("README.md").focus == "."
    assert tree.on("one").whole == tree


def plan_of(tree: Tree) -> tuple[str, tuple[str, ...]]:
    moment = datetime(2022, 1, 1, tzinfo=UTC)
    facts = Knowledge(repository="ada/nets", code_date=moment, today=moment, interpreters=("3.8", "3.9"))
    plan = next(plan for plan in python.make_plans(tree, facts) if plan.way is Way.PERIOD)
    return plan.project, plan.requirements


def test_a_folder_of_a_large_repository_is_planned_by_itself(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "scipy\n",
        "one/requirements.txt": "einops==0.3\n",
        "one/run.py": "import einops\nimport shared.tools\n",
        "two/run.py": "import torch\n",
        "shared/tools.py": "import sympy\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert plan_of(Tree(tmp_path)) == (".", ("scipy",))
    assert plan_of(Tree(tmp_path).on("one")) == ("one", ("einops==0.3",))
    assert plan_of(Tree(tmp_path).on("two")) == ("two", ("scipy",))


def test_a_folder_that_is_there_comes_before_a_repository_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "t1").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert read_target("in/t1").folder == str(tmp_path / "in" / "t1")
    assert find_namesake("in/t1") == "https://github.com/in/t1"
    assert read_target("in/t2").folder is None and read_repository("in/t1").folder is None
    assert find_namesake("./in/t1") == ""


def test_folders_that_are_no_repository_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^/: name the folder of one repository, not the root of a disk$"):
        read_target("/")
    for number in range(4):
        (tmp_path / f"{number}.py").write_text("")
    monkeypatch.setattr(targets, "CloneLimits", lambda: CloneLimits(files=3))
    with pytest.raises(UsageError, match=r"it holds more than 3 files or 4\.3 GB$"):
        read_target(str(tmp_path))
    (tmp_path / ".git").mkdir()
    assert read_target(str(tmp_path)).folder == str(tmp_path)
