"""One attempt's sandbox: its files, and how a container for a step is put together."""

from __future__ import annotations

import os
import posixpath
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docker
import docker.types

from checker.core import container
from checker.core.data_files import read_toml
from checker.core.errors import CheckerError, EngineFailure, RegistryFailure, StorageFailure
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step
from checker.core.values.results import StepResult, StepStatus
from checker.judging.causes import make_cause
from checker.judging.diagnose import diagnose_own
from checker.judging.table import BUILDING
from checker.sandbox.base import LineListener
from checker.sandbox.collect import collect
from checker.sandbox.docker import access, cache_probe
from checker.sandbox.docker.built_wheels import WheelStore
from checker.sandbox.docker.client import ENGINE_ERRORS, describe_error, translate_engine_errors
from checker.sandbox.docker.container import Ending, Watch, run_container
from checker.sandbox.docker.disk import Scratch
from checker.sandbox.docker.seccomp import make_profile
from checker.sandbox.egress.index_probe import blames_index, has_found_no_version
from checker.sandbox.egress.session import WHOLE_NETWORK, Account, EgressSession
from checker.sandbox.provision.images import Image
from checker.sandbox.provision.interpreters import Interpreter

HOME_LABEL = "reproducibility-checker.home"
OWNER_LABEL = "reproducibility-checker.owner"
ATTEMPT_LABEL = "reproducibility-checker.attempt"

BIN = "/checker/bin"
PATH = f"{container.ENVIRONMENT}/venv/bin:{BIN}:/usr/local/bin:/usr/bin:/bin"

#: The filter of system calls, in the engine's format.
SYSTEM_CALLS = f"seccomp={make_profile()}"

#: Size of /dev/shm: data loaders pass batches through it. It counts as memory of the container.
SHM_BYTES = container.GIB

#: Variables that are the same in every step.
VARIABLES: Mapping[str, str] = read_toml("checker.sandbox.docker", "environment.toml")

OPEN_FILES = 8192

#: Bytes of a command line and its environment at most; the kernel takes about two MiB.
ARGUMENT_BYTES = 1024 * 1024

#: The kernel's MAX_ARG_STRLEN.
ONE_ARGUMENT_BYTES = 128 * 1024

#: Pause before a step is tried again that blamed an index or a code host which is found in order.
AGAIN_SECONDS = 2.0

SECOND_TRY = "[checker] second try: what the first one blamed answers the checker itself\n"

#: Phases of which a step that does not end has failed; a program that is still at work has started.
_HAVE_TO_END = BUILDING | {Phase.IMPORT}

#: Joins the two outputs, so that their order is kept; enters the working folder and becomes the command, so that a
#: folder or a program that is not there is the step's own failure (126, 127), and not an error of the engine. Both
#: come as arguments, never as text of it.
LAUNCHER = f'exec 2>&1; ulimit -n {OPEN_FILES} 2>/dev/null; cd "$1" || exit 126; shift; exec "$@"'


@dataclass(frozen=True)
class Layout:
    """Where an attempt's folders lie on this machine."""

    root: Path
    cache: Path
    tools: Path
    interpreters: tuple[Interpreter, ...]

    @property
    def around(self) -> Path:
        """What stands beside the checkout: nothing, until code writes there."""
        return self.root / "around"

    @property
    def source(self) -> Path:
        """The private copy of the checkout."""
        return self.around / "src"

    @property
    def environment(self) -> Path:
        """What gets installed."""
        return self.root / "env"

    @property
    def temporary(self) -> Path:
        """The folder for temporary files of the sandbox."""
        return self.root / "tmp"

    @property
    def files(self) -> Path:
        """The plan's files."""
        return self.root / "files"

    @property
    def upper(self) -> Path:
        """What the attempt writes into its view of the download cache."""
        return self.root / "cache"

    @property
    def work(self) -> Path:
        """The overlay's own working folder."""
        return self.root / "work"

    def list_folders(self) -> tuple[Path, ...]:
        """Return every folder, parents first."""
        written = (self.around, self.source, self.environment, self.environment / "home", self.temporary)
        return (*written, self.files, self.upper, self.work)

    def list_readable(self) -> dict[str, Path]:
        """Return the folders out of which files may be read back, by their name inside."""
        return {container.SOURCE: self.source, container.ENVIRONMENT: self.environment, "/tmp": self.temporary}  # noqa: S108


def make_labels(home: Path, owner: str, attempt: str) -> dict[str, str]:
    """Return the labels by which everything that we make in the engine is found again."""
    return {HOME_LABEL: str(home), OWNER_LABEL: owner, ATTEMPT_LABEL: attempt}


class DockerSandbox:
    """A place made for one plan; each step runs in a container of its own."""

    def __init__(
        self,
        *,
        client: docker.APIClient,
        settings: Settings,
        limits: container.Limits,
        plan: BuildPlan,
        image: Image,
        layout: Layout,
        space: Scratch,
        volume: str,
        marks: dict[str, str],
        egress: EgressSession,
    ) -> None:
        self._client = client
        self._settings = settings
        self._limits = limits
        self._plan = plan
        self.image = image
        self._layout = layout
        self._space = space
        self._volume = volume
        self._labels = marks
        self._egress = egress
        self._stopped = threading.Event()
        self._wheels: WheelStore | None = None
        self._note = "".join(f"[checker] Debian has no package {name!r}\n" for name in image.unknown)
        with translate_engine_errors("asking the engine for its processors"):
            self._cpus = min(limits.cpus, float(client.info()["NCPU"]))

    def write(self, files: Sequence[tuple[str, str]]) -> None:
        """Write files below `FILES`, readable by everybody.

        Raises:
            EngineFailure: a path leaves the folder.
            StorageFailure: our disk is full.

        """
        folder = self._layout.files
        for name, text in files:
            path = Path(os.path.normpath(folder / name.removeprefix(f"{container.FILES}/").lstrip("/")))
            if not path.is_relative_to(folder) or path == folder:
                raise EngineFailure(f"the plan wants to write {name!r}, which is not below {container.FILES}")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", errors="surrogateescape")
                path.chmod(0o644)
            except OSError as error:
                raise StorageFailure(f"{name} cannot be written: {error.strerror}") from error

    def share_builds(self, wheel_store: Path, key: str) -> None:
        """Take over what an earlier attempt built under the same key, and leave there what this one builds."""
        folder = wheel_store / key
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
            self._wheels = WheelStore(folder)

    def leave_builds(self) -> None:
        """Keep what was built for the next attempt of the same check; called when the last step has ended."""
        if self._wheels is not None:
            with suppress(OSError):
                self._wheels.leave(self._layout.upper)

    def stop(self) -> None:
        """End the step that runs now, and refuse further ones; may be called from any thread."""
        self._stopped.set()

    def run(self, step: Step, on_line: LineListener | None = None) -> StepResult:
        """Carry out one step inside its limits; never raises for what the step or the engine does."""
        began = time.monotonic()
        if (why := access.explain_refusal(step)) is not None:
            return StepResult(step=step, status=StepStatus.ENGINE_ERROR, log=why)
        if (why := explain_unfit(step)) is not None:
            return StepResult(step=step, status=StepStatus.FAILED, exit_code=126, log=why)
        watch = Watch(
            seconds=max(1.0, step.seconds * self._limits.scale),
            log_bytes=self._limits.log_bytes,
            space=self._space,
            free_bytes=self._settings.free_bytes // 2,
            stopped=self._stopped,
            on_line=on_line,
            patient=step.phase in _HAVE_TO_END,
            processors=self._cpus,
        )
        try:
            account = self._verify_blame(step, watch, self._carry_out(step, watch))
        except ENGINE_ERRORS as error:
            account = Account(Ending(StepStatus.ENGINE_ERROR, log=f"container engine: {describe_error(error)}"))
        except RegistryFailure as error:
            account = Account(Ending(StepStatus.ENGINE_ERROR, log=str(error)), cause=make_cause(error.cause))
        except CheckerError as error:
            account = Account(Ending(StepStatus.ENGINE_ERROR, log=str(error)))
        ending = account.ending
        cwd = posixpath.join(container.SOURCE, step.cwd)
        return StepResult(
            step=step,
            status=ending.status,
            exit_code=ending.exit_code,
            seconds=round(time.monotonic() - began, 2),
            peak_memory=ending.peak_memory,
            log=self._take_note() + account.note + ending.log,
            log_cut=ending.log_cut,
            collected=collect(step.collect, cwd, self._layout.list_readable(), self._limits.collect_bytes),
            cause=account.cause,
        )

    def _carry_out(self, step: Step, watch: Watch) -> Account:
        """Run the step's container; its egress proxy is opened first, where it has one."""
        proxied = access.has_proxy(step, self._settings)
        if proxied:
            self._egress.open()
        ending = run_container(self._client, self._describe_container(step), watch)
        if proxied:
            return self._egress.examine(ending)
        return Account(ending, WHOLE_NETWORK if access.has_bridge(step, self._settings) else "")

    def _verify_blame(self, step: Step, watch: Watch, account: Account) -> Account:
        """Verify what a failed step reports about the cache, package indexes and code hosts.

        Where its report about an index or a host is wrong, it gets a second try. If that reports the same, it
        is ignored: otherwise a repository could excuse every failure by printing such a report, night after night.
        """
        ending = account.ending
        if ending.status is StepStatus.FAILED and step.phase in BUILDING:
            layout = self._layout
            why = cache_probe.find_locked_cache(ending.log, layout.cache, layout.upper, self._settings.uid)
            if why is not None:
                return replace(account, cause=why)
        for again in (True, False):
            log = account.ending.log
            if not access.has_proxy(step, self._settings) or not _may_be_excused(account):
                break
            if (why := self._egress.find_fault(log)) is not None:
                return replace(account, cause=why)
            if not blames_index(log):
                break
            if again:
                time.sleep(AGAIN_SECONDS)
                second = self._carry_out(step, watch)
                account = replace(second, note=f"{SECOND_TRY}{second.note}")
            else:
                log, status = account.ending.log, account.ending.status
                why = diagnose_own(
                    StepResult(step=step, status=status, exit_code=account.ending.exit_code, log=log)
                )
                account = replace(account, cause=why)
        return account

    def _take_note(self) -> str:
        """Return what is to be said about the image, once: in the log of the first step."""
        note, self._note = self._note, ""
        return note

    # ------------------------------------------------------------ the container of a step

    def _describe_container(self, step: Step) -> dict[str, Any]:
        """Return the engine's description of a step's container."""
        cwd = posixpath.normpath(posixpath.join(container.SOURCE, step.cwd))
        launch = access.make_launch_command(step, self._settings, self._layout.interpreters, LAUNCHER)
        return {
            "image": self.image.tag,
            "command": ["/bin/sh", "-c", *launch, cwd, *step.argv],
            "entrypoint": [],
            "user": f"{self._settings.uid}:{self._settings.uid}",
            "hostname": "checker",
            "working_dir": "/",
            "environment": self._make_environment(step),
            "labels": self._labels,
            "host_config": self._make_host_config(step),
        }

    def _make_environment(self, step: Step) -> dict[str, str]:
        threads = str(max(1, int(self._cpus)))
        env = {
            "PATH": PATH,
            "HOME": container.HOME,
            "VIRTUAL_ENV": f"{container.ENVIRONMENT}/venv",
            "UV_CACHE_DIR": container.CACHE,
            **VARIABLES,
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads),
            **access.make_environment(step, self._settings),
        }
        if self._wheels is not None:
            env["UV_FIND_LINKS"] = container.BUILDS
        env.update(self._plan.env)
        env.update(step.env)
        return env

    def _make_host_config(self, step: Step) -> Any:
        limits = self._limits
        return self._client.create_host_config(
            **access.make_network_options(step, self._settings),
            mounts=self._list_mounts(step),
            read_only=True,
            init=True,
            runtime=self._settings.runtime,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true", SYSTEM_CALLS],
            mem_limit=limits.memory_bytes,
            memswap_limit=limits.memory_bytes,
            nano_cpus=int(self._cpus * 1e9),
            pids_limit=limits.pids,
            shm_size=min(SHM_BYTES, limits.memory_bytes),
            oom_score_adj=500,
            ulimits=[
                docker.types.Ulimit(name="fsize", soft=limits.file_bytes, hard=limits.file_bytes),
                docker.types.Ulimit(name="core", soft=0, hard=0),
            ],
            log_config=docker.types.LogConfig(type="none"),
        )

    def _list_mounts(self, step: Step) -> list[docker.types.Mount]:
        layout, probes = self._layout, Path(__file__).parents[1] / "probes"
        writable = {
            container.AROUND: layout.around,
            container.ENVIRONMENT: layout.environment,
            "/tmp": layout.temporary,  # noqa: S108
        }
        fixed = {container.FILES: layout.files, container.PROBES: probes, BIN: layout.tools}
        fixed.update((i.prefix, Path(i.prefix)) for i in layout.interpreters if i.prefix is not None)
        if self._wheels is not None:
            fixed[container.BUILDS] = self._wheels.folder
        if self._settings.ca_bundle is not None:
            fixed[access.CA_BUNDLE] = self._settings.ca_bundle.resolve()
        if access.has_proxy(step, self._settings):
            fixed[access.EGRESS] = self._egress.folder
        mounts = [docker.types.Mount(target, str(path), type="bind") for target, path in writable.items()]
        mounts.extend(
            docker.types.Mount(target, str(path), type="bind", read_only=True) for target, path in fixed.items()
        )
        mounts.append(docker.types.Mount(container.CACHE, self._volume, type="volume", no_copy=True))
        return mounts


def _may_be_excused(account: Account) -> bool:
    """Whether a step failed for what it says of an index or a host, and nobody but itself has seen that."""
    log = account.ending.log
    silent = account.ending.status is StepStatus.FAILED and account.cause is None
    return silent and (blames_index(log) or has_found_no_version(log))


def explain_unfit(step: Step) -> str | None:
    """Say why no container can be asked to run a step, or None."""
    texts = (*step.argv, step.cwd, *(part for pair in step.env for part in pair))
    if not step.argv:
        return "the step names no command"
    if any("\0" in text for text in texts):
        return "the command holds a NUL character"
    sizes = [len(text.encode("utf-8", "surrogatepass")) + 9 for text in texts]
    if sum(sizes) > ARGUMENT_BYTES or max(sizes) > ONE_ARGUMENT_BYTES:
        return "the command line is too long"
    return None
