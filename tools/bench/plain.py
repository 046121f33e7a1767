"""Containers without the checker's sandbox: images built and steps run by a plain engine; all removed again."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import docker
import docker.types

from checker.core.container import MIB, SOURCE, Limits
from checker.core.errors import EngineFailure
from checker.core.settings import Settings
from checker.core.values.base import Value
from checker.core.values.plans import Step
from checker.core.values.results import StepResult, StepStatus
from checker.sandbox.collect import collect, read_below
from checker.sandbox.docker import leases
from checker.sandbox.docker.client import ENGINE_ERRORS, connect, describe_error, translate_engine_errors
from checker.sandbox.docker.container import Ending, Watch, run_container
from checker.sandbox.docker.disk import Scratch
from checker.sandbox.logs import clean, clean_bytes
from tools.bench.recipe import LABEL

LOG_BYTES = 256 * 1024
LOG_TAIL = 20_000
COLLECT_BYTES = 2 * MIB

Binds = Mapping[str, tuple[Path, bool]]
"""Place inside a container → (path here, read-only)."""


class NoLimit(Scratch):
    """Disk that nobody measures."""

    def is_full(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Nothing was taken."""


class Built(Value):
    """How the build of an image ended; `log` is its tail."""

    built: bool
    seconds: float
    timed_out: bool = False
    log: str = ""


@dataclass(frozen=True)
class Plain:
    """An engine used plainly; everything made through it carries the label of one run."""

    client: docker.APIClient
    settings: Settings
    run: str

    def build(self, context: Path, tag: str, *, seconds: float, fresh: bool, memory: int) -> Built:
        """Build the Dockerfile of a folder; at the time limit the container of the running line is killed."""
        began, lines, error = time.monotonic(), list[str](), None
        overdue = threading.Event()
        timer = threading.Timer(seconds, self._end_build, (overdue,))
        timer.start()
        try:
            parts = self.client.build(
                path=str(context),
                tag=tag,
                nocache=fresh,
                rm=True,
                forcerm=True,
                decode=True,
                timeout=int(seconds) + 120,
                buildargs=dict(self.settings.proxies),
                container_limits={"memory": memory, "memswap": memory},
            )
            for part in parts:
                lines.append(clean(str(part.get("stream", ""))))
                if "error" in part:
                    error = clean(str(part["error"]))
        except ENGINE_ERRORS as failure:
            error = f"container engine: {describe_error(failure)}"
        finally:
            timer.cancel()
        took = round(time.monotonic() - began, 2)
        log = "".join(lines)[-LOG_TAIL:] + (error or "")
        return Built(built=error is None, seconds=took, timed_out=overdue.is_set(), log=log)

    def _end_build(self, overdue: threading.Event) -> None:
        overdue.set()
        for _ in range(60):  # the next line may begin between listing and killing
            for row in self._containers():
                with suppress(*ENGINE_ERRORS):
                    self.client.kill(row["Id"])
            time.sleep(1)
            if not self._containers():
                return

    def _containers(self) -> list[dict[str, Any]]:
        with suppress(*ENGINE_ERRORS):
            return list(self.client.containers(all=True, filters={"label": f"{LABEL}={self.run}"}))
        return []

    def step(
        self,
        image: str,
        step: Step,
        *,
        binds: Binds,
        env: Mapping[str, str],
        limits: Limits,
        host: Mapping[str, Any],
    ) -> StepResult:
        """Run a step in a container of its own; `host` are options of the engine for it.

        A file that the step collects and that lies in none of the folders is bound by itself.
        """
        began = time.monotonic()
        with TemporaryDirectory(prefix="checker-bench-") as name:
            folder = Path(name)
            own = {path: folder / str(n) for n, path in enumerate(step.collect) if _place(path, binds) is None}
            for file in own.values():
                file.touch()
                file.chmod(0o666)
            mounted = {**binds, **{path: (file, False) for path, file in own.items()}}
            ending = self._carry_out(image, step, mounted, env, limits, host)
            folders = {place: path for place, (path, fixed) in binds.items() if not fixed}
            found = dict(collect(step.collect, f"{SOURCE}/{step.cwd}", folders, COLLECT_BYTES))
            texts = ((path, read_below(folder, file.name, COLLECT_BYTES)) for path, file in own.items())
            found.update((path, clean_bytes(data)) for path, data in texts if data)
        return StepResult(
            step=step,
            status=ending.status,
            exit_code=ending.exit_code,
            seconds=round(time.monotonic() - began, 2),
            log=ending.log,
            collected=tuple(found.items()),
        )

    def _carry_out(
        self,
        image: str,
        step: Step,
        binds: Binds,
        env: Mapping[str, str],
        limits: Limits,
        host: Mapping[str, Any],
    ) -> Ending:
        mounts = [
            docker.types.Mount(place, str(path), type="bind", read_only=fixed)
            for place, (path, fixed) in binds.items()
        ]
        config = {
            "image": image,
            "command": list(step.argv),
            "entrypoint": [],
            "working_dir": f"{SOURCE}/{step.cwd}",
            "environment": {**env, **dict(step.env)},
            "labels": {LABEL: self.run},
            "host_config": self.client.create_host_config(mounts=mounts, **host),
        }
        watch = Watch(
            seconds=max(1.0, step.seconds * limits.scale),
            log_bytes=LOG_BYTES,
            space=NoLimit(Path(gettempdir(), "none"), 0),
            free_bytes=0,
            stopped=threading.Event(),
        )
        try:
            return run_container(self.client, config, watch)
        except ENGINE_ERRORS as error:
            return Ending(StepStatus.ENGINE_ERROR, log=f"container engine: {describe_error(error)}")

    def remove_all(self) -> None:
        """Remove every container and image of this run, intermediate ones included.

        Raises:
            EngineFailure: the engine keeps something.

        """
        for row in self._containers():
            with suppress(*ENGINE_ERRORS):
                self.client.remove_container(row["Id"], force=True, v=True)
        before = -1
        while (images := self._images()) and len(images) != before:
            before = len(images)
            for image in images:
                with suppress(*ENGINE_ERRORS):
                    self.client.remove_image(image, force=True)
        if images:
            raise EngineFailure(f"{len(images)} images with the label {LABEL}={self.run} could not be removed")

    def _images(self) -> list[str]:
        return [row["Id"] for row in self.client.images(all=True, filters={"label": f"{LABEL}={self.run}"})]

    def others(self) -> frozenset[str]:
        """Return the runs, this one excepted, of which the engine still holds something."""
        mark = {"label": LABEL}
        rows = (*self.client.containers(all=True, filters=mark), *self.client.images(all=True, filters=mark))
        return frozenset(row["Labels"][LABEL] for row in rows) - {self.run}


def _place(path: str, binds: Binds) -> str | None:
    """Return the bound folder that a path lies in."""
    return next((place for place in binds if path.startswith(f"{place}/")), None)


@contextmanager
def plain_engine(settings: Settings) -> Iterator[Plain]:
    """Connect to the engine; leaving removes everything that was made through it.

    What dead processes with the same home left behind is removed first.

    Raises:
        EngineFailure: no engine answers, or it keeps something.
        StorageFailure: the home folder cannot be written.

    """
    folder = settings.home / "bench"
    whose = hashlib.sha256(str(settings.home).encode()).hexdigest()[:12]
    lease = leases.Lease(folder)
    try:
        with connect(settings) as client:
            made = Plain(client, settings, whose + lease.name)
            with translate_engine_errors("removing what an earlier benchmark left"):
                dead = {run for run in made.others() if run.startswith(whose)}
            for run in dead - {whose + name for name in leases.list_living(folder)}:
                Plain(client, settings, run).remove_all()
            try:
                yield made
            finally:
                made.remove_all()
    finally:
        lease.release()
