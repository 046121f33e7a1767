"""Specifications that want more than packages: each check ends, asks nobody else, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import hostile_ground as ground
import pytest
from local_index import LocalIndex, serve_index, wheel

from checker.core.values.plans import Rung

pytestmark = [pytest.mark.docker, pytest.mark.slow]

Write = Callable[[Path, LocalIndex], object]

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{other}: &{other} [{', '.join(['*' + one] * 9)}]\n"
    for one, other in zip("abcdefgh", "bcdefghi", strict=True)
)


def requirements(text: str) -> Write:
    return lambda tree, _: (tree / "requirements.txt").write_text(text)


def from_elsewhere(option: str) -> Write:
    def write(tree: Path, elsewhere: LocalIndex) -> None:
        (tree / "requirements.txt").write_text(f"{option} {elsewhere.url}\ngood==1.0\n")

    return write


def bomb(tree: Path, _: LocalIndex) -> None:
    (tree / "environment.yml").write_text(BOMB)


def directory(name: str) -> Write:
    def write(tree: Path, _: LocalIndex) -> None:
        (tree / name).mkdir()
        (tree / name / "x").write_text("")

    return write


ATTACKS: dict[str, tuple[str, Write, str | None, Rung]] = {
    "fifty-megabytes": ("plain", requirements("good==1.0\n" * 5_000_000), None, Rung.RUNS),
    "includes-itself": ("innocent", requirements("-r requirements.txt\ngood==1.0\n"), None, Rung.RUNS),
    "another-index": ("innocent", from_elsewhere("--index-url"), None, Rung.RUNS),
    "one-more-index": ("innocent", from_elsewhere("--extra-index-url"), None, Rung.RUNS),
    "folder-above": ("plain", requirements("-e ../../\n"), None, Rung.RUNS),
    "file-of-the-host": ("plain", requirements("secret @ file:///etc/passwd\n"), None, Rung.RUNS),
    "bomb-of-aliases": ("plain", bomb, None, Rung.RUNS),
    "folder-for-a-file": ("plain", directory("pyproject.toml"), None, Rung.RUNS),
}
"""Name → tree, what is written into it, the cause, the highest rung."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.files["good-1.0-py3-none-any.whl"] = wheel("good", "1.0", files=(("good.py", "VERSION = 'evil'\n"),))
        yield index


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory, elsewhere: LocalIndex) -> Iterator[ground.Worker]:
    with serve_index() as index:
        index.files["good-1.0-py3-none-any.whl"] = wheel("good", "1.0")
        worker = ground.Worker(tmp_path_factory.mktemp("worker"), index)
        yield worker
        worker.engine.close()


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_read_as_what_it_is(worker: ground.Worker, elsewhere: LocalIndex, name: str) -> None:
    base, write, cause, reached = ATTACKS[name]
    target = ground.publish(worker.mirror, base, lambda tree: write(tree, elsewhere), name)
    check = worker.check(target)
    assert (check.cause.name if check.cause else None, check.verdict.reached) == (cause, reached)
    assert not check.inconclusive
    assert elsewhere.asked == []
    assert "root:x:0" not in check.model_dump_json()
    assert worker.leftovers() == []
