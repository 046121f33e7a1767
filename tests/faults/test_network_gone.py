"""The network goes in the middle of clones and installations: tried again, else inconclusive, never theirs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import cut_network
import pytest

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if os.geteuid() != 0:
        pytest.skip("network namespaces are root's to make")
    folder = tmp_path_factory.mktemp("cut")
    command = ["unshare", "--net", "--mount", sys.executable, cut_network.__file__, str(folder)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=400)
    assert finished.returncode == 0, finished.stderr
    return json.loads((folder / "done.json").read_text())


def test_a_clone_that_is_cut_for_some_seconds_is_begun_again_in_the_same_night(done: Any) -> None:
    night = done["nights"]["some seconds"]
    assert (night["availability"], night["inconclusive"], night["cause"]) == ("available", False, None), night


def test_a_network_that_stays_away_is_never_the_repositorys_failure(done: Any) -> None:
    night = done["nights"]["all night"]
    assert (night["availability"], night["inconclusive"], night["cause"]) == ("available", True, "network"), night
    assert night["cloned"] == 2
    assert not done["nights"]["the next night"]["inconclusive"]


def test_an_installation_that_is_cut_for_some_seconds_goes_on(done: Any) -> None:
    assert done["installs"]["undisturbed"]["status"] == "passed", done["installs"]["undisturbed"]["log"]
    assert done["installs"]["some seconds"]["status"] == "passed", done["installs"]["some seconds"]["log"]


def test_an_installation_whose_index_is_gone_is_ours(done: Any) -> None:
    gone = done["installs"]["for good"]
    assert (gone["status"], gone["cause"]) == ("failed", "registry"), gone["log"]
