"""Sandboxes on a Docker engine: one container for each step, the attempt's files on disk of their own."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import docker.errors
import uv

from checker.core import container
from checker.core.errors import StorageFailure
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan
from checker.sandbox.docker import disk, leases
from checker.sandbox.docker.client import ENGINE_ERRORS, connect, translate_engine_errors
from checker.sandbox.docker.sandbox import HOME_LABEL, OWNER_LABEL, DockerSandbox, Layout, make_labels
from checker.sandbox.egress.session import EgressSession
from checker.sandbox.provision.download_cache import open_shared_cache
from checker.sandbox.provision.images import Images
from checker.sandbox.provision.interpreters import Interpreter, find_interpreters


class DockerEngine:
    """Makes sandboxes on the local Docker engine; one object serves many threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = settings.home
        self._cache = open_shared_cache(settings)
        self._guard = threading.Lock()
        self._lease: leases.Lease | None = None
        self._pid = 0
        self._open: set[DockerSandbox] = set()
        self._version = "auto"

    # ------------------------------------------------------------ making sandboxes

    @contextmanager
    def open(self, plan: BuildPlan, source: Path, limits: container.Limits) -> Iterator[DockerSandbox]:
        """Make a sandbox that holds a private copy of `source`; leaving it removes everything it made.

        Raises:
            EngineFailure: the engine is absent, hangs, or could not make it.
            RegistryFailure: system packages could not be downloaded.
            StorageFailure: our own disk is full or cannot be written.

        """
        owner = self._ensure_lease()
        client = connect(self._settings, self._version)
        self._version = client.api_version
        with ExitStack() as stack:
            stack.callback(client.close)
            image = Images(client, self._settings).ensure(plan.ecosystem, plan.system_packages)
            cache = stack.enter_context(self._cache.lease())
            name = uuid.uuid4().hex[:12]
            root = self._home / "scratch" / owner / name
            self._wait_for_room()
            space = disk.open_scratch(self._settings, root, limits.disk_bytes, self._clean_as_root)
            stack.callback(space.close)
            layout = self._fill_scratch(source, space, cache)
            volume = self._cache_volume(client, owner, name, layout)
            stack.callback(_remove_volume, client, volume)
            egress = EgressSession(self._settings, plan, source, space.root / "way", limits)
            stack.callback(egress.close)
            box = DockerSandbox(
                client=client,
                settings=self._settings,
                limits=limits,
                plan=plan,
                image=image,
                layout=layout,
                space=space,
                volume=volume,
                marks=make_labels(self._home, owner, name),
                egress=egress,
            )
            stack.callback(self._close_box, box)
            box.write(plan.files)
            self._open.add(box)
            yield box
            box.leave_builds()

    def _wait_for_room(self) -> None:
        """Wait while other attempts of this process hold the disk."""
        places = (self._home / "scratch", self._home, *self._home.parents)
        place = next(folder for folder in places if folder.is_dir())
        disk.wait_for_room(self._settings, place, lambda: bool(self._open))

    def _close_box(self, box: DockerSandbox) -> None:
        box.stop()
        self._open.discard(box)

    def stop(self) -> None:
        """End all steps that run now, from any thread; their results have the status `engine_error`."""
        for box in tuple(self._open):
            box.stop()

    def _ensure_lease(self) -> str:
        """Return the name of this process' lease, taken anew after a fork."""
        with self._guard:
            if self._lease is None or self._pid != os.getpid():
                self._lease, self._pid = leases.Lease(self._home / "leases"), os.getpid()
                self._open = set()
            return self._lease.name

    def _fill_scratch(self, source: Path, space: disk.Scratch, cache: Path) -> Layout:
        """Fill the scratch space: the checkout's copy, and empty folders to write to."""
        uid = self._settings.uid
        try:
            layout = Layout(space.root, cache, self._make_tools(), find_interpreters(self._settings))
            for folder in layout.list_folders():
                folder.mkdir()
                folder.chmod(0o755)
            layout.temporary.chmod(0o1777)
            layout.upper.chmod(0o777)
        except OSError as error:
            raise StorageFailure(f"cannot write {space.root}: {error.strerror}") from error
        disk.give(layout.around, uid)
        disk.copy_tree(source, layout.source, uid)
        disk.give(layout.environment, uid)
        disk.give(layout.temporary, uid)
        return layout

    def _make_tools(self) -> Path:
        """Return a folder with uv and a link to each interpreter, made once for each set of them."""
        interpreters = find_interpreters(self._settings)
        program = Path(uv.find_uv_bin())
        key = uuid.uuid5(
            uuid.NAMESPACE_URL, repr((program.stat().st_size, program.stat().st_mtime_ns, interpreters))
        ).hex[:12]
        folder = self._home / "tools" / key
        if folder.is_dir():
            return folder
        with leases.lock(self._home / "locks" / "tools.lock"):
            if not folder.is_dir():
                _make_tools(folder, program, interpreters)
        return folder

    def _cache_volume(self, client: docker.APIClient, owner: str, name: str, layout: Layout) -> str:
        """Make the attempt's private view of the download cache."""
        if any(sign in str(self._home) for sign in ':,\\"'):
            raise StorageFailure(f"the path {self._home} holds a sign that a mount cannot take")
        options = f"lowerdir={layout.cache},upperdir={layout.upper},workdir={layout.work}"
        with translate_engine_errors("making a volume"):
            made = client.create_volume(
                name=f"checker-{name}",
                driver="local",
                driver_opts={"type": "overlay", "device": "overlay", "o": f"{options},index=off,metacopy=off"},
                labels=make_labels(self._home, owner, name),
            )
        return str(made["Name"])

    # ------------------------------------------------------------ removing what dead processes left

    def sweep(self) -> int:
        """Remove what dead processes left behind, without touching what living ones use; return how much.

        Raises:
            EngineFailure: the engine is absent or hangs.

        """
        self._ensure_lease()
        leftovers = list((self._home / "scratch").glob("*"))
        with connect(self._settings, self._version) as client, translate_engine_errors("sweeping"):
            mine = {"label": f"{HOME_LABEL}={self._home}"}
            containers = client.containers(all=True, filters=mine)
            volumes = client.volumes(filters=mine)["Volumes"] or ()
            # Asked after everything was listed: whoever made something took a lease before.
            alive = leases.list_living(self._home / "leases")
            removed = _remove_objects(client, containers, volumes, alive)
        for folder in leftovers:
            if folder.name not in alive:
                disk.remove_leftover(folder, self._clean_as_root)
                removed += 1
        leases.forget_dead(self._home / "leases")
        return removed

    def _clean_as_root(self, folder: Path) -> None:
        """Remove a folder that holds files of other users, through a container that sees nothing else."""
        client = connect(self._settings, self._version)
        try:
            image = Images(client, self._settings).ensure("base")
            _remove_in_container(
                client, image.tag, folder, make_labels(self._home, self._ensure_lease(), "cleaning")
            )
        finally:
            client.close()

    def close(self) -> None:
        """End what runs and give the lease up."""
        self.stop()
        if self._lease is not None and self._pid == os.getpid():
            self._lease.release()
            with suppress(OSError):
                (self._home / "scratch" / self._lease.name).rmdir()
            self._lease = None


def _make_tools(folder: Path, program: Path, interpreters: tuple[Interpreter, ...]) -> None:
    making = folder.with_name(f"{folder.name}.making")
    disk.remove_tree(making)
    making.mkdir(parents=True)
    shutil.copy2(program, making / "uv")
    (making / "uv").chmod(0o755)
    for interpreter in interpreters:
        (making / f"python{interpreter.version}").symlink_to(interpreter.executable)
    making.chmod(0o755)
    making.rename(folder)


def _remove_volume(client: docker.APIClient, name: str) -> None:
    with suppress(*ENGINE_ERRORS):
        client.remove_volume(name, force=True)


def _remove_objects(
    client: docker.APIClient,
    containers: Sequence[Mapping[str, Any]],
    volumes: Sequence[Mapping[str, Any]],
    alive: frozenset[str],
) -> int:
    """Remove containers and volumes whose owner is dead; one that is gone already was swept by somebody else."""
    removed = 0
    for row in (*containers, *volumes):
        if (row["Labels"] or {}).get(OWNER_LABEL) in alive:
            continue
        with suppress(docker.errors.NotFound):
            if "Id" in row:
                client.remove_container(row["Id"], force=True, v=True)
            else:
                client.remove_volume(row["Name"], force=True)
            removed += 1
    return removed


def _remove_in_container(client: docker.APIClient, image: str, folder: Path, marks: dict[str, str]) -> None:
    config = client.create_host_config(
        network_mode="none",
        cap_drop=["ALL"],
        cap_add=["DAC_OVERRIDE", "FOWNER"],
        mounts=[docker.types.Mount("/doomed", str(folder.parent), type="bind")],
    )
    with translate_engine_errors(f"removing {folder}"):
        made = client.create_container(
            image, ["rm", "-rf", "--", f"/doomed/{folder.name}"], user="0:0", labels=marks, host_config=config
        )
        try:
            client.start(made["Id"])
            client.wait(made["Id"], timeout=disk.TOOL_SECONDS)
        finally:
            client.remove_container(made["Id"], force=True)
