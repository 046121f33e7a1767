"""Images: built from `dockerfiles/` once for each content, and once for each set of extra Debian packages."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import docker
import docker.errors
import requests

from checker.core.errors import EngineFailure, RegistryFailure
from checker.core.settings import Settings
from checker.core.values.base import Value
from checker.sandbox.docker.leases import lock
from checker.sandbox.logs import clean
from checker.sandbox.provision.base_image import ensure_debian

#: Name of all the checker's images in the engine.
REPOSITORY = "reproducibility-checker"

#: Time limit of one build: compilers from a slow mirror take minutes.
BUILD_SECONDS = 1800

#: Debian policy 5.6.1; as a whole, so that nothing else gets onto a command line.
PACKAGE_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")

_UNKNOWN = re.compile(
    r"E: (?:Unable to locate package|Couldn't find any package by (?:glob|regex)) '?([a-z0-9][a-z0-9+.-]*)'?"
    r"|E: Package '([a-z0-9][a-z0-9+.-]*)' has no installation candidate"
)
_NO_MIRROR = re.compile(
    r"Failed to fetch|Temporary failure resolving|Could not (?:resolve|connect)|Connection timed"
)


class Image(Value):
    """An image that steps can run in; `unknown` lists wanted packages that the distribution does not have."""

    tag: str
    unknown: tuple[str, ...] = ()
    log: str = ""


def find_dockerfiles() -> Path:
    """Return the folder of Dockerfiles: beside the package in a checkout, inside it when installed."""
    inside = Path(__file__).parents[2] / "dockerfiles"
    return inside if inside.is_dir() else inside.parents[1] / "dockerfiles"


class Images:
    """The images of one engine."""

    def __init__(self, client: docker.APIClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def ensure(self, ecosystem: str, packages: Iterable[str] = ()) -> Image:
        """Return the image for an ecosystem with extra Debian packages, built where it is not there yet.

        An ecosystem without a Dockerfile of its own gets the base image. Names that are no package names, and
        packages that do not exist, are listed in `unknown` and left out.

        Raises:
            EngineFailure: the engine is absent or could not build it.
            RegistryFailure: the distribution's mirror did not answer.

        """
        tag = self._find_ecosystem(ecosystem)
        wanted = sorted(set(packages))
        names = [name for name in wanted if PACKAGE_NAME.fullmatch(name)]
        bad = tuple(name for name in wanted if name not in names)
        image = self._build_with_packages(tag, tuple(names)) if names else Image(tag=tag)
        return image.model_copy(update={"unknown": (*bad, *image.unknown)})

    def has(self, ecosystem: str) -> bool:
        """Whether the image of an ecosystem is there."""
        folder = find_dockerfiles() / ecosystem
        base = self._make_tag("base", _read_dockerfile("base"), self._settings.base_image)
        tag = (
            self._make_tag(ecosystem, _read_dockerfile(ecosystem), base)
            if folder.is_dir() and ecosystem != "base"
            else base
        )
        return self._exists(tag)

    def _find_ecosystem(self, name: str) -> str:
        base = self._make_tag("base", _read_dockerfile("base"), self._settings.base_image)
        if not self._exists(base):
            with lock(self._settings.home / "locks" / f"{_make_file_name(base)}.lock"):
                if not self._exists(base):
                    self._build(base, _read_dockerfile("base"), ensure_debian(self._client, self._settings))
        if name == "base" or not (find_dockerfiles() / name / "Dockerfile").is_file():
            return base
        return self._ensure(self._make_tag(name, _read_dockerfile(name), base), _read_dockerfile(name), base)

    def _ensure(self, tag: str, dockerfile: str, parent: str) -> str:
        if not self._exists(tag):
            with lock(self._settings.home / "locks" / f"{_make_file_name(tag)}.lock"):
                if not self._exists(tag):
                    self._build(tag, dockerfile, parent)
        return tag

    def _build_with_packages(self, parent: str, names: tuple[str, ...]) -> Image:
        """Build with the packages; where some do not exist, without those."""
        unknown: list[str] = []
        log = ""
        while True:
            wanted = [name for name in names if name not in unknown]
            if not wanted:
                return Image(tag=parent, unknown=tuple(unknown), log=log)
            dockerfile = _INSTALL.format(packages=" ".join(wanted))
            try:
                tag = self._ensure(self._make_tag("packages", dockerfile, parent), dockerfile, parent)
            except _BuildFailed as failure:
                log = failure.log
                missing = [name for name in find_unknown_packages(log) if name in wanted]
                if not missing:
                    raise _explain_failure(failure) from failure
                unknown.extend(missing)
            else:
                return Image(tag=tag, unknown=tuple(unknown), log=log)

    @staticmethod
    def _make_tag(kind: str, dockerfile: str, parent: str) -> str:
        digest = hashlib.sha256(f"{parent}\n{dockerfile}".encode()).hexdigest()[:16]
        return f"{REPOSITORY}/{kind}:{digest}"

    def _exists(self, tag: str) -> bool:
        try:
            self._client.inspect_image(tag)
        except docker.errors.ImageNotFound:
            return False
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            raise EngineFailure(f"the container engine does not answer: {error}") from error
        return True

    def _build(self, tag: str, dockerfile: str, parent: str) -> None:
        """Build an image out of a Dockerfile that stands alone.

        Raises:
            _BuildFailed: a step of it failed.
            EngineFailure: the engine did not answer, or it took too long.

        """
        arguments = {"BASE": parent, **dict(self._settings.proxies)}
        deadline, lines = time.monotonic() + BUILD_SECONDS, []
        try:
            for part in self._client.build(
                fileobj=_make_context(dockerfile),
                custom_context=True,
                tag=tag,
                buildargs=arguments,
                labels={f"{REPOSITORY}.image": "1"},
                rm=True,
                forcerm=True,
                timeout=BUILD_SECONDS,
                decode=True,
            ):
                lines.append(clean(str(part.get("stream", ""))))
                if "error" in part:
                    raise _BuildFailed(clean(str(part["error"])), "".join(lines))
                if time.monotonic() > deadline:
                    raise EngineFailure(f"building {tag} took more than {BUILD_SECONDS} s")
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            raise EngineFailure(f"building {tag}: {error}") from error


class _BuildFailed(EngineFailure):
    """A build step failed; `log` is what the build said."""

    def __init__(self, message: str, log: str) -> None:
        super().__init__(message)
        self.log = log


_INSTALL = """\
ARG BASE
FROM ${{BASE}}
RUN apt-get update -qq \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {packages} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
"""


def find_unknown_packages(log: str) -> Sequence[str]:
    """Return the names that apt could not find."""
    found = (one or other for one, other in _UNKNOWN.findall(log))
    return tuple(dict.fromkeys(name for name in found if name))


def _explain_failure(failure: _BuildFailed) -> EngineFailure | RegistryFailure:
    if _NO_MIRROR.search(failure.log):
        return RegistryFailure("the distribution's mirror did not answer while system packages were installed")
    errors = [line for line in failure.log.splitlines() if line.startswith("E: ")]
    return EngineFailure(f"system packages could not be installed: {errors[-1] if errors else failure}")


def _read_dockerfile(name: str) -> str:
    try:
        return (find_dockerfiles() / name / "Dockerfile").read_text(encoding="utf-8")
    except OSError as error:
        raise EngineFailure(f"the Dockerfile of {name} cannot be read: {error.strerror}") from error


def _make_context(dockerfile: str) -> io.BytesIO:
    """Return a build context that holds the Dockerfile and nothing else."""
    data, stream = dockerfile.encode(), io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    stream.seek(0)
    return stream


def _make_file_name(tag: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", tag)
