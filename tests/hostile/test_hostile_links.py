"""Links that want to be commands: read out of an abstract, and checked to the end, they start nothing."""

from __future__ import annotations

from pathlib import Path

import hostile_ground as ground
import pytest
from local_index import serve_index

from checker.core.values.papers import Paper
from checker.core.values.repositories import Availability, RepositoryId, Target
from checker.papers.links import read_paper

NAMES = (
    "--upload-pack=touch MARKER",
    "-oProxyCommand=touch MARKER",
    "$(touch MARKER)",
    "plain\ntouch MARKER",
    "plain\0touch MARKER",
    "../../../../etc",
    "..",
    "a%0Atouch%20MARKER",
    "x;touch MARKER",
)

ABSTRACTS = (
    "Code: https://github.com/--upload-pack=touch/MARKER",
    "Code: https://github.com/hostile/--upload-pack=touch%20MARKER",
    "Code: https://github.com/hostile/plain%0atouch",
    "Code: https://github.com/hostile/pl\0ain",
    "Code: https://github.com/../../etc/passwd",
    "Code: ext::sh -c touch% MARKER and file:///etc/passwd and git://127.0.0.1/x",
    "Code: https://github.com@127.0.0.1/hostile/plain",
    "Code: https://127.0.0.1/hostile/plain.git",
    "Code: https://169.254.169.254/hostile/plain.git",
)


@pytest.fixture
def worker(tmp_path: Path) -> ground.Worker:
    with serve_index() as index:
        return ground.Worker(tmp_path, index)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("part", ["owner", "name"])
def test_a_name_is_no_command(worker: ground.Worker, tmp_path: Path, part: str, name: str) -> None:
    bad = name.replace("MARKER", str(tmp_path / "marker"))
    names = {"owner": "hostile", "name": "plain", part: bad}
    check = worker.check(Target(repository=RepositoryId.model_validate(names)))
    assert check.availability in (Availability.NOT_A_REPOSITORY, Availability.MISSING)
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("abstract", ABSTRACTS, ids=ascii)
def test_an_abstract_names_nothing_but_repositories(worker: ground.Worker, tmp_path: Path, abstract: str) -> None:
    text = abstract.replace("MARKER", str(tmp_path / "marker"))
    paper = read_paper(Paper(id="x", title="A title", abstract=text, sources=("x",)))
    for target in (link.target for link in paper.links if link.target is not None):
        assert target.repository.host == "github.com", "no other host is asked"
        check = worker.check(target)
        assert check.availability in (Availability.NOT_A_REPOSITORY, Availability.MISSING), target
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    "ref", ["--upload-pack=x", "main\nx", "main\0x", "-", "../../x", "@{-1}", "main:x"], ids=ascii
)
def test_a_branch_is_no_option(worker: ground.Worker, ref: str) -> None:
    target = ground.publish(worker.mirror, "plain")
    check = worker.check(target.model_copy(update={"ref": ref}))
    assert (check.cause.name if check.cause else None) == "commit_gone", check.cause
    assert check.attempts == ()
