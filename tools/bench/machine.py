"""What a measurement says of itself: the day, the machine, the versions."""

from __future__ import annotations

import os
import platform
from datetime import date

import docker
import docker.errors

from checker import __version__
from checker.core.errors import EngineFailure
from checker.core.settings import Settings
from checker.sandbox.docker.client import connect

GIB = 1024**3


def machine(settings: Settings) -> str:
    """Return the machine in one line: cores, memory, system, engine."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{cores} cores, {memory:.0f} GiB, {system}, {_engine(settings)}"


def _engine(settings: Settings) -> str:
    try:
        with connect(settings) as client:
            return f"Docker {client.version()['Version']}"
    except (EngineFailure, docker.errors.DockerException):
        return "no container engine"


def heading(command: str, settings: Settings, note: str = "") -> str:
    """Return the first lines of a section: when, by which command, on which machine."""
    load = f" Load when it ended: {os.getloadavg()[0]:.1f}." if hasattr(os, "getloadavg") else ""
    said = f"`{command}`, {date.today().isoformat()}, checker {__version__}; {machine(settings)}.{load}"
    return f"{said} {note}".strip()
