"""A container engine of the tests' own, which may be killed: its own folder, socket, containerd and no network."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import docker
import docker.errors
import requests

PROGRAMS = ("sh", "sleep", "cat", "true")
STARTING_SECONDS = 90


class CannotStart(Exception):
    """This machine does not let a second engine start; the text says why."""


@dataclass
class OwnEngine:
    """`dockerd` over files in `folder`; `kill` ends it as a crash does, `start` brings it back."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.folder}/d.sock"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if program is None or os.geteuid() != 0:
            raise CannotStart("a second engine needs dockerd and root")
        for stale in (self.folder / "pid", self.folder / "exec" / "containerd" / "containerd.pid"):
            stale.unlink(missing_ok=True)  # a dead process that nobody has reaped yet would be taken for alive
        # a system's own containerd must not mix up whose containers are whose
        spaces = ("--containerd-namespace=tests", "--containerd-plugins-namespace=tests-plugins")
        words = (
            *("--data-root", self.folder / "data", "--exec-root", self.folder / "exec"),
            *("--pidfile", self.folder / "pid", "--host", self.address, *spaces),
            *("--bridge=none", "--iptables=false", "--ip6tables=false", "--log-level=error"),
        )
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                # In a network namespace of its own: `--bridge=none` would take the machine's own bridge away.
                ["unshare", "--net", program, *map(str, words)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTING_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart((self.folder / "log").read_text(errors="replace")[-500:])
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with docker.APIClient(base_url=self.address, timeout=5) as client:
                return bool(client.ping())
        except (docker.errors.DockerException, requests.RequestException):
            return False

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        while pids := [pid for pid in self._left("containerd") if pid not in self._left("containerd-shim")]:
            with suppress(ProcessLookupError):  # it dies along; its helpers stay with the containers
                os.kill(pids[0], signal.SIGKILL)
            time.sleep(0.05)

    def close(self) -> None:
        """End it in good order, and whatever is left of it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        for pid in self._left("containerd"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in reversed([mount for mount in mounts if mount.startswith(f"{self.folder}/")]):
            subprocess.run(["umount", "--lazy", mount], check=False)

    def _left(self, name: str) -> list[int]:
        """Return its processes of a name: those that name the folder on their command line."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue
            program = Path(words[0].decode(errors="replace")).name
            if program.startswith(name) and any(str(self.folder).encode() in word for word in words):
                found.append(int(path.parent.name))
        return found

    def load(self, tag: str) -> None:
        """Make an image with a shell and little else, out of this machine's own files."""
        paths = [Path(found).resolve() for name in PROGRAMS if (found := shutil.which(name))]
        libraries = {
            Path(word)
            for path in paths
            for word in re.findall(r"(/\S+)", subprocess.check_output(["ldd", path], text=True))
        }
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", dereference=True) as archive:
            for name, path in zip(PROGRAMS, paths, strict=True):
                archive.add(path, f"bin/{name}")
            for library in sorted(libraries):
                archive.add(library, str(library).lstrip("/"))
            for name in ("tmp", "proc", "sys", "dev", "etc"):
                entry = tarfile.TarInfo(name)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
        repository, _, version = tag.partition(":")
        with docker.APIClient(base_url=self.address, timeout=60) as client:
            client.import_image_from_data(stream.getvalue(), repository=repository, tag=version)
