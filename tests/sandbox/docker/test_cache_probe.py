"""What a step says of the shared cache excuses it only where the cache itself keeps its user out."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox_steps import OpenBox, sh

from checker.core.settings import Settings
from checker.core.values.plans import Phase
from checker.core.values.results import Blame, StepStatus
from checker.judging.causes import CAUSES
from checker.sandbox.docker.cache_probe import find_locked_cache
from checker.sandbox.provision.download_cache import open_shared_cache

UID = 10001
WORDS = (
    "error: Failed to write to the distribution cache\n"
    "  Caused by: failed to create directory `/checker/cache/sdists-v11/pypi/own/1.0`:"
    " Permission denied (os error 13)\n"
)


@pytest.fixture
def lower(tmp_path: Path) -> Path:
    folder = tmp_path / "lower"
    (folder / "sdists-v11" / "pypi").mkdir(parents=True)
    for part in (folder, *folder.rglob("*")):
        part.chmod(0o777)
    return folder


@pytest.fixture
def upper(tmp_path: Path) -> Path:
    folder = tmp_path / "upper"
    folder.mkdir()
    return folder


def test_a_closed_folder_of_the_cache_is_ours(lower: Path, upper: Path) -> None:
    (lower / "sdists-v11" / "pypi").chmod(0o755)
    why = find_locked_cache(WORDS, lower, upper, UID)
    assert why is not None
    assert CAUSES[why.name].blame is Blame.CHECKER
    assert "mode 755" in why.evidence[0].claim
    assert why.evidence[0].text == "sdists-v11/pypi/own/1.0"


def test_words_alone_excuse_nothing(lower: Path, upper: Path) -> None:
    assert find_locked_cache(WORDS, lower, upper, UID) is None


def test_what_the_step_closed_itself_is_its_own(lower: Path, upper: Path) -> None:
    (lower / "sdists-v11" / "pypi").chmod(0o755)
    (upper / "sdists-v11" / "pypi").mkdir(parents=True)
    assert find_locked_cache(WORDS, lower, upper, UID) is None


def test_its_own_folder_is_no_obstacle(lower: Path, upper: Path) -> None:
    (lower / "sdists-v11" / "pypi").chmod(0o700)
    assert find_locked_cache(WORDS, lower, upper, (lower / "sdists-v11").stat().st_uid) is None


@pytest.mark.parametrize(
    "log",
    [
        "failed to open file `/checker/cache/sdists-v11`: No such file or directory (os error 2)",
        "PermissionError: [Errno 13] Permission denied: '/code/src/data'",
        "Permission denied: '/checker/cache/../../etc/shadow'",
        "",
    ],
)
def test_other_refusals_are_not_of_the_cache(lower: Path, upper: Path, log: str) -> None:
    (lower / "sdists-v11").chmod(0o700)
    assert find_locked_cache(log, lower, upper, UID) is None


@pytest.mark.docker
@pytest.mark.slow
def test_an_installation_over_a_closed_cache_says_nothing_of_the_repository(
    open_box: OpenBox, settings: Settings
) -> None:
    """Somebody else's program wrote into the cache as root, in the cache that all tests here share."""
    with open_shared_cache(settings).lease() as generation:
        foreign = generation / "foreign-v1"
        foreign.mkdir(mode=0o700)
        try:
            box = open_box(ecosystem="base")
            refused = box.run(sh("mkdir /checker/cache/foreign-v1/own", phase=Phase.INSTALL))
            printed = box.run(
                sh("echo 'Permission denied: /checker/cache/wheels-v8'; exit 1", phase=Phase.INSTALL)
            )
        finally:
            foreign.rmdir()
    assert refused.status is StepStatus.FAILED
    assert refused.cause is not None
    assert refused.cause.name == "storage"
    assert printed.cause is None
