"""Where a check finds code: on another branch, beside the linked folder, in an archive; or a promise instead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_world import add_branch, make_repository, tiny_services

from checker.check import check_repository
from checker.core.values.repositories import (
    Availability,
    Checkout,
    LeftOut,
    Probe,
    RepositoryId,
    Submodule,
    Target,
)
from checker.core.values.results import Check
from checker.hosts import Host
from checker.judging.presence import describe_contents
from checker.judging.scoring import score_availability
from checker.judging.wording import find_outcome

README = {"README.md": "# Waves"}
CODE = {"main.py": "print('hello')\n"}


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


def check(mirror: Path, **named: object) -> Check:
    target = Target.model_validate({"repository": RepositoryId(owner="lab", name="waves"), **named})
    return check_repository(target, tiny_services(mirror, mirror.parent / "scratch"))


def test_code_on_another_branch_is_checked_there_and_said(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", README)
    add_branch(mirror, "lab/waves", "gh-pages", {"index.html": "<p>Waves</p>", "a.js": "let a = 1;\n"})
    add_branch(mirror, "lab/waves", "dev", CODE)
    found = check(mirror)
    assert (found.availability, found.contents.branch) == (Availability.AVAILABLE, "dev")
    assert found.checkout is not None and found.checkout.ref == "dev" and found.attempts
    assert describe_contents(found.contents).startswith("The code is on branch dev")
    assert score_availability(found).value == 90


def test_a_branch_that_was_named_is_the_one_that_is_looked_at(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", CODE)
    add_branch(mirror, "lab/waves", "paper", README)
    found = check(mirror)
    assert found.contents.branch is None and found.checkout is not None and found.checkout.ref == "main"
    named = check(mirror, ref="paper")
    assert (named.availability, named.contents.branch) == (Availability.AVAILABLE, "main")


def test_a_commit_that_was_named_is_the_only_one_that_is_looked_at(mirror: Path) -> None:
    commit = make_repository(mirror, "lab/waves", README)
    add_branch(mirror, "lab/waves", "dev", CODE)
    assert check(mirror, commit=commit).availability is Availability.NO_CODE


def test_a_folder_without_code_in_a_repository_with_code(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", {"data/a.csv": "1", "src/main.py": "print(1)\n"})
    found = check(mirror, path="data")
    assert (found.availability, found.contents.folder) == (Availability.AVAILABLE, "data")
    assert check(mirror, path="src").contents.folder is None


def test_code_in_an_archive_is_named_and_not_tried(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", {**README, "our_code.7z": "7z"})
    found = check(mirror)
    assert found.availability is Availability.AVAILABLE and found.cause is not None
    assert (found.cause.name, found.cause.evidence[0].source) == ("code_in_archive", "our_code.7z")
    assert find_outcome(found).label == "not testable here"
    assert score_availability(found).value == 60


def test_code_in_an_archive_on_another_branch_is_named_where_no_branch_has_it_open(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", README)
    add_branch(mirror, "lab/waves", "code", {**README, "our_code.7z": "7z"})
    found = check(mirror)
    assert describe_contents(found.contents) == "The code is in an archive on branch code: our_code.7z."
    add_branch(mirror, "lab/waves", "other", CODE)
    assert check(mirror).contents.branch == "other"


class Stingy:
    """A host that leaves a file out, or cannot reach a submodule."""

    def __init__(self, host: Host, **changes: object) -> None:
        self.host, self.changes = host, changes

    def probe(self, repository: RepositoryId) -> Probe:
        return self.host.probe(repository)

    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        return self.host.checkout(target, probe, destination).model_copy(update=self.changes)


def check_with(mirror: Path, **changes: object) -> Check:
    services = tiny_services(mirror, mirror.parent / "scratch")
    target = Target(repository=RepositoryId(owner="lab", name="waves"))
    return check_repository(target, replace(services, host=Stingy(services.host, **changes)))


def test_code_that_the_check_left_out_is_there(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", README)
    for path, cause in (("demo.ipynb", "left_out_by_check"), ("code.zip", "left_out_by_check"), ("a.csv", None)):
        found = check_with(mirror, left_out=(LeftOut(path=path, reason="larger than 20 MiB"),))
        assert (found.cause.name if found.cause else None) == cause
        assert (found.availability is Availability.NO_CODE) == (cause is None)


def test_a_submodule_that_could_not_be_reached_may_hold_the_code(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", README)
    lost = Submodule(path="src", url="https://gitlab.com/a/b", status="unreachable")
    assert check_with(mirror, submodules=(lost,)).inconclusive
    gone = lost.model_copy(update={"status": "gone"})
    found = check_with(mirror, submodules=(gone,))
    assert found.availability is Availability.NO_CODE
    assert [(one.kind, one.name) for one in found.missing] == [("submodule", "src (https://gitlab.com/a/b)")]


def test_a_promise_is_no_code(mirror: Path) -> None:
    make_repository(mirror, "lab/waves", {"README.md": "Code coming soon!", "main.py": ""})
    found = check(mirror)
    assert (found.availability, found.attempts) == (Availability.NO_CODE, ())
    assert "Code coming soon!" in describe_contents(found.contents)
    assert score_availability(found).value == 20
