"""Connects to the engine: calls that cannot hang for ever, and its errors as the checker's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import docker
import docker.errors
import requests

from checker.core.errors import EngineFailure
from checker.core.settings import Settings

#: Everything that docker-py raises when the engine is absent, hangs or refuses.
ENGINE_ERRORS = (docker.errors.DockerException, requests.RequestException, OSError)

LOCAL_ADDRESS = "unix:///var/run/docker.sock"

REMEDY = "install Docker, or name another engine in CHECKER_DOCKER_HOST"


def connect(settings: Settings, version: str = "auto") -> docker.APIClient:
    """Connect to the engine.

    Raises:
        EngineFailure: nobody answers, or the engine is on another machine.

    """
    address = settings.docker_host or LOCAL_ADDRESS
    if not address.startswith("unix:"):
        raise EngineFailure(
            f"the container engine {address} is on another machine; folders of this one are not there"
        )
    with translate_engine_errors(f"no container engine answers at {address} ({REMEDY})"):
        return docker.APIClient(base_url=address, version=version, timeout=settings.engine_seconds)


@contextmanager
def translate_engine_errors(doing: str) -> Iterator[None]:
    """Turn whatever the engine raises inside the block into an EngineFailure."""
    try:
        yield
    except ENGINE_ERRORS as error:
        raise EngineFailure(f"{doing}: {describe_error(error)}") from error


def describe_error(error: BaseException) -> str:
    """Return an engine's error in one line."""
    text = getattr(error, "explanation", None) or _find_system_error(error) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:500]


def _find_system_error(error: BaseException) -> str | None:
    """Return what the system said where that is what everything else wraps: no such file, connection refused."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.strerror:
            return found.strerror
        found = found.__cause__ or found.__context__
    return None
