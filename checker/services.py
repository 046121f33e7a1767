"""Creates the services of a worker from the settings: host, engine, tools, interpreters, ecosystems."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from checker.check import Services
from checker.core.errors import EngineFailure, StorageFailure
from checker.core.settings import Settings
from checker.core.values.repositories import Target
from checker.ecosystems.contained.ecosystem import ContainedEcosystem
from checker.ecosystems.python import ecosystem as python
from checker.ecosystems.registry import ALL
from checker.hosts import open_host
from checker.hosts.folder import open_folder
from checker.index.uv import Downloads
from checker.sandbox.docker import leases
from checker.sandbox.docker.disk import check_room, remove_tree
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.provision.interpreters import find_interpreters

#: Builds at once that are chosen without being asked for; more is the operator's decision.
MOST_JOBS = 8


@dataclass(frozen=True)
class Tools:
    """The trusted tools of a worker, by the language that they serve."""

    python: Downloads


def open_services(settings: Settings, mirror: Path | None = None) -> Services:
    """Put together everything that a check needs; nothing is started by that.

    `mirror` replaces GitHub; None means the one in the settings, if any.

    Raises:
        UsageError: the mirror is no folder.
        EngineFailure: uv could not list the interpreters.

    """
    token = settings.github_token
    mirror = mirror or settings.mirror
    return Services(
        host=open_host(
            mirror=mirror, token=token.get_secret_value() if token else None, allowed=settings.code_hosts
        ),
        engine=DockerEngine(settings),
        tools=Tools(python=Downloads(settings)),
        ecosystems=tuple(ContainedEcosystem(each, settings.limits) for each in ALL),
        runtimes=((python.name, tuple(i.version for i in find_interpreters(settings))),),
        workspace=WORKSPACE.open_for_process(settings.home / "checkouts"),
        limits=settings.limits,
    )


@contextmanager
def prepare_services(settings: Settings, mirror: Path | None = None) -> Iterator[Services]:
    """Open the services, make sure that they work, and remove what dead processes left behind.

    Raises:
        UsageError: the mirror is no folder.
        EngineFailure: no container engine answers.
        StorageFailure: our disk is nearly full, or cannot be written.

    """
    make_room(settings)
    services = open_services(settings, mirror)
    try:
        try:
            sweep(services)
        except EngineFailure as error:
            raise EngineFailure(f"{error}; `checker doctor` says what is missing and what to do") from error
        yield services
    finally:
        services.stop()
        if isinstance(services.engine, DockerEngine):
            services.engine.close()
        WORKSPACE.release()


def sweep(services: Services) -> None:
    """Remove what dead processes left behind: containers, volumes, scratch space, checkouts.

    Raises:
        EngineFailure: no container engine answers.

    """
    services.engine.sweep()
    sweep_checkouts(services.workspace.parent)


def sweep_checkouts(folder: Path) -> None:
    """Remove the checkouts of dead processes."""
    found = [path for path in folder.glob("*") if path.is_dir()]
    alive = leases.list_living(folder)  # asked after listing: whoever made a folder took its lease before
    for path in found:
        if path.name not in alive:
            remove_tree(path)
    leases.forget_dead(folder)


class Workspace:
    """The folder in which a process checks repositories out; another one after a fork."""

    def __init__(self) -> None:
        self._lease: leases.Lease | None = None
        self._place = (Path(), 0)

    def open_for_process(self, folder: Path) -> Path:
        """Return this process' own folder below `folder`, which is swept when the process is dead.

        Raises:
            StorageFailure: the folder cannot be written.

        """
        if self._lease is None or self._place != (folder, os.getpid()):
            self._lease, self._place = leases.Lease(folder), (folder, os.getpid())
        return folder / self._lease.name

    def release(self) -> None:
        """Give the folder up."""
        if self._lease is not None and self._place[1] == os.getpid():
            remove_tree(self._place[0] / self._lease.name)
            self._lease.release()
            self._lease = None


WORKSPACE = Workspace()


def make_room(settings: Settings) -> None:
    """Create the checker's folder; refuse to work where its disk is nearly full.

    Raises:
        StorageFailure: it cannot be written, or less is free than the settings want to keep free.

    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageFailure(f"{settings.home}: {error.strerror}; set CHECKER_HOME to another folder") from error
    check_room(settings, settings.home)


def adapt_to_target(services: Services, target: Target) -> Services:
    """Return services whose host answers for the target: a local folder is its own host."""
    if target.folder is None:
        return services
    return replace(services, host=open_folder(Path(target.folder)))


def default_jobs(settings: Settings) -> int:
    """Return how many builds run at once: one for each core, as far as memory goes, 8 at most.

    A build is counted with half of its memory limit: few come near it.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    fitting = memory // max(1, settings.limits.memory_bytes // 2)
    return max(1, min(cores, fitting, MOST_JOBS))
