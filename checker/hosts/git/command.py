"""Runs git, through GitPython, with nothing of the machine's or the repository's configuration; its only user."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, BinaryIO, cast

from checker.core.errors import CheckerError, StorageFailure
from checker.core.tree import walk_folders
from checker.hosts.git.curl_trace import Response, parse_trace
from checker.hosts.git.settings import ENVIRONMENT, KEPT_ENVIRONMENT, SETTINGS

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # a missing git is said when it is needed, not at import

from git import Git as GitCommand
from git.exc import GitCommandNotFound

#: Bytes of output kept of one command: the listing of a million files fits.
MAX_OUTPUT = 256 * 1024**2

#: Seconds between two looks at the size of a growing folder.
WATCH_SECONDS = 0.2

NO_GIT = "git was not found; install it"

#: Exit code of `env` where the program that it should start is not there.
NOT_FOUND = 127

#: Bytes kept of what git says on stderr.
MAX_MESSAGES = 64 * 1024

#: The only settings taken over from the operator's own git configuration.
INHERITED = r"^http\.(sslcainfo|sslcapath|proxy|proxyauthmethod)$"


@dataclass(frozen=True)
class Done:
    """How a git command ended: `why` is `exited`, `time` or `size` (a limit of ours was passed)."""

    code: int
    output: bytes
    messages: str
    why: str = "exited"
    responses: tuple[Response, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether git reported success inside the limits."""
        return self.code == 0 and self.why == "exited"

    @property
    def text(self) -> str:
        """The output as text without the final newline."""
        return self.output.decode("utf-8", "replace").rstrip("\n")


@dataclass(frozen=True)
class Command:
    """A git command and its bounds: `seconds`, and `max_bytes` for what the folder `grows` holds.

    `stdin` is given as input; `extra` adds environment variables.
    """

    arguments: tuple[str, ...]
    git_dir: Path | None = None
    seconds: float = 60
    stdin: bytes | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    grows: Path | None = None
    max_bytes: int | None = None
    cwd: Path | None = None


@dataclass
class Running:
    """A git command that runs: its output stream, what it said on stderr, and why it was ended if we did."""

    process: subprocess.Popen[bytes]
    messages: bytearray = field(default_factory=bytearray)
    why: str = "exited"

    @property
    def output(self) -> IO[bytes]:
        """What git writes."""
        return cast(IO[bytes], self.process.stdout)

    def said(self) -> str:
        """Return what git said on stderr so far."""
        return self.messages.decode("utf-8", "replace")

    def stop(self, why: str) -> None:
        """Kill the command and everything that it started."""
        self.why = why
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Make sure that nothing of the command is left."""
        if self.process.poll() is None:
            self.stop(self.why)
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@dataclass(frozen=True)
class Git:
    """Git with a fixed environment: no prompts, hooks, filters, helpers, redirects, or foreign protocols.

    `protocols` are the transports that it may use at all; `stalled` the seconds after which a transfer that
    stands still is given up; `settings` are added to the fixed ones.
    """

    protocols: tuple[str, ...] = ()
    stalled: float = 30
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, command: Command) -> Done:
        """Run one command to its end inside its bounds; never raises for what git says.

        Raises:
            CheckerError: git is not installed.
            StorageFailure: no process could be started.

        """
        try:
            done = self._traced(command)
        except OSError as error:
            raise StorageFailure(f"git could not be run: {error}") from error
        if done.code == NOT_FOUND and done.why == "exited":
            raise CheckerError(NO_GIT)
        return done

    def _traced(self, command: Command) -> Done:
        """Run one command, and read the HTTP answers that it received out of its trace."""
        with tempfile.TemporaryDirectory(prefix="git-trace-") as folder:
            trace = Path(folder, "trace")
            traced = {**command.extra, "GIT_TRACE_CURL": str(trace), "GIT_TRACE_CURL_NO_DATA": "1"}
            with self.start(replace(command, extra=traced)) as running:
                output = running.output.read(MAX_OUTPUT + 1)
                if len(output) > MAX_OUTPUT:
                    running.stop("size")
                code = running.process.wait()
                if _is_too_large(command):
                    running.why = "size"
            responses = parse_trace(trace.read_bytes()) if trace.exists() else ()
        return Done(code, output, running.said(), running.why, responses)

    @contextmanager
    def start(self, command: Command) -> Iterator[Running]:
        """Start a command in a process group of its own; leaving the block ends and reaps all of it."""
        finished = threading.Event()
        with tempfile.TemporaryFile() as given:
            running = Running(self._spawn(command, given))
            helpers = (
                threading.Thread(target=_drain_stderr, args=(running,), daemon=True),
                threading.Thread(target=_watch, args=(running, finished, command), daemon=True),
            )
            for helper in helpers:
                helper.start()
            try:
                yield running
            finally:
                finished.set()
                if running.process.poll() is None:
                    running.stop(running.why)
                for helper in helpers:
                    helper.join(timeout=5)
                running.close()

    def _spawn(self, command: Command, given: IO[bytes]) -> subprocess.Popen[bytes]:
        if command.stdin is not None:
            given.write(command.stdin)
            given.seek(0)
        env = {**ENVIRONMENT, "GIT_ALLOW_PROTOCOL": ":".join(self.protocols) or "none", **command.extra}
        try:
            started = GitCommand(command.cwd or "/").execute(
                [*_forget(env), "git", *self._options(command.git_dir), *command.arguments],
                as_process=True,
                env=env,
                istream=cast(BinaryIO, given) if command.stdin is not None else None,
                start_new_session=True,
            )
        except GitCommandNotFound as error:
            raise CheckerError(NO_GIT) from error
        except OSError as error:
            raise StorageFailure(f"git could not be started: {error}") from error
        process, started.proc = started.proc, None  # GitPython would end it when its wrapper is collected
        return cast("subprocess.Popen[bytes]", process)

    def _options(self, git_dir: Path | None) -> list[str]:
        settings = {**SETTINGS, "http.lowSpeedTime": str(max(1, int(self.stalled))), **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*options, *([f"--git-dir={git_dir}"] if git_dir else [])]


def _forget(env: Mapping[str, str]) -> list[str]:
    """Return the command that drops the worker's environment: GitPython always hands all of it on."""
    dropped = (n for n in os.environ if n not in KEPT_ENVIRONMENT and n not in env and "=" not in n)
    return ["env", *(part for name in dropped for part in ("-u", name))]


def _drain_stderr(running: Running) -> None:
    """Read what git says on stderr to its end, keeping the beginning."""
    stream = cast(io.BufferedReader, running.process.stderr)
    with suppress(OSError, ValueError):
        while chunk := stream.read1(65536):
            running.messages.extend(chunk[: max(0, MAX_MESSAGES - len(running.messages))])


def _watch(running: Running, finished: threading.Event, command: Command) -> None:
    """End a command at its time limit, or when the folder that it fills passes its size."""
    deadline = time.monotonic() + command.seconds
    while not finished.wait(WATCH_SECONDS if command.grows else max(0.0, deadline - time.monotonic())):
        if time.monotonic() >= deadline:
            running.stop("time")
            return
        if _is_too_large(command):
            running.stop("size")
            return


def _is_too_large(command: Command) -> bool:
    if command.grows is None or command.max_bytes is None:
        return False
    return measure_folder(command.grows) > command.max_bytes


def measure_folder(folder: Path) -> int:
    """Return the bytes of all files below a folder; what vanishes meanwhile counts nothing."""
    total = 0
    for place, _, names in walk_folders(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(Path(place, name)).st_size
    return total


def read_operator_settings(pattern: str = INHERITED) -> dict[str, str]:
    """Return settings of the operator's own git configuration: by default those of proxy and certificates."""
    try:
        status, output, _ = GitCommand("/").execute(
            ["git", "config", "--get-regexp", pattern], with_extended_output=True, with_exceptions=False
        )
    except GitCommandNotFound:
        return {}
    lines = str(output).splitlines() if status == 0 else []
    return dict(line.split(" ", 1) for line in lines if " " in line)
