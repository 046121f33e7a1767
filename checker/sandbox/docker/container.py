"""A container from creation to removal: output read beside, limits watched, the deadline kept whatever happens."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import docker
import requests

from checker.core.values.results import StepStatus
from checker.sandbox.base import LineListener
from checker.sandbox.docker.cgroup import find_process
from checker.sandbox.docker.client import ENGINE_ERRORS, describe_error
from checker.sandbox.docker.disk import Scratch, free_bytes
from checker.sandbox.docker.load import MOST, ProcessorMeter
from checker.sandbox.docker.memory import MemoryMeter
from checker.sandbox.logs import BoundedLog, LineFeed

#: How often memory and disk are looked at.
SAMPLE_SECONDS = 0.2

#: How long a killed container may take to be gone, and its output to end.
KILL_SECONDS = 20

#: Exit code of a process that SIGXFSZ ended: it wrote a file past the limit.
FSIZE_EXIT = 128 + 25

KILLED_EXIT = 128 + 9

#: The engine's answer to killing what does not run.
CONFLICT = 409

CHUNK_BYTES = 256 * 1024

HEADER = struct.Struct(">4xI")


@dataclass(frozen=True)
class Watch:
    """What to hold a container to: wall-clock seconds, bytes of log, disk; and who listens.

    `patient`: where other work on this machine took the processors, its seconds are those of all `processors` that
    it may use, up to `MOST` times as long.
    """

    seconds: float
    log_bytes: int
    space: Scratch
    free_bytes: int
    stopped: threading.Event
    on_line: LineListener | None = None
    patient: bool = False
    processors: float = 1.0

    @property
    def longest(self) -> float:
        """Seconds after which a container is ended in any case."""
        return self.seconds * (MOST if self.patient else 1)


@dataclass(frozen=True)
class Ending:
    """How a container ended."""

    status: StepStatus
    exit_code: int | None = None
    peak_memory: int | None = None
    log: str = ""
    log_cut: bool = False


def run_container(client: docker.APIClient, config: dict[str, Any], watch: Watch) -> Ending:
    """Create, start, watch and remove a container.

    Raises:
        DockerException, RequestException, OSError: the engine failed.

    """
    made = str(client.create_container(**config)["Id"])
    try:
        return _Run(client, made, watch).carry_out()
    finally:
        with suppress(*ENGINE_ERRORS):
            client.remove_container(made, force=True, v=True)


class _Run:
    """One container while it runs."""

    def __init__(self, client: docker.APIClient, container: str, watch: Watch) -> None:
        self._client = client
        self._id = container
        self._watch = watch
        self._log = BoundedLog(watch.log_bytes)
        self._ended = threading.Event()
        self._exit_code: int | None = None
        self._error: BaseException | None = None

    def carry_out(self) -> Ending:
        """Attach, start, hold to the limits, and say how it ended."""
        stream = self._client.attach_socket(self._id, {"stdout": 1, "stderr": 1, "stream": 1})
        reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        waiter = threading.Thread(target=self._wait, daemon=True)
        try:
            reader.start()
            self._client.start(self._id)
            waiter.start()
            forced, meter = self._hold(), self._meter
            reader.join(KILL_SECONDS)
            return self._make_ending(forced, meter.peak)
        finally:
            _close(stream)
            reader.join(1)

    def _hold(self) -> StepStatus | None:
        """Wait for the end; where a limit is passed, force it, and say which limit that was."""
        began = time.monotonic()
        pid = find_process(self._client, self._id)
        self._meter = MemoryMeter(pid)
        self._processor = ProcessorMeter(pid)
        self._meter.sample()
        forced: StepStatus | None = None
        while forced is None and not self._ended.wait(SAMPLE_SECONDS):
            self._meter.sample()
            self._processor.sample()
            forced = self._find_passed_limit(time.monotonic() - began)
        if forced is not None and not self._kill():
            return None if self._error is None else forced
        return forced

    def _kill(self) -> bool:
        """Kill the container, and wait until it is gone; False where it had ended by itself a moment before."""
        by_us = True
        try:
            self._client.kill(self._id, signal="SIGKILL")
        except docker.errors.APIError as error:
            if error.status_code != CONFLICT:
                raise
            by_us = False
        if not self._ended.wait(KILL_SECONDS):
            self._error = self._error or TimeoutError("a killed container does not end")
        return by_us

    def _find_passed_limit(self, seconds: float) -> StepStatus | None:
        if self._watch.stopped.is_set():
            self._error = InterruptedError("stopped by the checker")
            return StepStatus.ENGINE_ERROR
        if seconds > self._watch.seconds and not self._may_go_on(seconds):
            return StepStatus.TIMED_OUT
        if self._watch.space.is_full():
            return StepStatus.DISK_LIMIT
        if free_bytes(self._watch.space.root.parent) < self._watch.free_bytes:
            self._error = OSError("our own disk is nearly full")
            return StepStatus.ENGINE_ERROR
        return None

    def _may_go_on(self, seconds: float) -> bool:
        """Whether a container that is past its seconds has not had them yet."""
        promised = self._watch.seconds * max(1.0, self._watch.processors)
        return seconds <= self._watch.longest and self._processor.was_starved(promised)

    def _wait(self) -> None:
        """Learn the exit code from the engine."""
        try:
            answer = self._client.wait(self._id, timeout=self._watch.longest + 2 * KILL_SECONDS)
            self._exit_code = int(answer["StatusCode"])
            if (answer.get("Error") or {}).get("Message"):
                self._error = OSError(answer["Error"]["Message"])
        except (*ENGINE_ERRORS, KeyError, ValueError) as error:
            self._error = error
        finally:
            self._ended.set()

    def _read(self, stream: Any) -> None:
        """Keep the container's output; ends with the stream."""
        feed = LineFeed(self._watch.on_line)
        connection = getattr(stream, "_sock", stream)
        with suppress(OSError, ValueError):
            connection.settimeout(None)
            for piece in _read_payloads(connection):
                self._log.write(piece)
                feed.write(piece)

    def _make_ending(self, forced: StepStatus | None, peak: int | None) -> Ending:
        status = forced or self._find_own_status()
        log = self._log.text()
        if self._error is not None and status in (StepStatus.ENGINE_ERROR, forced):
            status = StepStatus.ENGINE_ERROR
            log += f"\ncontainer engine: {describe_error(self._error)}\n"
        return Ending(
            status=status,
            exit_code=self._exit_code if status in _WITH_CODE else None,
            peak_memory=peak,
            log=log,
            log_cut=self._log.cut,
        )

    def _find_own_status(self) -> StepStatus:
        """Tell how a container ended that nobody forced to."""
        if self._error is not None or self._exit_code is None:
            return StepStatus.ENGINE_ERROR
        if self._exit_code == 0:
            return StepStatus.PASSED
        if self._is_out_of_memory():
            return StepStatus.OUT_OF_MEMORY
        if self._exit_code == FSIZE_EXIT or self._watch.space.is_full():
            return StepStatus.DISK_LIMIT
        return StepStatus.FAILED

    def _is_out_of_memory(self) -> bool:
        """Whether the kernel killed a process of it for memory; the engine hears of that a moment later."""
        for _ in range(5 if self._exit_code == KILLED_EXIT else 1):
            with suppress(requests.RequestException, docker.errors.DockerException):
                if self._client.inspect_container(self._id)["State"]["OOMKilled"]:
                    return True
            time.sleep(0.1)
        return False


_WITH_CODE = frozenset({StepStatus.PASSED, StepStatus.FAILED, StepStatus.OUT_OF_MEMORY, StepStatus.DISK_LIMIT})


def _read_payloads(connection: socket.socket) -> Iterator[bytes]:
    """Take the engine's framing off: eight bytes of header (stream, three zeros, length), then the payload."""
    rest, left = b"", 0
    while chunk := connection.recv(CHUNK_BYTES):
        data, at, pieces = rest + chunk, 0, []
        while at < len(data):
            if left == 0:
                if len(data) - at < HEADER.size:
                    break
                (left,) = HEADER.unpack_from(data, at)
                at += HEADER.size
            pieces.append(data[at : at + left])
            at += len(pieces[-1])
            left -= len(pieces[-1])
        rest = data[at:]
        yield b"".join(pieces)


def _close(stream: Any) -> None:
    connection = getattr(stream, "_sock", stream)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        stream.close()
