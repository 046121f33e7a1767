"""Images: built once for each content, with packages that exist and without those that do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import docker
import docker.errors
import pytest
from sandbox_steps import SMALL, OpenBox, run

from checker.core.settings import Settings
from checker.sandbox.provision.images import REPOSITORY, Image, Images, find_dockerfiles, find_unknown_packages


def test_unknown_packages_are_read_out_of_apts_answer() -> None:
    log = (
        "E: Unable to locate package no-such-thing\n"
        "E: Couldn't find any package by glob 'lib1.2+'\n"
        "E: Package 'python2.7-dev' has no installation candidate\n"
        "E: Unable to locate package no-such-thing\n"
    )
    assert find_unknown_packages(log) == ("no-such-thing", "lib1.2+", "python2.7-dev")


def test_dockerfiles_are_found() -> None:
    assert (find_dockerfiles() / "base" / "Dockerfile").is_file()


@pytest.fixture
def images(client: docker.APIClient, settings: Settings) -> Iterator[Images]:
    before = {row["Id"] for row in client.images(filters={"reference": f"{REPOSITORY}/*"})}
    yield Images(client, settings)
    for row in client.images(filters={"reference": f"{REPOSITORY}/*"}):
        if row["Id"] not in before:
            with suppress(docker.errors.APIError):
                client.remove_image(row["Id"], force=True)


@pytest.mark.docker
def test_an_ecosystem_without_a_dockerfile_gets_the_base(images: Images) -> None:
    assert images.ensure("no-such-ecosystem") == images.ensure("base")
    assert images.has("base")


@pytest.mark.docker
def test_extra_packages(images: Images, client: docker.APIClient) -> None:
    wanted = ["tree", "no-such-package-at-all", "; rm -rf /", "--allow-downgrades", "tree", "UPPER"]
    found: list[Image] = []
    threads = [threading.Thread(target=lambda: found.append(images.ensure("base", wanted))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {image.tag for image in found} == {images.ensure("base", ["tree"]).tag}
    assert set(found[0].unknown) == {"no-such-package-at-all", "; rm -rf /", "--allow-downgrades", "UPPER"}
    assert images.ensure("base", ["no-such-package-at-all"]).tag == images.ensure("base").tag


@pytest.mark.docker
def test_a_sandbox_says_which_packages_do_not_exist(open_box: OpenBox) -> None:
    box = open_box(SMALL, system_packages=("no-such-package-at-all",))
    assert "no-such-package-at-all" in run(box, "true").log
