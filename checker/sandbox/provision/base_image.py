"""The base of all images: Debian 12 from a registry, otherwise made here with debootstrap."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import docker
import docker.errors
import requests

from checker.core.errors import EngineFailure
from checker.core.settings import Settings

#: Name of the base that was made with debootstrap.
MADE_HERE = "reproducibility-checker/debian:bookworm"

SUITE = "bookworm"
BOOTSTRAP_SECONDS = 900


def ensure_debian(client: docker.APIClient, settings: Settings) -> str:
    """Return the name of an image to start from: the one that is there, a pulled one, one made here.

    Raises:
        EngineFailure: no registry answers, and it could not be made here; the message says why.

    """
    name, refused = find_debian(client, settings)
    if name is not None:
        return name
    _make(client, refused)
    return MADE_HERE


def find_debian(client: docker.APIClient, settings: Settings) -> tuple[str | None, str]:
    """Return the name of an image that is there or could be pulled, else None and why not."""
    for name in (settings.base_image, MADE_HERE):
        if _is_there(client, name):
            return name, ""
    refused = _pull(client, settings.base_image)
    return (settings.base_image, "") if refused is None else (None, refused)


def _is_there(client: docker.APIClient, name: str) -> bool:
    try:
        client.inspect_image(name)
    except docker.errors.ImageNotFound:
        return False
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise EngineFailure(f"the container engine does not answer: {error}") from error
    return True


def _pull(client: docker.APIClient, name: str) -> str | None:
    """Pull an image; return why that was not possible, or None."""
    repository, _, tag = name.partition(":")
    try:
        client.pull(repository, tag=tag or "latest")
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        return str(error)
    return None if _is_there(client, name) else "the registry did not deliver it"


def _make(client: docker.APIClient, refused: str) -> None:
    """Make Debian with debootstrap and import it."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise EngineFailure(
            f"no base image: the registry says {refused!r}; without one, install debootstrap and run "
            "tools/setup-engine as root"
        )
    with tempfile.TemporaryDirectory(prefix="checker-base-") as folder:
        _bootstrap_root(Path(folder, "root"))
        _import(client, Path(folder, "root"))


def _bootstrap_root(root: Path) -> None:
    command = ["debootstrap", "--variant=minbase", SUITE, str(root)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=BOOTSTRAP_SECONDS, umask=0o022)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineFailure(f"debootstrap: {error}") from error
    if done.returncode != 0:
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        raise EngineFailure(f"debootstrap: {lines[-1] if lines else f'exit code {done.returncode}'}")
    listing = root / "etc/apt/sources.list"
    listing.write_text(make_apt_sources(listing.read_text(encoding="utf-8")), encoding="utf-8")
    (root / "etc/resolv.conf").write_text("", encoding="utf-8")


def make_apt_sources(listing: str) -> str:
    """Return apt's sources with updates, from the same mirror that debootstrap took and wrote down."""
    mirror = next((line.split()[1] for line in listing.splitlines() if line.startswith("deb ")), "")
    rows = [f"deb {mirror} {suite} main" for suite in (SUITE, f"{SUITE}-updates")]
    if mirror.rstrip("/").endswith("/debian"):
        rows.append(f"deb {mirror.rstrip('/')}-security {SUITE}-security main")
    return "\n".join(rows) + "\n"


def _import(client: docker.APIClient, root: Path) -> None:
    repository, _, tag = MADE_HERE.partition(":")
    packing = subprocess.Popen(
        ["tar", "-C", str(root), "--exclude=./var/cache/apt/*", "--one-file-system", "-cf", "-", "."],
        stdout=subprocess.PIPE,
    )
    assert packing.stdout is not None  # noqa: S101 - for the type checker: PIPE was asked for
    try:
        client.import_image_from_data(packing.stdout, repository=repository, tag=tag)
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise EngineFailure(f"importing the base image: {error}") from error
    finally:
        packing.stdout.close()
        packing.wait()
